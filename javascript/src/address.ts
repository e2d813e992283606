/** Addresses, as text and as the contract has them. */

import { Buffer } from "node:buffer";

import type { SocketAddress } from "berkeley:sockets/address@0.1.0";
import type { ErrorPayload } from "berkeley:sockets/error@0.1.0";
import { ifNametoindex } from "berkeley:sockets/interface@0.1.0";

import { AF_INET, AF_INET6 } from "./constants.js";

/** The error of the kernel, to whom what is no address is one that it does not know. */
const INVALID: ErrorPayload = { tag: "os", val: "einval" };

/** What node tells of an address of the internet. */
export interface AddressInfo {
  address: string;
  family: "IPv4" | "IPv6";
  port: number;
}

function ipv4(text: string): number[] | undefined {
  const parts = text.split(".");
  const isByte = (part: string) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255;
  return parts.length === 4 && parts.every(isByte) ? parts.map(Number) : undefined;
}

/** The groups of one side of `::`; an IPv4 address at the end is two. */
function groups(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const last = parts.at(-1) ?? "";
  const bytes = last.includes(".") ? ipv4(last) : undefined;
  if (bytes) parts.pop();
  if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = bytes ?? [];
  return [...parts.map((part) => parseInt(part, 16)), ...(bytes ? [a * 256 + b, c * 256 + d] : [])];
}

function ipv6(text: string): number[] | undefined {
  const [before = "", after, more] = text.split("::");
  const [head, tail] = [groups(before), groups(after ?? "")];
  if (!head || !tail || more !== undefined || (after !== undefined && before.includes("."))) return undefined;
  const missing = 8 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** The address without its zone, and the zone. */
function zoned(text: string): [string, string] {
  const at = text.indexOf("%");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** 4 or 6, the version of the address; 0 for what is none. */
export function isIP(input: unknown): 0 | 4 | 6 {
  const text = String(input);
  if (ipv4(text)) return 4;
  const [address, zone] = zoned(text);
  const hasZone = text.includes("%");
  return ipv6(address) && (!hasZone || /^[0-9a-zA-Z.\-_~]+$/.test(zone)) ? 6 : 0;
}

/** Whether that is an IPv4 address. */
export function isIPv4(input: unknown): boolean {
  return isIP(input) === 4;
}

/** Whether that is an IPv6 address, maybe with a zone. */
export function isIPv6(input: unknown): boolean {
  return isIP(input) === 6;
}

/** The index of an interface, by its number or its name; 0 for none. */
export function interfaceIndex(zone: string): number {
  if (zone === "" || /^[0-9]+$/.test(zone)) return Number(zone);
  return ifNametoindex(Buffer.from(zone));
}

/** The address as the contract has it. */
export function internet(address: string, port: number): SocketAddress {
  const bytes = ipv4(address);
  if (bytes) return { tag: "inet", val: { address: bytes, port } };
  const [text, zone] = zoned(address);
  const parts = ipv6(text);
  if (!parts) throw new TypeError(`Invalid IP address: ${address}`);
  return { tag: "inet6", val: { address: parts, port, flowInfo: 0, scopeId: interfaceIndex(zone) } };
}

/** The bytes of an address, in the network's order. */
export function addressBytes(address: string): Buffer {
  const bytes = ipv4(address);
  if (bytes) return Buffer.from(bytes);
  const parts = ipv6(zoned(address)[0]);
  if (!parts) throw Object.assign(new TypeError(`Invalid IP address: ${address}`), { payload: INVALID });
  return Buffer.from(parts.flatMap((part) => [part >> 8, part & 255]));
}

/** The path of a unix socket as the contract has it; one that begins with NUL is a name in the abstract namespace. */
export function unix(path: string): SocketAddress {
  return { tag: "unix", val: Buffer.from(path) };
}

/** Which zeros `::` stands for: the first of the longest runs of two or more. */
function longestRun(parts: number[]): [number, number] {
  let [start, length] = [-1, 1];
  for (let i = 0; i < parts.length; i++) {
    let end = i;
    while (parts[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
    i = Math.max(i, end - 1);
  }
  return [start, length];
}

function ipv6Text(parts: number[], scope: number): string {
  const zone = scope ? `%${scope}` : "";
  const isMapped = parts.slice(0, 5).every((part) => part === 0) && parts[5] === 0xffff;
  if (isMapped) {
    const bytes = parts.slice(6).flatMap((part) => [part >> 8, part & 255]);
    return `::ffff:${bytes.join(".")}`;
  }
  const hexadecimal = (some: number[]) => some.map((part) => part.toString(16)).join(":");
  const [start, length] = longestRun(parts);
  if (start < 0) return hexadecimal(parts) + zone;
  return `${hexadecimal(parts.slice(0, start))}::${hexadecimal(parts.slice(start + length))}${zone}`;
}

/** What node tells of an address; nothing for those that are not of the internet. */
export function addressInfo(address: SocketAddress | undefined): AddressInfo | undefined {
  if (address?.tag === "inet") {
    return { address: Array.from(address.val.address).join("."), family: "IPv4", port: address.val.port };
  }
  if (address?.tag === "inet6") {
    const text = ipv6Text(Array.from(address.val.address), address.val.scopeId);
    return { address: text, family: "IPv6", port: address.val.port };
  }
  return undefined;
}

/** The path of a unix socket. */
export function unixPath(address: SocketAddress | undefined): string | undefined {
  return address?.tag === "unix" ? Buffer.from(address.val).toString() : undefined;
}

/** The family of an address. */
export function familyOf(address: string): number {
  return isIPv4(address) ? AF_INET : AF_INET6;
}
