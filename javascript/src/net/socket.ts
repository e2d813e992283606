/** node's `net.Socket`. */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

import { type AddressInfo, addressInfo } from "../address.js";
import { milliseconds as checkedTime, ofType, signalIfAny } from "../argument.js";
import { SHUT_WR, SO_KEEPALIVE, SO_LINGER, SOL_SOCKET, SOL_TCP, TCP_KEEPIDLE, TCP_NODELAY } from "../constants.js";
import { abortError, failure, nodeError, systemError } from "../error.js";
import type { Handle } from "../handle.js";
import * as loop from "../loop.js";
import { setTimeout, type Timeout } from "../timers.js";
import { connectToHost, connectToPath, type Progress } from "./connect.js";
import { checked, type ConnectOptions, type Listener, normalized, type SocketOptions } from "./options.js";

/** How much is received at once, in bytes, and how much is handed to the host. */
const SIZE = 65536;

/** How much may be sent in one turn of the loop before others have theirs, and what each time counts for at least. */
const BURST = 262_144;
const LEAST = 1024;

type Done = (error?: Error | null) => void;

/** What a server gives to its sockets. */
export interface Accepted extends SocketOptions {
  handle: Handle;
  pauseOnCreate?: boolean;
}

/** A stream over a socket of the internet or a unix socket. */
export class Socket extends Duplex {
  connecting = false;
  bytesRead = 0;
  timeout: number | undefined;
  /** The addresses that were tried. */
  autoSelectFamilyAttemptedAddresses: string[] | undefined;
  #handle: Handle | undefined;
  /** How many bytes were taken to be sent, and of how many of them the callback waits. */
  #taken = 0;
  #leaving = 0;
  #burst = { turn: 0, size: 0 };
  #timer: Timeout | undefined;
  #isReferenced = true;
  /** What is set once there is a socket. */
  #settings: ((handle: Handle) => void)[] = [];
  #hadError = false;
  #names: { local?: AddressInfo | undefined; remote?: AddressInfo | undefined } = {};

