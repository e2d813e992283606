/** The arguments of `connect` and `listen`, in all their forms. */

import type { LookupAddress, LookupOptions } from "../dns/lookup.js";

/** A function in the place of `dns.lookup`. */
export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
) => void;

export interface SocketOptions {
  allowHalfOpen?: boolean;
  highWaterMark?: number;
  signal?: AbortSignal;
}

export interface ConnectOptions extends SocketOptions {
  port?: number | string;
  host?: string;
  path?: string;
  localAddress?: string;
  localPort?: number;
  family?: 0 | 4 | 6;
  hints?: number;
  lookup?: Lookup;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
  autoSelectFamily?: boolean;
  autoSelectFamilyAttemptTimeout?: number;
  timeout?: number;
}

export interface ServerOptions {
  allowHalfOpen?: boolean;
  pauseOnConnect?: boolean;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
  highWaterMark?: number;
}

export interface ListenOptions {
  port?: number | string;
  host?: string;
  path?: string;
  backlog?: number;
  ipv6Only?: boolean;
  reusePort?: boolean;
  exclusive?: boolean;
  signal?: AbortSignal;
}

export type Listener = () => void;

function isPort(value: unknown): value is number | string {
  return typeof value === "number" || (typeof value === "string" && /^\s*[0-9]+\s*$/.test(value));
}

/** Divides arguments: the options that they come to, and the callback at their end. */
export function normalized<O extends { port?: number | string; host?: string; path?: string; backlog?: number }>(
  args: unknown[],
): [O, Listener | undefined] {
  const [first, second, third] = args;
  const last = args.at(-1);
  const callback = typeof last === "function" ? (last as Listener) : undefined;
  if (typeof first === "object" && first !== null) return [{ ...first } as O, callback];
  const options: { port?: number | string; host?: string; path?: string; backlog?: number } = {};
  if (typeof first === "string" && !isPort(first)) options.path = first;
  else if (first !== undefined && typeof first !== "function") options.port = first as number;
  if (typeof second === "string") options.host = second;
  const backlog = typeof second === "number" ? second : third;
  if (typeof backlog === "number") options.backlog = backlog;
  return [options as O, callback];
}
