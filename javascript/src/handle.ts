/** A socket that never makes the program wait, and what the loop does with it. */

import { create, type Socket } from "berkeley:sockets/socket@0.1.0";
import { getsockopt, type OptionValue, setsockopt } from "berkeley:sockets/option@0.1.0";
import type { SocketAddress } from "berkeley:sockets/address@0.1.0";

import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from "./constants.js";
import { type Failure, failure, wouldBlock } from "./error.js";
import * as loop from "./loop.js";

/** What is told without being asked for: whoever waits, for whatever, finds out by trying. */
const ALWAYS = POLLERR | POLLHUP | POLLNVAL;

/** A socket in the loop. */
export class Handle implements loop.Watcher {
  events = 0;
  isReferenced = true;
  #readable: (() => void) | undefined;
  #writable: (() => void) | undefined;
  #isClosed = false;

  constructor(readonly socket: Socket) {
    socket.settimeout(0n);
  }

  /** A new socket. */
  static create(family: number, type: number): Handle {
    return new Handle(create(family, type, 0));
  }

  /** Calls back whenever there is something to receive or to accept; without a callback, no more. */
  onReadable(callback: (() => void) | undefined): void {
    this.#readable = callback;
    this.#watch();
  }

  /** Calls back whenever something can be sent, or the connection is there; without a callback, no more. */
  onWritable(callback: (() => void) | undefined): void {
    this.#writable = callback;
    this.#watch();
  }

  #watch(): void {
    if (this.#isClosed) return;
    loop.watch(this, (this.#readable ? POLLIN : 0) | (this.#writable ? POLLOUT : 0));
  }

  ready(events: number): void {
    if (events & (POLLOUT | ALWAYS)) this.#writable?.();
    if (events & (POLLIN | ALWAYS)) this.#readable?.();
  }

  /** What `call` gives, or nothing where it would have to wait. */
  attempt<T>(call: (socket: Socket) => T): T | undefined {
    try {
      return call(this.socket);
    } catch (error) {
      if (wouldBlock(failure(error))) return undefined;
      throw error;
    }
  }

  /** Connects, and tells how it ended. */
  connect(address: SocketAddress, done: (failed: Failure | undefined) => void): void {
    const outcome = (): Failure | undefined => {
      try {
        this.socket.connect(address);
        return undefined;
      } catch (error) {
        return failure(error);
      }
    };
    // EAGAIN is a unix server's that takes no more: that ends by no event.
    const goesOn = (failed: Failure) => failed.code === "EINPROGRESS" || failed.code === "EALREADY";
    const first = outcome();
    if (!first || !goesOn(first)) return loop.atEnd(() => this.#isClosed || done(first));
    this.onWritable(() => {
      // A second call tells what came of the first.
      const then = outcome();
      if (then && goesOn(then)) return;
      this.onWritable(undefined);
      done(then?.code === "EISCONN" ? undefined : then);
    });
  }

  option(level: number, name: number): number {
    return getsockopt(this.socket, level, name);
  }

  setOption(level: number, name: number, value: number | Uint8Array): void {
    const lowered: OptionValue = typeof value === "number" ? { tag: "int", val: value } : { tag: "bytes", val: value };
    setsockopt(this.socket, level, name, lowered);
  }

  /** Closes the socket; nothing is called back any more, but for `closed` at the end of the turn. */
  close(closed?: () => void): void {
    this.#readable = this.#writable = undefined;
    this.#isClosed = true;
    loop.watch(this, 0);
    this.socket.close();
    this.socket[Symbol.dispose]();
    if (closed) loop.atEnd(closed);
  }
}
