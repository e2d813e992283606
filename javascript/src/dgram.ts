/** node's `dgram`. */

import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";

import { type AddressInfo, addressBytes, addressInfo, interfaceIndex, internet, isIP } from "./address.js";
import { ofType, ofTypeIfAny, signalIfAny } from "./argument.js";
import * as constants from "./constants.js";
import { membership, type Option, sourceMembership } from "./dgram/membership.js";
import { type Data, outgoing, type Outgoing, type SendCallback } from "./dgram/message.js";
import { lookup } from "./dns.js";
import { addressError, failure, nodeError, systemError, validPort } from "./error.js";
import { Handle } from "./handle.js";
import * as loop from "./loop.js";
import type { Lookup } from "./net/options.js";

const { AF_INET, AF_INET6, IPPROTO_IP, IPPROTO_IPV6, SOCK_DGRAM, SOL_SOCKET } = constants;

/** The longest datagram. */
const SIZE = 65536n;

export type SocketType = "udp4" | "udp6";

export interface SocketOptions {
  type: SocketType;
  reuseAddr?: boolean;
  reusePort?: boolean;
  ipv6Only?: boolean;
  recvBufferSize?: number;
  sendBufferSize?: number;
  lookup?: Lookup;
  signal?: AbortSignal;
}

export interface BindOptions {
  port?: number;
  address?: string;
  exclusive?: boolean;
}

export interface RemoteInfo extends AddressInfo {
  /** How many bytes. */
  size: number;
}

type State = "new" | "binding" | "bound" | "closed";

/** Numbers that the two versions of the protocol have each of their own. */
const LEVELS = {
  udp4: {
    family: AF_INET,
    any: "0.0.0.0",
    loopback: "127.0.0.1",
    ttl: [IPPROTO_IP, constants.IP_TTL],
    multicastTtl: [IPPROTO_IP, constants.IP_MULTICAST_TTL],
    multicastLoop: [IPPROTO_IP, constants.IP_MULTICAST_LOOP],
  },
  udp6: {
    family: AF_INET6,
    any: "::",
    loopback: "::1",
    ttl: [IPPROTO_IPV6, constants.IPV6_UNICAST_HOPS],
    multicastTtl: [IPPROTO_IPV6, constants.IPV6_MULTICAST_HOPS],
    multicastLoop: [IPPROTO_IPV6, constants.IPV6_MULTICAST_LOOP],
  },
} as const;

/** A socket of UDP. */
export class Socket extends EventEmitter {
  readonly type: SocketType;
  readonly #options: SocketOptions;
  readonly #numbers: (typeof LEVELS)[SocketType];
  #handle: Handle | undefined;
  #state: State = "new";
  #connection: "none" | "making" | "there" = "none";
  #waiting: Outgoing[] = [];
  /** What is done once it is bound. */
  #deferred: (() => void)[] = [];
  #isReferenced = true;

  constructor(options: SocketOptions, listener?: (message: Buffer, from: RemoteInfo) => void) {
    super();
    if (typeof options?.type !== "string" || !Object.hasOwn(LEVELS, options.type)) {
      const message = "Bad socket type specified. Valid types are: udp4, udp6";
      throw nodeError(TypeError, "ERR_SOCKET_BAD_TYPE", message);
    }
    this.type = options.type;
    this.#options = options;
    this.#numbers = LEVELS[options.type];
    if (listener) this.on("message", listener);
    const signal = signalIfAny(options.signal, "options.signal");
    ofTypeIfAny(options.lookup, "function", "lookup");
    const abort = () => this.#state !== "closed" && this.close();
    if (signal?.aborted) loop.nextTick(abort);
    signal?.addEventListener("abort", abort, { once: true });
  }

