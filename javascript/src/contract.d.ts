/** What this package uses of the contract in wit/, as componentize-js gives it to JavaScript. */

declare module "berkeley:sockets/error@0.1.0" {
  /** What a function of the contract throws, in the field `payload` of an error. */
  export type ErrorPayload =
    | { tag: "os"; val: string }
    | { tag: "os-number"; val: number }
    | { tag: "timed-out" }
    | { tag: "denied"; val: string }
    | { tag: "gai"; val: string }
    | { tag: "gai-number"; val: number }
    | { tag: "herror"; val: string };
}

declare module "berkeley:sockets/address@0.1.0" {
  export interface InetAddress {
    address: ArrayLike<number>;
    port: number;
  }
  export interface Inet6Address extends InetAddress {
    flowInfo: number;
    scopeId: number;
  }
  export type SocketAddress =
    | { tag: "unspecified" }
    | { tag: "inet"; val: InetAddress }
    | { tag: "inet6"; val: Inet6Address }
    | { tag: "unix"; val: Uint8Array };
}

declare module "berkeley:sockets/socket@0.1.0" {
  import type { SocketAddress } from "berkeley:sockets/address@0.1.0";
  export class Socket {
    family(): number;
    settimeout(limit: bigint | undefined): void;
    bind(address: SocketAddress): void;
    listen(backlog: number): void;
    accept(): [Socket, SocketAddress | undefined];
    connect(address: SocketAddress): void;
    send(data: Uint8Array, flags: number): bigint;
    sendto(data: Uint8Array, flags: number, address: SocketAddress): bigint;
    recv(size: bigint, flags: number): Uint8Array;
    recvfrom(size: bigint, flags: number): [Uint8Array, SocketAddress | undefined];
    shutdown(how: number): void;
    close(): void;
    getsockname(): SocketAddress | undefined;
    getpeername(): SocketAddress | undefined;
    [Symbol.dispose](): void;
  }
  export function preopened(): [string, Socket][];
  export function create(family: number, type: number, protocol: number): Socket;
}

declare module "berkeley:sockets/option@0.1.0" {
  import type { Socket } from "berkeley:sockets/socket@0.1.0";
  export type OptionValue = { tag: "int"; val: number } | { tag: "bytes"; val: Uint8Array };
  export function getsockopt(socket: Socket, level: number, name: number): number;
  export function setsockopt(socket: Socket, level: number, name: number, value: OptionValue): void;
}

declare module "berkeley:sockets/netdb@0.1.0" {
  import type { SocketAddress } from "berkeley:sockets/address@0.1.0";
  export interface AddressInfo {
    family: number;
    address: SocketAddress;
  }
  export interface HostEntry {
    name: Uint8Array;
    aliases: Uint8Array[];
  }
  export function getaddrinfo(
    host: Uint8Array | undefined,
    service: Uint8Array | undefined,
    family: number,
    type: number,
    protocol: number,
    flags: number,
  ): AddressInfo[];
  export function getnameinfo(address: SocketAddress, flags: number): [Uint8Array, Uint8Array];
  export function gethostbyaddr(address: Uint8Array): HostEntry;
}

declare module "berkeley:sockets/interface@0.1.0" {
  export function ifNametoindex(name: Uint8Array): number;
}

declare module "berkeley:sockets/poll@0.1.0" {
  import type { Socket } from "berkeley:sockets/socket@0.1.0";
  import type { Pollable } from "wasi:io/poll@0.2.12";
  export interface Interest {
    socket: Socket;
    events: number;
  }
  export function poll(interests: Interest[], limit: bigint | undefined): Int16Array;
  export function subscribe(socket: Socket, events: number): Pollable;
}

declare module "wasi:io/poll@0.2.12" {
  export class Pollable {
    ready(): boolean;
    [Symbol.dispose](): void;
  }
  export function poll(pollables: Pollable[]): Uint32Array;
}

declare module "wasi:io/streams@0.2.12" {
  import type { Pollable } from "wasi:io/poll@0.2.12";
  export class InputStream {
    read(length: bigint): Uint8Array;
    subscribe(): Pollable;
    [Symbol.dispose](): void;
  }
  export class OutputStream {
    blockingWriteAndFlush(contents: Uint8Array): void;
  }
}

declare module "wasi:clocks/monotonic-clock@0.2.12" {
  import type { Pollable } from "wasi:io/poll@0.2.12";
  export function now(): bigint;
  export function subscribeDuration(nanoseconds: bigint): Pollable;
}

declare module "wasi:filesystem/types@0.2.12" {
  export class Descriptor {
    unlinkFileAt(path: string): void;
  }
}

declare module "wasi:filesystem/preopens@0.2.12" {
  import type { Descriptor } from "wasi:filesystem/types@0.2.12";
  export function getDirectories(): [Descriptor, string][];
}

declare module "wasi:cli/environment@0.2.12" {
  export function getEnvironment(): [string, string][];
  export function getArguments(): string[];
  export function initialCwd(): string | undefined;
}

declare module "wasi:cli/exit@0.2.12" {
  export function exitWithCode(code: number): never;
}

declare module "wasi:cli/stdin@0.2.12" {
  import type { InputStream } from "wasi:io/streams@0.2.12";
  export function getStdin(): InputStream;
}

declare module "wasi:cli/stdout@0.2.12" {
  import type { OutputStream } from "wasi:io/streams@0.2.12";
  export function getStdout(): OutputStream;
}

declare module "wasi:cli/stderr@0.2.12" {
  import type { OutputStream } from "wasi:io/streams@0.2.12";
  export function getStderr(): OutputStream;
}

/** npm's package of that name, and not node's module. */
declare module "buffer/" {
  const module: unknown;
  export default module;
}
