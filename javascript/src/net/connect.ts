/** Connecting: the look-up of the host, and the attempts at its addresses, one after the other. */

import { familyOf, internet, isIP, unix } from "../address.js";
import { wholeNumber } from "../argument.js";
import { AF_UNIX, SOCK_STREAM } from "../constants.js";
import { lookup } from "../dns.js";
import type { LookupAddress } from "../dns/lookup.js";
import { addressError, failure, failureNamed, type Failure, nodeError, type SystemError } from "../error.js";
import { Handle } from "../handle.js";
import * as loop from "../loop.js";
import { setTimeout, type Timeout } from "../timers.js";
import type { ConnectOptions, Lookup } from "./options.js";

/** What a connection in the making tells. */
export interface Progress {
  /** A host's address was found, or it was not. */
  lookup(error: Error | null, address?: string, family?: number, host?: string): void;
  /** An attempt begins, by that handle. */
  attempt(handle: Handle, address: string, port: number, family: number): void;
  /** An attempt failed. */
  failed(address: string, port: number, family: number, error: Error): void;
  /** An attempt took too long. */
  late(address: string, port: number, family: number): void;
  /** The connection is there. */
  done(handle: Handle): void;
  /** There will be none. */
  ended(error: Error): void;
  /** Whether nobody wants it any more. */
  isOver(): boolean;
}

let selectsFamily = true;
let attemptTimeout = 250;

export function getDefaultAutoSelectFamily(): boolean {
  return selectsFamily;
}

export function setDefaultAutoSelectFamily(value: boolean): void {
  selectsFamily = Boolean(value);
}

export function getDefaultAutoSelectFamilyAttemptTimeout(): number {
  return attemptTimeout;
}

export function setDefaultAutoSelectFamilyAttemptTimeout(value: number): void {
  attemptTimeout = Math.max(10, wholeNumber(value, "value", 1));
}

/** Where an attempt goes. */
interface Destination {
  address: string;
  port: number;
  family: number;
}

function local(handle: Handle, { localAddress, localPort }: ConnectOptions, address: string): void {
  if (localAddress === undefined && localPort === undefined) return;
  const own = localAddress ?? (isIP(address) === 6 ? "::" : "0.0.0.0");
  try {
    handle.socket.bind(internet(own, localPort ?? 0));
  } catch (error) {
    throw addressError(failure(error), "bind", own, localPort);
  }
}

function refused(what: Failure, { address, port }: Destination): SystemError {
  return addressError(what, "connect", address, port);
}

/** One attempt; gives what gives it up. */
function attempt(
  to: Destination,
  options: ConnectOptions,
  progress: Progress,
  ended: (error: Error | undefined, handle?: Handle) => void,
): () => void {
  let handle: Handle | undefined;
  const fail = (error: Error) => {
    handle?.close();
    loop.nextTick(() => ended(error));
  };
  try {
    handle = Handle.create(familyOf(to.address), SOCK_STREAM);
    local(handle, options, to.address);
    const own = handle;
    progress.attempt(own, to.address, to.port, to.family);
    own.connect(internet(to.address, to.port), (what) => {
      if (!what) return ended(undefined, own);
      const error = refused(what, to);
      own.close();
      ended(error);
    });
  } catch (error) {
    fail(error instanceof Error && "syscall" in error ? error : refused(failure(error), to));
  }
  return () => handle?.close();
}

/** Tries one address. */
function connectTo(to: Destination, options: ConnectOptions, progress: Progress): void {
  attempt(to, options, progress, (error, handle) => {
    if (handle) progress.done(handle);
    else if (!progress.isOver()) progress.ended(error as Error);
  });
}

/** The addresses, one of either family in turns, beginning with that of the first. */
function interleaved(addresses: LookupAddress[]): LookupAddress[] {
  const first = addresses[0]?.family;
  const same = addresses.filter(({ family }) => family === first);
  const other = addresses.filter(({ family }) => family !== first);
  const pairs = Array.from({ length: Math.max(same.length, other.length) }, (_, i) => [same[i], other[i]]);
  return pairs.flat().filter((address) => address !== undefined);
}

