/** The standard streams. */

import { Buffer } from "node:buffer";
import { Readable, Writable } from "node:stream";

import { getStderr } from "wasi:cli/stderr@0.2.12";
import { getStdin } from "wasi:cli/stdin@0.2.12";
import { getStdout } from "wasi:cli/stdout@0.2.12";
import type { OutputStream } from "wasi:io/streams@0.2.12";

import * as loop from "./loop.js";

/** How much WASI takes at once. */
const MOST = 4096;

/** Writes all of it before it returns, as node does to files and terminals. */
export function writeAll(stream: OutputStream, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += MOST) stream.blockingWriteAndFlush(bytes.subarray(at, at + MOST));
}

class Output extends Writable {
  readonly isTTY = false;

  constructor(
    private readonly open: () => OutputStream,
    readonly fd: number,
  ) {
    super({ decodeStrings: true });
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    try {
      writeAll(this.open(), chunk);
      done();
    } catch {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE", errno: -32, syscall: "write" }));
    }
  }
}

class Input extends Readable {
  readonly isTTY = false;
  readonly fd = 0;
  #stream = getStdin();
  #waiter: loop.Waiter = {
    pollable: this.#stream.subscribe(),
    isReferenced: true,
    ready: () => this.#receive(),
  };

  override _read(): void {
    loop.waitFor(this.#waiter);
  }

  #receive(): void {
    let bytes: Uint8Array | null;
    try {
      bytes = this.#stream.read(65536n);
    } catch {
      bytes = null;
    }
    if (bytes?.length === 0) return;
    if (!this.push(bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) loop.forget(this.#waiter);
  }

  ref(): this {
    this.#waiter.isReferenced = true;
    return this;
  }

  unref(): this {
    this.#waiter.isReferenced = false;
    return this;
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const [openStdout, openStderr] = [once(getStdout), once(getStderr)];

export const stdin: () => Readable & { readonly fd: number } = once(() => new Input());
export const stdout: () => Writable & { readonly fd: number } = once(() => new Output(openStdout, 1));
export const stderr: () => Writable & { readonly fd: number } = once(() => new Output(openStderr, 2));

/** Writes a line to stderr at once. */
export function complain(line: string): void {
  writeAll(openStderr(), Buffer.from(`${line}\n`));
}
