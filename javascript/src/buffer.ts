/** node's `buffer`: npm's, whose text goes through the engine's own encoder, for a loop over characters is slow here. */

import module from "buffer/";

const { Buffer, SlowBuffer, INSPECT_MAX_BYTES, kMaxLength } = module as unknown as typeof import("node:buffer");
const { Blob, File, atob, btoa } = globalThis;

const encoder = new TextEncoder();
// A byte order mark is a character like others.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** From how many characters on the encoder is quicker. */
const LONG = 64;

function isUtf8(encoding: unknown): boolean {
  return encoding === undefined || encoding === null || /^utf-?8$/i.test(String(encoding));
}

const [from, byteLength, toString] = [Buffer.from, Buffer.byteLength, Buffer.prototype.toString];

function encoded(text: string): Buffer {
  const { buffer, byteOffset, byteLength } = encoder.encode(text);
  return from(buffer, byteOffset, byteLength);
}

Object.assign(Buffer, {
  from(this: unknown, value: unknown, ...rest: unknown[]): Buffer {
    const isText = typeof value === "string" && value.length >= LONG && isUtf8(rest[0]);
    return isText ? encoded(value) : Reflect.apply(from, Buffer, [value, ...rest]);
  },
  byteLength(value: string, encoding?: BufferEncoding): number {
    const isText = typeof value === "string" && value.length >= LONG && isUtf8(encoding);
    return isText ? encoder.encode(value).length : byteLength(value, encoding);
  },
});

Buffer.prototype.toString = function (this: Buffer, encoding?: BufferEncoding, start = 0, end: number = this.length): string {
  if (!isUtf8(encoding) || end - start < LONG) return Reflect.apply(toString, this, [encoding, start, end]);
  return decoder.decode(this.subarray(Math.max(0, start), Math.max(0, end)));
};

export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 2 ** 30 - 2 };
export { atob, Blob, btoa, Buffer, File, INSPECT_MAX_BYTES, kMaxLength, SlowBuffer };
export default { Blob, Buffer, File, INSPECT_MAX_BYTES, SlowBuffer, atob, btoa, constants, kMaxLength };
