/** Errors as node has them, of what the contract throws. */

import type { ErrorPayload } from "berkeley:sockets/error@0.1.0";

import { ERRNO } from "./constants.js";

/** Where node's names differ from Linux's. */
const RENAMED: Record<string, string> = { EOPNOTSUPP: "ENOTSUP" };

/** What libuv says, where it is not Linux's text in small letters. */
const TEXTS: Record<string, string> = {
  EADDRNOTAVAIL: "address not available",
  EAFNOSUPPORT: "address family not supported",
  EISCONN: "socket is already connected",
  EMFILE: "too many open files",
  ENFILE: "file table overflow",
  ENOBUFS: "no buffer space available",
  ENOMEM: "not enough memory",
  ENOTCONN: "socket is not connected",
  ENOTSUP: "operation not supported on socket",
  EPROTO: "protocol error",
};

/** libuv's number of each code of getaddrinfo(3). */
const GAI: Record<string, number> = {
  addrfamily: -3000,
  again: -3001,
  badflags: -3002,
  fail: -3004,
  family: -3005,
  memory: -3006,
  nodata: -3007,
  noname: -3008,
  overflow: -3009,
  service: -3010,
  socktype: -3011,
};

/** The same for gethostbyaddr(3). */
const HERROR: Record<string, string> = {
  "host-not-found": "noname",
  "try-again": "again",
  "no-recovery": "fail",
  "no-data": "nodata",
};

const BY_NAME = new Map(ERRNO.map(([number, name, text]) => [name, { number, text }]));

/** What went wrong, by its name in node. */
export interface Failure {
  /** Such as `ECONNREFUSED`. */
  code: string;
  /** libuv's number: that of Linux, negative. */
  errno: number;
  /** libuv's words. */
  text: string;
  /** What the host's policy did not grant. */
  denied?: string;
}

/** An error with what node's errors of system calls have. */
export interface SystemError extends Error {
  code: string;
  errno: number;
  syscall: string;
  address?: string;
  port?: number;
  hostname?: string;
}

/** The failure with that name in Linux. */
export function failureNamed(linux: string): Failure {
  const code = RENAMED[linux] ?? linux;
  const { number, text } = BY_NAME.get(linux) ?? { number: 0, text: linux };
  return { code, errno: -number, text: TEXTS[code] ?? text.toLowerCase() };
}

function gai(code: string): Failure {
  const errno = GAI[code] ?? -3004;
  const unknown = code === "noname" || code === "nodata";
  return { code: unknown ? "ENOTFOUND" : `EAI_${code.toUpperCase()}`, errno, text: code };
}

/** What is thrown by a function of the contract. What is thrown by others is thrown on. */
export function failure(thrown: unknown): Failure {
  const payload = (thrown as { payload?: ErrorPayload } | undefined)?.payload;
  switch (payload?.tag) {
    case "os":
      return failureNamed(payload.val.toUpperCase());
    case "denied":
      return { ...failureNamed("EACCES"), denied: payload.val };
    case "timed-out":
      return failureNamed("ETIMEDOUT");
    case "gai":
      return gai(payload.val);
    case "herror":
      return gai(HERROR[payload.val] ?? "fail");
    case "os-number":
    case "gai-number":
      return { code: `Unknown system error ${-payload.val}`, errno: -payload.val, text: "unknown error" };
    default:
      throw thrown;
  }
}

/** Whether a call on a socket would have to wait. */
export function wouldBlock({ code }: Failure): boolean {
  return code === "EAGAIN" || code === "EINPROGRESS" || code === "EALREADY";
}

function made(message: string, syscall: string, failure: Failure, more: Partial<SystemError>): SystemError {
  const cause = failure.denied === undefined ? {} : { cause: failure.denied };
  const { code, errno } = failure;
  return Object.assign(new Error(message, cause), { errno, code, syscall }, more);
}

/** An error of a system call: `read ECONNRESET`. */
export function systemError(thrown: unknown, syscall: string): SystemError {
  const what = failure(thrown);
  return made(`${syscall} ${what.code}`, syscall, what, {});
}

function where(address: string, port?: number): string {
  return port && port > 0 ? `${address}:${port}` : address;
}

/** An error of a system call on an address: `connect ECONNREFUSED 127.0.0.1:80`. */
export function addressError(what: Failure, syscall: string, address: string, port?: number): SystemError {
  const more = port ? { address, port } : { address };
  return made(`${syscall} ${what.code} ${where(address, port)}`, syscall, what, more);
}

/** The same, in words: `listen EADDRINUSE: address already in use 127.0.0.1:80`. */
export function spokenError(what: Failure, syscall: string, address: string, port?: number): SystemError {
  const more = port ? { address, port } : { address };
  return made(`${syscall} ${what.code}: ${what.text} ${where(address, port)}`, syscall, what, more);
}

/** An error of a look-up: `getaddrinfo ENOTFOUND host.invalid`. */
export function lookupError(thrown: unknown, syscall: string, hostname: string): SystemError {
  const what = failure(thrown);
  return made(`${syscall} ${what.code} ${hostname}`, syscall, what, { hostname });
}

/** An error of node's own, such as `ERR_SERVER_NOT_RUNNING`. */
export function nodeError<E extends Error>(
  kind: new (message: string) => E,
  code: string,
  message: string,
): E & { code: string } {
  const error = Object.assign(new kind(message), { code });
  // As node has it, where the code stands beside the name in what is printed.
  Object.defineProperty(error, "toString", {
    value: () => `${error.name} [${code}]: ${error.message}`,
    enumerable: false,
    configurable: true,
  });
  return error;
}

/** A port, of a number or a text. */
export function validPort(port: unknown, name: string, zero = true): number {
  const number = typeof port === "string" && port.trim() !== "" ? Number(port) : port;
  if (typeof number !== "number" || !Number.isInteger(number) || number < (zero ? 0 : 1) || number > 65535) {
    const sign = zero ? ">=" : ">";
    const received = `${typeof port} (${typeof port === "string" ? `'${port}'` : String(port)})`;
    const message = `${name} should be ${sign} 0 and < 65536. Received type ${received}.`;
    throw nodeError(RangeError, "ERR_SOCKET_BAD_PORT", message);
  }
  return number;
}

/** What an `AbortSignal` ends something with. */
export function abortError(signal: AbortSignal): Error {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  return Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
}
