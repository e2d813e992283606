/** node's `net.Server`. */

import { EventEmitter } from "node:events";

import type { SocketAddress } from "berkeley:sockets/address@0.1.0";
import { preopened } from "berkeley:sockets/socket@0.1.0";

import { type AddressInfo, addressInfo, familyOf, internet, unix, unixPath } from "../address.js";
import { signalIfAny, wrongType, wrongValue } from "../argument.js";
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

/** The number of the first socket that the host opened beforehand. */
const FIRST = 3;

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
    if (typeof options !== "object" && typeof options !== "function") {
      throw wrongType("options", "of type object", options);
    }
    const connection = typeof options === "function" ? options : listener;
    this.#options = typeof options === "function" ? {} : (options ?? {});
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
    const signal = signalIfAny(options.signal, "options.signal");
    const { fd, path } = options;
    if (path !== undefined && typeof path !== "string") throw wrongValue("options", "an object");
    if (fd !== undefined && !(Number.isInteger(fd) && fd >= 0)) throw wrongValue("options", "an object");
    const port = path === undefined && fd === undefined ? this.#port(options, args[0]) : 0;
    if (listener) this.once("listening", listener);
    if (signal?.aborted) loop.nextTick(() => this.close());
    else signal?.addEventListener("abort", () => this.close(), { once: true });
    if (options.path !== undefined) this.#listenAt(options.path, options);
    else if (options.fd !== undefined) this.#listenBy(options.fd, options);
    else this.#listenOn(port, options);
    return this;
  }

  #port({ port }: ListenOptions, first: unknown): number {
    const isGiven = typeof first === "object" && first !== null;
    const isLeftOut = port === undefined || port === null;
    if (isLeftOut && isGiven && !("port" in first)) {
      throw wrongValue("options", "an object", "must have the property \"port\" or \"path\"");
    }
    if (isLeftOut) return 0;
    if (typeof port === "number" || typeof port === "string") return validPort(port, "options.port");
    throw wrongValue("options", port);
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

  /** Listens by a socket that the host opened beforehand: as systemd numbers them, from 3 on, in their order. */
  #listenBy(fd: number, options: ListenOptions): void {
    const sockets = preopened().map(([, socket]) => socket);
    const [socket] = fd < FIRST ? [] : sockets.splice(fd - FIRST, 1);
    sockets.forEach((other) => other[Symbol.dispose]());
    if (!socket) return this.#fail(spokenError(failureNamed("EINVAL"), "listen", `fd ${fd}`, -1));
    const handle = new Handle(socket);
    try {
      handle.socket.listen(options.backlog ?? BACKLOG);
    } catch (error) {
      handle.close();
      return this.#fail(systemError(error, "listen"));
    }
    this.#serve(handle);
    this.#tell();
  }

  #serve(handle: Handle): void {
    this.#handle = handle;
    handle.isReferenced = this.#isReferenced;
    handle.onReadable(() => this.#accept(handle));
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
    this.#serve(handle);
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
    if (typeof callback === "function") {
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