/** Tries each address until one answers; the last one has all the time that it takes. */
function connectToFirst(addresses: LookupAddress[], port: number, options: ConnectOptions, progress: Progress): void {
  const left = interleaved(addresses);
  const errors: Error[] = [];
  const limit = Math.max(10, options.autoSelectFamilyAttemptTimeout ?? attemptTimeout);
  const next = () => {
    if (progress.isOver()) return;
    const found = left.shift();
    if (!found) {
      const [first] = errors;
      const error = Object.assign(new AggregateError(errors), { code: (first as SystemError | undefined)?.code });
      progress.ended(error);
      return;
    }
    const to = { ...found, port };
    let timer: Timeout | undefined;
    const giveUp = attempt(to, options, progress, (error, handle) => {
      timer?.close();
      if (handle) return progress.done(handle);
      if (progress.isOver()) return;
      errors.push(error as Error);
      progress.failed(to.address, port, to.family, error as Error);
      next();
    });
    if (left.length > 0) {
      timer = setTimeout(() => {
        giveUp();
        errors.push(refused(failureNamed("ETIMEDOUT"), to));
        progress.late(to.address, port, to.family);
        next();
      }, limit);
    }
  };
  next();
}

/** What is wrong with the addresses that a program's own look-up gave. */
function invalid(addresses: LookupAddress[], host: string, port: number): Error | undefined {
  const address = addresses.find((one) => !isIP(one?.address));
  if (address || addresses.length === 0) {
    return nodeError(TypeError, "ERR_INVALID_IP_ADDRESS", `Invalid IP address: ${address?.address}`);
  }
  const family = addresses.find((one) => one.family !== 4 && one.family !== 6)?.family;
  if (family === undefined && addresses.every((one) => one.family)) return undefined;
  const message = `Invalid address family: ${String(family)} ${host}:${port}`;
  return Object.assign(nodeError(RangeError, "ERR_INVALID_ADDRESS_FAMILY", message), { host, port });
}

/** Connects to a host, by its name or its address. */
export function connectToHost(port: number, options: ConnectOptions, progress: Progress): void {
  const host = options.host ?? "localhost";
  const literal = isIP(host);
  if (literal) {
    const start = () => progress.isOver() || connectTo({ address: host, port, family: literal }, options, progress);
    loop.nextTick(start);
    return;
  }
  const { family = 0, hints = 0, lookup: lookUp = lookup as Lookup } = options;
  const tell = (error: Error | null, address?: string, of?: number) => progress.lookup(error, address, of, host);
  const selects = (options.autoSelectFamily ?? selectsFamily) && family === 0 && options.localAddress === undefined;
  lookUp(host, { family, hints, ...(selects ? { all: true } : {}) }, (error, answer, of) => {
    if (progress.isOver()) return;
    const addresses = Array.isArray(answer) ? answer : [{ address: answer, family: of as 4 | 6 }];
    if (error) {
      tell(error);
      progress.ended(error);
      return;
    }
    addresses.forEach((one) => tell(null, one.address, one.family));
    const [first] = addresses;
    if (progress.isOver()) return;
    const wrong = invalid(addresses, host, port);
    if (wrong || !first) return progress.ended(wrong as Error);
    if (addresses.length > 1) connectToFirst(addresses, port, options, progress);
    else connectTo({ ...first, port }, options, progress);
  });
}

/** Connects to a unix socket. */
export function connectToPath(path: string, progress: Progress): void {
  let handle: Handle | undefined;
  const ended = (what: Failure) => {
    handle?.close();
    loop.nextTick(() => progress.isOver() || progress.ended(addressError(what, "connect", path)));
  };
  try {
    const own = (handle = Handle.create(AF_UNIX, SOCK_STREAM));
    progress.attempt(own, path, 0, 0);
    own.connect(unix(path), (what) => (what ? ended(what) : progress.done(own)));
  } catch (error) {
    ended(failure(error));
  }
}
