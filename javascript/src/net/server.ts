/** node's `net.Server`. */

import { EventEmitter } from "node:events";

import type { SocketAddress } from "berkeley:sockets/address@0.1.0";

import { type AddressInfo, addressInfo, familyOf, internet, unix, unixPath } from "../address.js";
import {
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../constants.js";
import { lookup } from "../dns.js";
import { failure, failureNamed, nodeError, spokenError, systemError, validPort } from "../error.js";
import { unlink } from "../file.js";
import { Handle } from "../handle.js";
import * as loop from "../loop.js";
import { type Listener, type ListenOptions, normalized, type ServerOptions } from "./options.js";
import { Socket } from "./socket.js";

/** How many connections wait to be accepted, where nothing is said. */
const BACKLOG = 511;

export type ConnectionListener = (socket: Socket) => void;

/** A server of TCP or at a path. */
export class Server extends EventEmitter {
  maxConnections: number | undefined;
  dropMaxConnection = false;
  readonly #options: ServerOptions;
  readonly #connections = new Set<Socket>();
  #handle: Handle | undefined;
  #path: string | undefined;
  #isReferenced = true;

  constructor(listener?: ConnectionListener);
  constructor(options?: ServerOptions, listener?: ConnectionListener);
  constructor(options: ServerOptions | ConnectionListener = {}, listener?: ConnectionListener) {
    super();
    const connection = typeof options === "function" ? options : listener;
    this.#options = typeof options === "function" ? {} : options;
    if (connection) this.on("connection", connection);
  }

  get listening(): boolean {
    return this.#handle !== undefined;
  }

  /** Listens; what goes wrong is told by 'error'. */
  listen(options: ListenOptions, listener?: Listener): this;
  listen(port?: number | string, host?: string, backlog?: number, listener?: Listener): this;
  listen(port?: number | string, host?: string, listener?: Listener): this;
  listen(port?: number | string, backlog?: number, listener?: Listener): this;
  listen(path: string, backlog?: number, listener?: Listener): this;
  listen(pathOrPort?: number | string, listener?: Listener): this;
  listen(listener: Listener): this;
  listen(...args: unknown[]): this {
    const [options, listener] = normalized<ListenOptions>(args);
    if (this.#handle) {
      const message = "Listen method has been called more than once without closing.";
      throw nodeError(Error, "ERR_SERVER_ALREADY_LISTEN", message);
    }
    if (listener) this.once("listening", listener);
    const { signal } = options;
    if (signal?.aborted) loop.nextTick(() => this.close());
    else signal?.addEventListener("abort", () => this.close(), { once: true });
    if (options.path !== undefined) this.#listenAt(options.path, options);
    else this.#listenOn(validPort(options.port ?? 0, "options.port"), options);
    return this;
  }

  #listenAt(path: string, options: ListenOptions): void {
    const error = this.#try(AF_UNIX, unix(path), options);
    if (error !== undefined) {
      const what = failure(error);
      // As libuv has it, which follows Windows here.
      return this.#fail(spokenError(what.code === "ENOENT" ? failureNamed("EACCES") : what, "listen", path, -1));
    }
    if (!path.startsWith("\0")) this.#path = path;
    this.#tell();
  }

  #listenOn(port: number, options: ListenOptions): void {
    const { host } = options;
    if (!host) {
      // Both versions of the protocol where there are both, or the older one.
      const error = this.#try(familyOf("::"), internet("::", port), options);
      if (error === undefined) return this.#tell();
      return this.#listenOnAddress(failure(error).code === "EADDRINUSE" ? "::" : "0.0.0.0", port, options);
    }
    lookup(host, { family: 0 }, (error, address) => {
      if (error) return void this.emit("error", error);
      this.#listenOnAddress(address, port, options);
    });
  }

  #listenOnAddress(address: string, port: number, options: ListenOptions): void {
    const error = this.#try(familyOf(address), internet(address, port), options);
    if (error === undefined) return this.#tell();
    this.#fail(spokenError(failure(error), "listen", address, port));
  }

  /** Binds and listens; gives what went wrong. */
  #try(family: number, address: SocketAddress, options: ListenOptions): unknown {
    let handle: Handle | undefined;
    try {
      handle = Handle.create(family, SOCK_STREAM);
      if (family !== AF_UNIX) handle.setOption(SOL_SOCKET, SO_REUSEADDR, 1);
      if (options.reusePort) handle.setOption(SOL_SOCKET, SO_REUSEPORT, 1);
      if (options.ipv6Only) handle.setOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
      handle.socket.bind(address);
      handle.socket.listen(options.backlog ?? BACKLOG);
    } catch (error) {
      handle?.close();
      failure(error);
      return error;
    }
    this.#handle = handle;
    handle.isReferenced = this.#isReferenced;
    const own = handle;
    handle.onReadable(() => this.#accept(own));
    return undefined;
  }

  #fail(error: Error): void {
    loop.nextTick(() => this.emit("error", error));
  }

  #tell(): void {
    loop.nextTick(() => this.#handle && this.emit("listening"));
  }

  #accept(handle: Handle): void {
    let accepted: Handle;
    try {
      const answer = handle.attempt((socket) => socket.accept());
      if (!answer) return;
      accepted = new Handle(answer[0]);
    } catch (error) {
      // Of a connection that has gone already, node hears nothing.
      if (failure(error).code !== "ECONNABORTED") this.emit("error", systemError(error, "accept"));
      return;
    }
    if (this.maxConnections !== undefined && this.#connections.size >= this.maxConnections) {
      return this.#drop(accepted);
    }
    const { allowHalfOpen = false, pauseOnConnect = false, highWaterMark } = this.#options;
    const size = highWaterMark === undefined ? {} : { highWaterMark };
    const socket = new Socket({ handle: accepted, allowHalfOpen, pauseOnCreate: pauseOnConnect, ...size });
    if (this.#options.noDelay) socket.setNoDelay(true);
    if (this.#options.keepAlive) socket.setKeepAlive(true, this.#options.keepAliveInitialDelay);
    this.#connections.add(socket);
    Object.defineProperty(socket, "server", { value: this, configurable: true, writable: true });
    // Before the program's own listeners, so that they find it gone.
    socket.prependListener("close", () => {
      this.#connections.delete(socket);
      this.#closeIfEmpty();
    });
    this.emit("connection", socket);
  }

  #drop(handle: Handle): void {
    const [local, remote] = [addressInfo(handle.socket.getsockname()), addressInfo(handle.socket.getpeername())];
    handle.close();
    this.emit("drop", {
      localAddress: local?.address,
      localPort: local?.port,
      localFamily: local?.family,
      remoteAddress: remote?.address,
      remotePort: remote?.port,
      remoteFamily: remote?.family,
    });
  }

  /** Where it listens: the path, if it is a unix socket. */
  address(): AddressInfo | string | null {
    if (!this.#handle) return null;
    const address = this.#handle.socket.getsockname();
    return addressInfo(address) ?? unixPath(address) ?? null;
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    loop.nextTick(() => callback(null, this.#connections.size));
    return this;
  }

  /** Listens no more; 'close' comes when the last connection has ended. */
  close(callback?: (error?: Error) => void): this {
    if (callback) {
      const error = nodeError(Error, "ERR_SERVER_NOT_RUNNING", "Server is not running.");
      if (this.#handle) this.once("close", callback);
      else this.once("close", () => callback(error));
    }
    this.#handle?.close();
    this.#handle = undefined;
    if (this.#path !== undefined) unlink(this.#path);
    this.#path = undefined;
    this.#closeIfEmpty();
    return this;
  }

  #closeIfEmpty(): void {
    if (!this.#handle && this.#connections.size === 0) loop.nextTick(() => this.emit("close"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#handle) return;
    await new Promise<void>((resolve) => this.close(() => resolve()));
  }

  ref(): this {
    return this.#reference(true);
  }

  unref(): this {
    return this.#reference(false);
  }

  #reference(isReferenced: boolean): this {
    this.#isReferenced = isReferenced;
    if (this.#handle) this.#handle.isReferenced = isReferenced;
    return this;
  }
}