  constructor(options: SocketOptions | Accepted = {}) {
    const { allowHalfOpen = false, highWaterMark, signal } = options;
    super({
      allowHalfOpen,
      emitClose: false,
      autoDestroy: true,
      decodeStrings: true,
      ...(highWaterMark === undefined ? {} : { highWaterMark }),
    });
    this.on("end", () => {
      if (!this.allowHalfOpen) this.write = afterEnd as typeof this.write;
    });
    for (const mode of ["objectMode", "readableObjectMode", "writableObjectMode"]) {
      if ((options as Record<string, unknown>)[mode]) throw unsupported(`options.${mode}`, true);
    }
    if ((options as { onread?: unknown }).onread) {
      const message = "The option 'onread' is not there: 'data' tells what comes";
      throw nodeError(Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", message);
    }
    const ending = signalIfAny(signal, "options.signal");
    if (ending) endBy(ending, this);
    if ("handle" in options) {
      this.#handle = options.handle;
      if (options.pauseOnCreate) this.pause();
      else this.read(0);
    }
  }

  /** Connects. */
  connect(options: ConnectOptions, listener?: Listener): this;
  connect(port: number | string, host: string, listener?: Listener): this;
  connect(port: number | string, listener?: Listener): this;
  connect(path: string, listener?: Listener): this;
  connect(...args: unknown[]): this {
    const [options, listener] = normalized<ConnectOptions>(args);
    const port = checked(options);
    if (listener) this.once("connect", listener);
    if (this.destroyed) this.#revive();
    this.connecting = true;
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    this.#restart();
    if (options.noDelay) this.setNoDelay(true);
    if (options.keepAlive) this.setKeepAlive(true, options.keepAliveInitialDelay);
    // A connection in the making keeps the program going, even before it has a socket.
    if (options.path === undefined) connectToHost(port, options, this.#progress());
    else connectToPath(options.path, this.#progress());
    return this;
  }

  #progress(): Progress {
    return {
      lookup: (...answer) => void this.emit("lookup", ...answer),
      attempt: (handle, address, port, family) => {
        this.#handle = handle;
        handle.isReferenced = this.#isReferenced;
        if (!port && !family) return;
        (this.autoSelectFamilyAttemptedAddresses ??= []).push(`${address}:${port}`);
        this.emit("connectionAttempt", address, port, family);
      },
      failed: (...what) => void this.emit("connectionAttemptFailed", ...what),
      late: (...what) => void this.emit("connectionAttemptTimeout", ...what),
      done: (handle) => this.#connected(handle),
      ended: (error) => {
        this.#handle = undefined;
        this.destroy(error);
      },
      isOver: () => this.destroyed,
    };
  }

  #connected(handle: Handle): void {
    this.#handle = handle;
    this.connecting = false;
    this.#restart();
    for (const set of this.#settings.splice(0)) this.#quietly(() => set(handle));
    this.emit("connect");
    this.emit("ready");
    if (!this.isPaused()) this.read(0);
  }

  /** Makes a socket that has ended fit for another connection. */
  #revive(): void {
    (this as unknown as { _undestroy(): void })._undestroy();
    this.#handle = undefined;
    this.#hadError = false;
    this.#names = {};
    this.#taken = 0;
    this.bytesRead = 0;
  }

  override _read(): void {
    const handle = this.#handle;
    if (this.connecting || !handle) return void this.once("connect", () => this._read());
    handle.onReadable(() => this.#receive(handle));
  }

  #receive(handle: Handle): void {
    let bytes: Uint8Array | undefined;
    try {
      bytes = handle.attempt((socket) => socket.recv(BigInt(SIZE), 0));
    } catch (error) {
      return void this.destroy(systemError(error, "read"));
    }
    if (!bytes) return;
    this.#restart();
    if (bytes.length === 0) {
      handle.onReadable(undefined);
      this.push(null);
      // So that the end is told where nobody reads.
      this.read(0);
      return;
    }
    this.bytesRead += bytes.length;
    if (!this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) handle.onReadable(undefined);
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    const handle = this.#handle;
    if (this.connecting) return this.#onceConnected(() => this._write(chunk, _encoding, done), done);
    if (!handle) return done(nodeError(Error, "ERR_SOCKET_CLOSED", "Socket is closed"));
    this.#send(handle, chunk, done);
  }

  /** Goes on when the connection is there, or ends where it never will be. */
  #onceConnected(goOn: () => void, end: Done): void {
    const [connected, closed] = [
      () => {
        this.off("close", closed);
        goOn();
      },
      () => {
        this.off("connect", connected);
        const message = "Socket closed before the connection was established";
        end(nodeError(Error, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION", message));
      },
    ];
    this.once("connect", connected);
    this.once("close", closed);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", done);
  }

  /** Sends what the socket takes, and the rest when it takes more. */
  #send(handle: Handle, data: Uint8Array, done: Done): void {
    let rest = data;
    this.#taken += data.length;
    this.#leaving = data.length;
    const go = () => {
      try {
        while (rest.length > 0) {
          const taken = handle.attempt((socket) => socket.send(rest.subarray(0, SIZE), 0));
          if (taken === undefined) return handle.onWritable(go);
          this.#restart();
          rest = rest.subarray(Number(taken));
        }
      } catch (error) {
        handle.onWritable(undefined);
        return done(systemError(error, "write"));
      }
      handle.onWritable(undefined);
      this.#leaving = 0;
      if (this.#isGreedy(data.length)) loop.atEnd(done);
      else done();
    };
    go();
  }

  /** Whether a peer that takes all at once keeps the loop from everything else. */
  #isGreedy(length: number): boolean {
    const { turn, size } = this.#burst;
    const now = loop.turn();
    this.#burst = { turn: now, size: Math.max(length, LEAST) + (turn === now ? size : 0) };
    return this.#burst.size > BURST;
  }

  override _final(done: Done): void {
    if (this.connecting) return void this.once("connect", () => this._final(done));
    try {
      this.#handle?.socket.shutdown(SHUT_WR);
    } catch (error) {
      if (failure(error).code !== "ENOTCONN") return done(systemError(error, "shutdown"));
    }
    loop.atEnd(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.connecting = false;
    this.#timer?.close();
    this.#timer = undefined;
    this.#hadError = Boolean(error);
    const closed = () => void this.emit("close", this.#hadError);
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle) handle.close(closed);
    else loop.atEnd(closed);
    done(error);
  }

  /** Ends the connection once all is sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** Ends a TCP connection by RST. */
  resetAndDestroy(): this {
    const reset = (handle: Handle | undefined) => {
      const linger = new Uint8Array(new Int32Array([1, 0]).buffer);
      this.#quietly(() => handle?.setOption(SOL_SOCKET, SO_LINGER, linger));
      this.destroy();
    };
    if (this.connecting) this.once("connect", () => reset(this.#handle));
    else if (this.#handle) reset(this.#handle);
    else this.destroy(nodeError(Error, "ERR_SOCKET_CLOSED", "Socket is closed"));
    return this;
  }

  /** Emits 'timeout' whenever nothing has come or gone for so many milliseconds; 0 is never. */
  setTimeout(milliseconds: number, listener?: Listener): this {
    const time = checkedTime(milliseconds, "msecs");
    if (listener !== undefined) ofType(listener, "function", "callback");
    if (this.destroyed) return this;
    this.timeout = time;
    this.#timer?.close();
    this.#timer = undefined;
    if (time > 0) {
      this.#timer = setTimeout(() => this.emit("timeout"), time).unref();
      if (listener) this.once("timeout", listener);
    } else if (listener) {
      this.removeListener("timeout", listener);
    }
    return this;
  }

  #restart(): void {
    this.#timer?.refresh();
  }

  setNoDelay(noDelay = true): this {
    return this.#set((handle) => handle.setOption(SOL_TCP, TCP_NODELAY, Number(noDelay)));
  }

  /** Probes an idle connection, first after so many milliseconds. */
  setKeepAlive(enable = false, initialDelay = 0): this {
    const seconds = Math.trunc(initialDelay / 1000);
    return this.#set((handle) => {
      handle.setOption(SOL_SOCKET, SO_KEEPALIVE, Number(enable));
      if (enable && seconds > 0) handle.setOption(SOL_TCP, TCP_KEEPIDLE, seconds);
    });
  }

  /** Sets something now, or once there is a connection. As in node, what a kind of socket does not know is no error. */
  #set(set: (handle: Handle) => void): this {
    const handle = this.#handle;
    if (handle && !this.connecting) this.#quietly(() => set(handle));
    else this.#settings.push(set);
    return this;
  }

  #quietly(call: () => void): void {
    try {
      call();
    } catch (error) {
      failure(error);
    }
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

  /** The socket's own address. */
  address(): AddressInfo | Record<string, never> {
    return this.#local() ?? {};
  }

  #local(): AddressInfo | undefined {
    return (this.#names.local ??= this.#name(() => this.#handle?.socket.getsockname()));
  }

  #remote(): AddressInfo | undefined {
    if (this.connecting) return undefined;
    return (this.#names.remote ??= this.#name(() => this.#handle?.socket.getpeername()));
  }

  #name(ask: () => Parameters<typeof addressInfo>[0]): AddressInfo | undefined {
    try {
      return addressInfo(ask());
    } catch (error) {
      failure(error);
      return undefined;
    }
  }

