/** The structures by which a socket joins a group, as Linux has them. */

import { Buffer } from "node:buffer";

import { addressBytes, interfaceIndex, isIPv6 } from "../address.js";
import {
  AF_INET6,
  IP_ADD_MEMBERSHIP,
  IP_ADD_SOURCE_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_DROP_SOURCE_MEMBERSHIP,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_JOIN_GROUP,
  IPV6_LEAVE_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_SOURCE_GROUP,
} from "../constants.js";

/** An option, and its value. */
export type Option = [level: number, name: number, value: Uint8Array];

const ANY = Buffer.alloc(4);

/** The interface that an IPv6 address names by its zone. */
function zone(address: string | undefined): number {
  return interfaceIndex(address?.split("%")[1] ?? "");
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Joins a group, or leaves it. */
export function membership(joins: boolean, group: string, on: string | undefined): Option {
  if (isIPv6(group)) {
    const name = joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP;
    return [IPPROTO_IPV6, name, Buffer.concat([addressBytes(group), number(zone(on) || zone(group))])];
  }
  const name = joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
  return [IPPROTO_IP, name, Buffer.concat([addressBytes(group), on ? addressBytes(on) : ANY])];
}

/** A `sockaddr_in6` in the room of a `sockaddr_storage`. */
function storage(address: string): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.writeUInt16LE(AF_INET6, 0);
  addressBytes(address).copy(bytes, 8);
  bytes.writeUInt32LE(zone(address), 24);
  return bytes;
}

/** Joins a group for what one source sends, or leaves it. */
export function sourceMembership(joins: boolean, source: string, group: string, on: string | undefined): Option {
  if (isIPv6(group)) {
    const name = joins ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP;
    const index = Buffer.concat([number(zone(on) || zone(group)), Buffer.alloc(4)]);
    return [IPPROTO_IPV6, name, Buffer.concat([index, storage(group), storage(source)])];
  }
  const name = joins ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP;
  return [IPPROTO_IP, name, Buffer.concat([addressBytes(group), on ? addressBytes(on) : ANY, addressBytes(source)])];
}
