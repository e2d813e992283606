/** The arguments of `connect` and `listen`, in all their forms. */

import { isIP } from "../address.js";
import { ofTypeIfAny, wholeNumber, wrongType } from "../argument.js";
import type { LookupAddress, LookupOptions } from "../dns/lookup.js";
import { nodeError, validPort } from "../error.js";

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
  /** A socket that the host opened beforehand: the first is 3. */
  fd?: number;
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

/** Looks at what a program wants to connect to, and gives the port; 0 for a path. */
export function checked(options: ConnectOptions): number {
  const { port, path, localAddress, autoSelectFamilyAttemptTimeout } = options;
  if (port === undefined && path === undefined) {
    const message = "The \"options\" or \"port\" or \"path\" argument must be specified";
    throw nodeError(TypeError, "ERR_MISSING_ARGS", message);
  }
  if (ofTypeIfAny(path, "string", "options.path") !== undefined) return 0;
  if (localAddress !== undefined && !isIP(localAddress)) {
    throw nodeError(TypeError, "ERR_INVALID_IP_ADDRESS", `Invalid IP address: ${localAddress}`);
  }
  ofTypeIfAny(options.localPort, "number", "options.localPort");
  ofTypeIfAny(options.lookup, "function", "options.lookup");
  ofTypeIfAny(options.autoSelectFamily, "boolean", "options.autoSelectFamily");
  if (autoSelectFamilyAttemptTimeout !== undefined) {
    wholeNumber(autoSelectFamilyAttemptTimeout, "options.autoSelectFamilyAttemptTimeout", 1);
  }
  if (!["number", "string"].includes(typeof port)) {
    throw wrongType("options.port", "one of type number or string", port);
  }
  return validPort(port, "Port");
}
