/** node's `dns/promises`. */

import * as codes from "./codes.js";
import {
  find,
  getDefaultResultOrder,
  type LookupAddress,
  type LookupOptions,
  resolveAddresses,
  reverse as names,
  service,
  setDefaultResultOrder,
  unsupported,
} from "./lookup.js";

export * from "./codes.js";
export { getDefaultResultOrder, setDefaultResultOrder };
export type { LookupAddress, LookupOptions };

/** The first address of a host, or all. */
export function lookup(hostname: string, options: LookupOptions & { all: true }): Promise<LookupAddress[]>;
export function lookup(hostname: string, options?: LookupOptions | 0 | 4 | 6): Promise<LookupAddress>;
export async function lookup(
  hostname: string,
  options: LookupOptions | 0 | 4 | 6 = {},
): Promise<LookupAddress | LookupAddress[]> {
  const chosen = typeof options === "number" ? { family: options } : options;
  const all = find(hostname, chosen);
  if (chosen.all) return all;
  return all[0] ?? ({ address: null, family: chosen.family === 6 ? 6 : 4 } as unknown as LookupAddress);
}

export async function lookupService(address: string, port: number): Promise<{ hostname: string; service: string }> {
  return service(address, port);
}

export async function reverse(address: string): Promise<string[]> {
  return names(address);
}

/** IPv4 addresses, as the host's resolver finds them, which looks into its file of hosts too. */
export async function resolve4(hostname: string): Promise<string[]> {
  return resolveAddresses(hostname, 4);
}

/** IPv6 addresses, likewise. */
export async function resolve6(hostname: string): Promise<string[]> {
  return resolveAddresses(hostname, 6);
}

function refusing(syscall: string): (hostname: string) => Promise<never> {
  return async (hostname) => {
    throw unsupported(syscall, hostname);
  };
}

export const resolveAny = refusing("queryAny");
export const resolveCaa = refusing("queryCaa");
export const resolveCname = refusing("queryCname");
export const resolveMx = refusing("queryMx");
export const resolveNaptr = refusing("queryNaptr");
export const resolveNs = refusing("queryNs");
export const resolvePtr = refusing("queryPtr");
export const resolveSoa = refusing("querySoa");
export const resolveSrv = refusing("querySrv");
export const resolveTxt = refusing("queryTxt");

const BY_TYPE: Record<string, (hostname: string) => Promise<string[]>> = {
  A: resolve4,
  AAAA: resolve6,
  ANY: resolveAny,
  CAA: resolveCaa,
  CNAME: resolveCname,
  MX: resolveMx,
  NAPTR: resolveNaptr,
  NS: resolveNs,
  PTR: resolvePtr,
  SOA: resolveSoa,
  SRV: resolveSrv,
  TXT: resolveTxt,
};

/** What a type of record says; A and AAAA alone. */
export async function resolve(hostname: string, type = "A"): Promise<string[]> {
  const ask = BY_TYPE[type];
  if (!ask) throw new TypeError(`The argument 'rrtype' is invalid. Received '${type}'`);
  return ask(hostname);
}

/** The host chooses its name servers, and does not tell them. */
export function getServers(): string[] {
  return [];
}

/** Refuses: see `getServers`. */
export function setServers(servers: readonly string[]): void {
  throw unsupported("setServers", servers.join());
}

export default {
  ...codes,
  getDefaultResultOrder,
  getServers,
  lookup,
  lookupService,
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
  setDefaultResultOrder,
  setServers,
};