  get localAddress(): string | undefined {
    return this.#local()?.address;
  }

  get localPort(): number | undefined {
    return this.#local()?.port;
  }

  get localFamily(): string | undefined {
    return this.#local()?.family;
  }

  get remoteAddress(): string | undefined {
    return this.#remote()?.address;
  }

  get remotePort(): number | undefined {
    return this.#remote()?.port;
  }

  get remoteFamily(): string | undefined {
    return this.#remote()?.family;
  }

  /** What was sent, and what waits to be. */
  get bytesWritten(): number {
    return this.#taken + (this.destroyed ? 0 : this.writableLength - this.#leaving);
  }

  get bufferSize(): number | undefined {
    return this.connecting || this.#handle ? this.writableLength : undefined;
  }

  /** As node has it for old programs. */
  get _connecting(): boolean {
    return this.connecting;
  }

  get pending(): boolean {
    return !this.#handle || this.connecting;
  }

  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (this.readable && this.writable) return "open";
    if (this.readable) return "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }
}

function unsupported(name: string, value: unknown): TypeError {
  const message = `The property '${name}' is not supported. Received ${String(value)}`;
  return nodeError(TypeError, "ERR_INVALID_ARG_VALUE", message);
}

/** Writing where the peer has ended, and this side, which does not stay open without it, has ended too. */
function afterEnd(this: Socket, ...args: unknown[]): boolean {
  if (!this.writableEnded) return Reflect.apply(Duplex.prototype.write, this, args);
  const error = nodeError(Error, "EPIPE", "This socket has been ended by the other party");
  const callback = args.find((arg) => typeof arg === "function") as ((error: Error) => void) | undefined;
  if (callback) loop.nextTick(() => callback(error));
  this.destroy(error);
  return false;
}

function endBy(signal: AbortSignal, socket: Socket): void {
  const abort = () => void socket.destroy(abortError(signal));
  if (signal.aborted) return loop.nextTick(abort);
  signal.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", abort));
}
