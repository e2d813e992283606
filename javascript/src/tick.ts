/** What the streams want of `process`, which itself has streams. */

import * as loop from "./loop.js";

export function nextTick<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void {
  loop.nextTick(() => callback(...args));
}

export const env: Record<string, string> = {};
