/** node's `timers`. */

import { ofType } from "./argument.js";
import * as loop from "./loop.js";
import * as list from "./timers/list.js";

type Callback<A extends unknown[], T = unknown> = (this: T, ...args: A) => void;

/** The longest time; what is longer, node has as 1. */
const LONGEST = 2 ** 31 - 1;

/** What can be cleared by number, as in browsers. */
const numbered = new Map<number, Timeout>();
let numbers = 0;

/** What `setTimeout` and `setInterval` give. */
export class Timeout implements list.Timer {
  readonly delay: number;
  start = 0;
  isReferenced = true;
  #callback: Callback<[], Timeout>;
  #repeats: boolean;
  #isCleared = false;
  #number = 0;

  constructor(callback: Callback<[], Timeout>, delay: unknown, repeats: boolean) {
    const number = Number(delay);
    this.delay = number >= 1 && number <= LONGEST ? Math.trunc(number) : 1;
    this.#callback = callback;
    this.#repeats = repeats;
    list.start(this);
  }

  fire(): void {
    try {
      this.#callback.call(this);
    } finally {
      if (this.#repeats && !this.#isCleared) list.start(this);
      else if (!list.isRunning(this)) numbered.delete(this.#number);
    }
  }

  /** Lets the loop go on for it. */
  ref(): this {
    list.setReferenced(this, true);
    return this;
  }

  /** Lets the loop end before it is due. */
  unref(): this {
    list.setReferenced(this, false);
    return this;
  }

  hasRef(): boolean {
    return this.isReferenced;
  }

  /** Starts it anew. */
  refresh(): this {
    if (!this.#isCleared) list.start(this);
    return this;
  }

  close(): this {
    this.#isCleared = true;
    list.stop(this);
    numbered.delete(this.#number);
    return this;
  }

  [Symbol.toPrimitive](): number {
    if (!this.#number) numbered.set((this.#number = numbers += 1), this);
    return this.#number;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** What `setImmediate` gives. */
export class Immediate implements loop.Immediate {
  isReferenced = true;
  readonly run: () => void;

  constructor(callback: Callback<[], Immediate>) {
    this.run = callback.bind(this);
    loop.immediate(this);
  }

  ref(): this {
    this.isReferenced = true;
    return this;
  }

  unref(): this {
    this.isReferenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.isReferenced;
  }

  [Symbol.dispose](): void {
    loop.clear(this);
  }
}

/** The callback with its arguments; what calls it is what `this` is. */
function bound<A extends unknown[], T>(callback: Callback<A, T>, args: A): Callback<[], T> {
  ofType(callback, "function", "callback");
  return function () {
    callback.apply(this, args);
  };
}

export function setTimeout<A extends unknown[]>(callback: Callback<A, Timeout>, delay?: number, ...args: A): Timeout {
  return new Timeout(bound(callback, args), delay, false);
}

export function setInterval<A extends unknown[]>(callback: Callback<A, Timeout>, delay?: number, ...args: A): Timeout {
  return new Timeout(bound(callback, args), delay, true);
}

export function setImmediate<A extends unknown[]>(callback: Callback<A, Immediate>, ...args: A): Immediate {
  return new Immediate(bound(callback, args));
}

export function clearTimeout(timer?: Timeout | number | string | null): void {
  if (timer instanceof Timeout) timer.close();
  else if (typeof timer !== "object") numbered.get(Number(timer))?.close();
}

export const clearInterval: typeof clearTimeout = clearTimeout;

export function clearImmediate(immediate?: Immediate | null): void {
  if (immediate instanceof Immediate) loop.clear(immediate);
}

export default { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