  /** The handle, which is made when it is first needed. */
  #open(): Handle {
    if (this.#state === "closed") throw nodeError(Error, "ERR_SOCKET_DGRAM_NOT_RUNNING", "Not running");
    if (this.#handle) return this.#handle;
    const handle = Handle.create(this.#numbers.family, SOCK_DGRAM);
    this.#handle = handle;
    handle.isReferenced = this.#isReferenced;
    const { reuseAddr, reusePort, ipv6Only, recvBufferSize, sendBufferSize } = this.#options;
    if (reuseAddr) handle.setOption(SOL_SOCKET, constants.SO_REUSEADDR, 1);
    if (reusePort) handle.setOption(SOL_SOCKET, constants.SO_REUSEPORT, 1);
    if (ipv6Only && this.type === "udp6") handle.setOption(IPPROTO_IPV6, constants.IPV6_V6ONLY, 1);
    if (recvBufferSize) handle.setOption(SOL_SOCKET, constants.SO_RCVBUF, recvBufferSize);
    if (sendBufferSize) handle.setOption(SOL_SOCKET, constants.SO_SNDBUF, sendBufferSize);
    return handle;
  }

  /** The name's first address, or where none is given, that of this machine. */
  #find(host: string | undefined, unnamed: string, found: (error: Error | null, address: string) => void): void {
    const name = host || unnamed;
    if (isIP(name)) return loop.nextTick(() => found(null, name));
    const find = (this.#options.lookup ?? lookup) as Lookup;
    find(name, { family: this.type === "udp4" ? 4 : 6 }, (error, address) => found(error, address as string));
  }

  bind(port?: number, address?: string, callback?: () => void): this;
  bind(port?: number, callback?: () => void): this;
  bind(callback?: () => void): this;
  bind(options: BindOptions, callback?: () => void): this;
  bind(...args: unknown[]): this {
    if (this.#state === "closed") this.#open();
    if (this.#state !== "new") throw nodeError(Error, "ERR_SOCKET_ALREADY_BOUND", "Socket is already bound");
    const last = args.at(-1);
    if (typeof last === "function") this.once("listening", last as () => void);
    const [first, second] = args;
    const options = (typeof first === "object" && first ? first : {}) as BindOptions;
    const port = typeof first === "number" || typeof first === "string" ? first : options.port;
    const host = typeof second === "string" ? second : options.address;
    const checked = validPort(port ?? 0, "options.port");
    this.#state = "binding";
    this.#find(host, this.#numbers.any, (error, address) => {
      if (this.#state === "closed") return;
      if (error) {
        this.#state = "new";
        return this.#failed(error);
      }
      // As in node, what follows is told after this call.
      this.#bindTo(address, checked);
    });
    return this;
  }

  #bindTo(address: string, port: number): void {
    try {
      this.#open().socket.bind(internet(address, port));
    } catch (error) {
      this.#state = "new";
      return this.#failed(addressError(failure(error), "bind", address, port));
    }
    this.#bound();
    loop.nextTick(() => this.#state === "bound" && this.emit("listening"));
    for (const go of this.#deferred.splice(0)) go();
  }

  #bound(): void {
    this.#state = "bound";
    const handle = this.#open();
    handle.onReadable(() => this.#receive(handle));
    loop.nextTick(() => this.#flush());
  }

  #failed(error: Error): void {
    loop.nextTick(() => this.emit("error", error));
  }

  #receive(handle: Handle): void {
    let answer;
    try {
      answer = handle.attempt((socket) => socket.recvfrom(SIZE, 0));
    } catch (error) {
      return void this.emit("error", systemError(error, "recvmsg"));
    }
    const from = addressInfo(answer?.[1]);
    if (!answer || !from) return;
    const [bytes] = answer;
    const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.emit("message", message, { ...from, size: message.length });
  }

  /** Sets the peer, whom alone it then hears. */
  connect(port: number, address?: string, callback?: (error?: Error) => void): void;
  connect(port: number, callback: (error?: Error) => void): void;
  connect(port: number, ...rest: unknown[]): void {
    const checked = validPort(port, "Port", false);
    if (this.#connection !== "none") throw nodeError(Error, "ERR_SOCKET_DGRAM_IS_CONNECTED", "Already connected");
    const last = rest.at(-1);
    const callback = typeof last === "function" ? (last as (error?: Error) => void) : undefined;
    const host = typeof rest[0] === "string" ? rest[0] : undefined;
    this.#open();
    this.#connection = "making";
    const ended = (error: Error) => {
      this.#connection = "none";
      loop.nextTick(() => (callback ? callback(error) : this.emit("error", error)));
    };
    this.#find(host, this.#numbers.loopback, (error, address) => {
      if (this.#state === "closed") return;
      if (error) return ended(error);
      this.#whenBound(() => {
        try {
          this.#open().socket.connect(internet(address, checked));
        } catch (error) {
          return ended(addressError(failure(error), "connect", address, checked));
        }
        this.#connection = "there";
        if (callback) this.once("connect", callback);
        loop.nextTick(() => this.#connection === "there" && this.emit("connect"));
        this.#flush();
      });
    });
  }

  #whenBound(go: () => void): void {
    this.#implicitlyBound();
    if (this.#state === "bound") go();
    else this.#deferred.push(go);
  }

  /** Binds to a port of the system's choice, unless it is bound. */
  #implicitlyBound(): void {
    if (this.#state === "new") this.bind({ port: 0 });
  }

  disconnect(): void {
    if (this.#connection !== "there") throw nodeError(Error, "ERR_SOCKET_DGRAM_NOT_CONNECTED", "Not connected");
    this.#open().socket.connect({ tag: "unspecified" });
    this.#connection = "none";
  }

  send(message: Data | readonly Data[], port?: number, address?: string, callback?: SendCallback): void;
  send(message: Data | readonly Data[], port?: number, callback?: SendCallback): void;
  send(message: Data | readonly Data[], callback?: SendCallback): void;
  send(message: Data, offset: number, length: number, port?: number, address?: string, callback?: SendCallback): void;
  send(message: Data, offset: number, length: number, port?: number, callback?: SendCallback): void;
  send(message: Data, offset: number, length: number, callback?: SendCallback): void;
  send(...args: unknown[]): void {
    this.#open();
    const message = outgoing(this.#connection !== "none", args);
    this.#implicitlyBound();
    if (message.port === undefined) return this.#queue(message);
    this.#find(message.address, this.#numbers.loopback, (error, address) => {
      if (error) this.#sent(message, error);
      else this.#queue({ ...message, address });
    });
  }

  #queue(message: Outgoing): void {
    if (this.#waiting.push(message) === 1) this.#flush();
  }

  /** Sends what the socket takes, and the rest when it takes more. */
  #flush(): void {
    const handle = this.#handle;
    if (!handle || this.#state !== "bound" || this.#connection === "making") return;
    for (let message; (message = this.#waiting[0]); this.#waiting.shift()) {
      const { data, address, port } = message;
      try {
        const taken = handle.attempt((socket) =>
          port === undefined ? socket.send(data, 0) : socket.sendto(data, 0, internet(address as string, port)),
        );
        if (taken === undefined) return handle.onWritable(() => this.#flush());
        this.#sent(message, null);
      } catch (error) {
        const what = failure(error);
        const to = address ?? addressInfo(this.#peer())?.address ?? "";
        this.#sent(message, addressError(what, "send", to, port ?? addressInfo(this.#peer())?.port));
      }
    }
    handle.onWritable(undefined);
  }

  #peer(): ReturnType<Handle["socket"]["getpeername"]> {
    try {
      return this.#handle?.socket.getpeername();
    } catch (error) {
      failure(error);
      return undefined;
    }
  }

  #sent({ callback, data }: Outgoing, error: Error | null): void {
    if (callback) loop.nextTick(() => (error ? callback(error) : callback(null, data.length)));
    else if (error) this.#failed(error);
  }

  /** Closes the socket, once what waits has been given to the host where it takes it. */
  close(callback?: () => void): this {
    if (typeof callback === "function") this.once("close", callback);
    if (this.#state === "closed") this.#open();
    this.#flush();
    this.#state = "closed";
    this.#waiting = [];
    const closed = () => void this.emit("close");
    if (this.#handle) this.#handle.close(closed);
    else loop.atEnd(closed);
    this.#handle = undefined;
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state !== "closed") await new Promise<void>((resolve) => this.close(resolve));
  }

  address(): AddressInfo {
    return this.#name("getsockname", (handle) => handle.socket.getsockname());
  }

  remoteAddress(): AddressInfo {
    if (this.#connection !== "there") throw nodeError(Error, "ERR_SOCKET_DGRAM_NOT_CONNECTED", "Not connected");
    return this.#name("getpeername", (handle) => handle.socket.getpeername());
  }

  #name(syscall: string, ask: (handle: Handle) => Parameters<typeof addressInfo>[0]): AddressInfo {
    const handle = this.#open();
    const info = this.#try(syscall, () => addressInfo(ask(handle)));
    if (!info || this.#state === "new") throw Object.assign(new Error(`${syscall} EBADF`), { code: "EBADF", syscall });
    return info;
  }

  #try<T>(syscall: string, call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw systemError(error, syscall);
    }
  }

  #set(syscall: string, option: (() => Option) | readonly [number, number, number]): void {
    const handle = this.#open();
    // libuv has no socket before.
    if (this.#state === "new") throw Object.assign(new Error(`${syscall} EBADF`), { code: "EBADF", errno: -9, syscall });
    this.#try(syscall, () => {
      const [level, name, value] = typeof option === "function" ? option() : option;
      handle.setOption(level, name, value);
    });
  }

  setBroadcast(flag: boolean): void {
    this.#set("setBroadcast", [SOL_SOCKET, constants.SO_BROADCAST, Number(flag)]);
  }

  setTTL(ttl: number): number {
    this.#set("setTTL", [...this.#numbers.ttl, ofType(ttl, "number", "ttl")]);
    return ttl;
  }

  setMulticastTTL(ttl: number): number {
    this.#set("setMulticastTTL", [...this.#numbers.multicastTtl, ofType(ttl, "number", "ttl")]);
    return ttl;
  }

  setMulticastLoopback(flag: boolean): boolean {
    this.#set("setMulticastLoopback", [...this.#numbers.multicastLoop, Number(flag)]);
    return flag;
  }

  /** Sends to groups by the interface with that address; for udp6 the one that its zone names, such as `::%eth0`. */
  setMulticastInterface(address: string): void {
    const handle = this.#open();
    ofType(address, "string", "interfaceAddress");
    this.#try("setMulticastInterface", () => {
      if (this.type === "udp4") return handle.setOption(IPPROTO_IP, constants.IP_MULTICAST_IF, addressBytes(address));
      const index = interfaceIndex(address.split("%")[1] ?? "");
      return handle.setOption(IPPROTO_IPV6, constants.IPV6_MULTICAST_IF, index);
    });
  }

  addMembership(group: string, on?: string): void {
    named(group, "multicastAddress");
    this.#implicitlyBound();
    this.#set("addMembership", () => membership(true, group, on));
  }

  dropMembership(group: string, on?: string): void {
    named(group, "multicastAddress");
    this.#set("dropMembership", () => membership(false, group, on));
  }

  addSourceSpecificMembership(source: string, group: string, on?: string): void {
    ofType(source, "string", "sourceAddress");
    ofType(group, "string", "groupAddress");
    this.#implicitlyBound();
    this.#set("addSourceSpecificMembership", () => sourceMembership(true, source, group, on));
  }

  dropSourceSpecificMembership(source: string, group: string, on?: string): void {
    ofType(source, "string", "sourceAddress");
    ofType(group, "string", "groupAddress");
    this.#set("dropSourceSpecificMembership", () => sourceMembership(false, source, group, on));
  }

  #get(syscall: string, name: number): number {
    const handle = this.#open();
    return this.#try(syscall, () => handle.option(SOL_SOCKET, name));
  }

  getRecvBufferSize(): number {
    return this.#get("uv_recv_buffer_size", constants.SO_RCVBUF);
  }

  getSendBufferSize(): number {
    return this.#get("uv_send_buffer_size", constants.SO_SNDBUF);
  }

  setRecvBufferSize(size: number): void {
    this.#set("uv_recv_buffer_size", [SOL_SOCKET, constants.SO_RCVBUF, size]);
  }

  setSendBufferSize(size: number): void {
    this.#set("uv_send_buffer_size", [SOL_SOCKET, constants.SO_SNDBUF, size]);
  }

  getSendQueueCount(): number {
    return this.#waiting.length;
  }

  getSendQueueSize(): number {
    return this.#waiting.reduce((size, { data }) => size + data.length, 0);
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

function named(address: string | undefined, name: string): void {
  if (!address) throw nodeError(TypeError, "ERR_MISSING_ARGS", `The "${name}" argument must be specified`);
}

/** A socket of UDP, over IPv4 or IPv6. */
export function createSocket(
  options: SocketType | SocketOptions,
  listener?: (message: Buffer, from: RemoteInfo) => void,
): Socket {
  return new Socket(typeof options === "string" ? { type: options } : options, listener);
}


export default { Socket, createSocket };
