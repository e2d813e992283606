/** The arguments of `send`. */

import { Buffer } from "node:buffer";

import { ofType, wrongType } from "../argument.js";
import { nodeError, validPort } from "../error.js";

export type Data = string | Uint8Array | DataView;
export type SendCallback = (error: Error | null, bytes?: number) => void;

/** A datagram on its way. */
export interface Outgoing {
  data: Buffer;
  port: number | undefined;
  address: string | undefined;
  callback: SendCallback | undefined;
}

function bytes(data: unknown): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw wrongType("buffer", "of type string or an instance of Buffer, TypedArray, or DataView", data);
}

function part(data: Buffer, offset: number, length: number): Buffer {
  if (offset > data.length) throw nodeError(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", "\"offset\" is outside of buffer bounds");
  const isInside = offset + length <= data.length;
  if (!isInside) throw nodeError(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", "\"length\" is outside of buffer bounds");
  return data.subarray(offset, offset + length);
}

/**
 * `(message[, offset, length][, port][, address][, callback])`; a connected socket's have no port and no address.
 *
 * What is left out is told by what stands in its place, as node tells it.
 */
export function outgoing(isConnected: boolean, args: unknown[]): Outgoing {
  const [message, second, third, fourth, fifth, sixth] = args;
  let data = Array.isArray(message) ? Buffer.concat(message.map(bytes)) : bytes(message);
  const isPart = isConnected ? typeof third === "number" : fifth || (fourth && typeof fourth !== "function");
  if (isPart) data = part(data, Number(second), Number(third));
  const rest = isPart ? [fourth, fifth, sixth] : [second, third, fourth];
  const callback = rest.find((arg) => typeof arg === "function") as SendCallback | undefined;
  if (isConnected) {
    if (isPart && [fourth, fifth].some((arg) => arg && typeof arg !== "function")) {
      throw nodeError(Error, "ERR_SOCKET_DGRAM_IS_CONNECTED", "Already connected");
    }
    return { data, port: undefined, address: undefined, callback };
  }
  const address = typeof rest[1] === "function" || !rest[1] ? undefined : ofType(rest[1], "string", "address");
  return { data, port: validPort(rest[0], "Port", false), address, callback };
}
