/** Look-ups, of which each makes the whole program wait. */

import { Buffer } from "node:buffer";

import { getaddrinfo, getnameinfo, gethostbyaddr } from "berkeley:sockets/netdb@0.1.0";

import { addressInfo, internet, isIP } from "../address.js";
import { wrongType } from "../argument.js";
import { AF_INET, AF_INET6, AF_UNSPEC, NI_NAMEREQD, SOCK_STREAM } from "../constants.js";
import { lookupError, nodeError, type SystemError, validPort } from "../error.js";

/** An address that was found. */
export interface LookupAddress {
  address: string;
  family: 4 | 6;
}

/** In which order addresses are given. */
export type Order = "verbatim" | "ipv4first" | "ipv6first";

export interface LookupOptions {
  family?: 0 | 4 | 6 | "IPv4" | "IPv6";
  hints?: number;
  all?: boolean;
  order?: Order;
  verbatim?: boolean;
}

const FAMILIES: Record<string, number> = { 0: AF_UNSPEC, 4: AF_INET, 6: AF_INET6, IPv4: AF_INET, IPv6: AF_INET6 };

let defaultOrder: Order = "verbatim";

export function setDefaultResultOrder(order: Order): void {
  if (!["verbatim", "ipv4first", "ipv6first"].includes(order)) {
    const message = `The argument 'order' must be one of: 'verbatim', 'ipv4first', 'ipv6first'. Received '${order}'`;
    throw nodeError(TypeError, "ERR_INVALID_ARG_VALUE", message);
  }
  defaultOrder = order;
}

export function getDefaultResultOrder(): Order {
  return defaultOrder;
}

function familyNumber(family: unknown): number {
  const number = FAMILIES[String(family ?? 0)];
  if (number === undefined) {
    const message = `The property 'options.family' must be one of: 0, 4, 6. Received ${String(family)}`;
    throw nodeError(TypeError, "ERR_INVALID_ARG_VALUE", message);
  }
  return number;
}

function ordered(addresses: LookupAddress[], order: Order): LookupAddress[] {
  if (order === "verbatim") return addresses;
  const first = order === "ipv4first" ? 4 : 6;
  return [...addresses.filter(({ family }) => family === first), ...addresses.filter(({ family }) => family !== first)];
}

function checkedName(hostname: unknown): string {
  if (typeof hostname === "string" || hostname === undefined || hostname === null) return hostname ?? "";
  throw wrongType("hostname", "of type string", hostname);
}

/** The addresses of a host. */
export function find(hostname: unknown, options: LookupOptions = {}): LookupAddress[] {
  const name = checkedName(hostname);
  const family = familyNumber(options.family);
  const literal = isIP(name);
  if (literal) return [{ address: name, family: literal }];
  if (name === "") return [];
  let answers;
  try {
    answers = getaddrinfo(Buffer.from(name), undefined, family, SOCK_STREAM, 0, options.hints ?? 0);
  } catch (error) {
    throw lookupError(error, "getaddrinfo", name);
  }
  const found = answers.flatMap(({ address }): LookupAddress[] => {
    const info = addressInfo(address);
    return info ? [{ address: info.address, family: info.family === "IPv4" ? 4 : 6 }] : [];
  });
  return ordered(found, options.order ?? (options.verbatim === false ? "ipv4first" : defaultOrder));
}

function checkedAddress(address: unknown, port: number): ReturnType<typeof internet> {
  if (isIP(address)) return internet(String(address), port);
  const message = `The argument 'address' is invalid. Received '${String(address)}'`;
  throw nodeError(TypeError, "ERR_INVALID_ARG_VALUE", message);
}

/** The names of the host and of the service. */
export function service(address: string, port: number): { hostname: string; service: string } {
  const checked = checkedAddress(address, validPort(port, "Port"));
  try {
    const [host, name] = getnameinfo(checked, NI_NAMEREQD);
    return { hostname: Buffer.from(host).toString(), service: Buffer.from(name).toString() };
  } catch (error) {
    throw lookupError(error, "getnameinfo", address);
  }
}

/** The names of the host. */
export function reverse(address: string): string[] {
  checkedAddress(address, 0);
  try {
    const { name, aliases } = gethostbyaddr(Buffer.from(address));
    return [name, ...aliases].map((bytes) => Buffer.from(bytes).toString());
  } catch (error) {
    throw lookupError(error, "getHostByAddr", address);
  }
}

/** The addresses of one family, of which there must be some. */
export function resolveAddresses(hostname: string, family: 4 | 6): string[] {
  const addresses = find(hostname, { family }).map(({ address }) => address);
  if (addresses.length > 0) return addresses;
  throw refused("ENODATA", family === 4 ? "queryA" : "queryAaaa", hostname, "");
}

/** The answer to questions that the host's resolver does not take. */
export function unsupported(syscall: string, hostname: string): SystemError {
  const why = "; the host looks up addresses and names alone. A resolver over `node:dgram` can ask for more";
  return refused("ENOTIMP", syscall, hostname, why);
}

function refused(code: string, syscall: string, hostname: string, why: string): SystemError {
  const error = new Error(`${syscall} ${code} ${hostname}${why}`);
  return Object.assign(error, { errno: 0, code, syscall, hostname });
}
