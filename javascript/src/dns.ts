/** node's `dns`. */

import { ofType } from "./argument.js";
import { AI_ADDRCONFIG, AI_ALL, AI_V4MAPPED } from "./constants.js";
import * as codes from "./dns/codes.js";
import type { LookupAddress, LookupOptions } from "./dns/lookup.js";
import promises from "./dns/promises.js";
import * as loop from "./loop.js";

export * from "./dns/codes.js";
export { getDefaultResultOrder, getServers, setDefaultResultOrder, setServers } from "./dns/promises.js";
export { promises };

export const ADDRCONFIG = AI_ADDRCONFIG;
export const ALL = AI_ALL;
export const V4MAPPED = AI_V4MAPPED;

type Callback<A extends unknown[]> = (error: Error | null, ...answer: A) => void;

/** Calls back with what a promise comes to; what the callback throws, nobody catches. */
function tell<T>(promise: Promise<T>, callback: (error: Error | null, answer?: T) => void): void {
  promise.then(
    (answer) => loop.nextTick(() => callback(null, answer)),
    (error: Error) => loop.nextTick(() => callback(error)),
  );
}

type OneOrAll = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

export function lookup(hostname: string, callback: Callback<[string, number]>): void;
export function lookup(
  hostname: string,
  options: LookupOptions & { all: true },
  callback: Callback<[LookupAddress[]]>,
): void;
export function lookup(hostname: string, options: LookupOptions | number, callback: Callback<[string, number]>): void;
export function lookup(hostname: string, ...rest: unknown[]): void {
  const callback = rest.pop() as OneOrAll;
  ofType(callback, "function", "callback");
  const options = (rest[0] ?? {}) as LookupOptions | 0 | 4 | 6;
  tell<LookupAddress | LookupAddress[]>(promises.lookup(hostname, options), (error, answer) => {
    if (error || !answer) callback(error);
    else if (Array.isArray(answer)) callback(null, answer);
    else callback(null, answer.address, answer.family);
  });
}

export function lookupService(address: string, port: number, callback: Callback<[string, string]>): void {
  tell(promises.lookupService(address, port), (error, answer) => {
    if (error || !answer) (callback as (error: Error | null) => void)(error);
    else callback(null, answer.hostname, answer.service);
  });
}

type Ask = (name: string) => Promise<string[]>;

function calledBack(ask: Ask): (name: string, ...rest: unknown[]) => void {
  return (name, ...rest) => {
    const callback = ofType(rest.at(-1), "function", "callback") as Callback<[string[]?]>;
    tell(ask(ofType(name, "string", "name")), callback);
  };
}

export const reverse = calledBack(promises.reverse);
export const resolve4 = calledBack(promises.resolve4);
export const resolve6 = calledBack(promises.resolve6);
export const resolveAny = calledBack(promises.resolveAny);
export const resolveCaa = calledBack(promises.resolveCaa);
export const resolveCname = calledBack(promises.resolveCname);
export const resolveMx = calledBack(promises.resolveMx);
export const resolveNaptr = calledBack(promises.resolveNaptr);
export const resolveNs = calledBack(promises.resolveNs);
export const resolvePtr = calledBack(promises.resolvePtr);
export const resolveSoa = calledBack(promises.resolveSoa);
export const resolveSrv = calledBack(promises.resolveSrv);
export const resolveTxt = calledBack(promises.resolveTxt);

export function resolve(hostname: string, ...rest: unknown[]): void {
  const type = typeof rest[0] === "string" ? rest[0] : "A";
  tell(promises.resolve(hostname, type), rest.at(-1) as Callback<[string[]?]>);
}

export default {
  ...codes,
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  getDefaultResultOrder: promises.getDefaultResultOrder,
  getServers: promises.getServers,
  lookup,
  lookupService,
  promises,
  resolve,
  resolve4,
  resolve6,
  resolveAny,
  resolveCaa,
  resolveCname,
  resolveMx,
  resolveNaptr,
  resolveNs,
  resolvePtr,
  resolveSoa,
  resolveSrv,
  resolveTxt,
  reverse,
  setDefaultResultOrder: promises.setDefaultResultOrder,
  setServers: promises.setServers,
};
