/** node's `timers/promises`. */

import { abortError } from "../error.js";
import * as timers from "../timers.js";

/** How a timer ends early, and whether the loop goes on for it. */
export interface TimerOptions {
  signal?: AbortSignal;
  ref?: boolean;
}

type Started = { unref(): unknown; [Symbol.dispose](): void };

function promised<T>(value: T, { signal, ref = true }: TimerOptions, start: (done: () => void) => Started): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const abort = () => {
      started[Symbol.dispose]();
      reject(abortError(signal as AbortSignal));
    };
    const started = start(() => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    });
    if (!ref) started.unref();
    signal?.addEventListener("abort", abort, { once: true });
  });
}

export function setTimeout<T = void>(delay?: number, value?: T, options: TimerOptions = {}): Promise<T> {
  return promised(value as T, options, (done) => timers.setTimeout(done, delay));
}

export function setImmediate<T = void>(value?: T, options: TimerOptions = {}): Promise<T> {
  return promised(value as T, options, (done) => timers.setImmediate(done));
}

/** The value, each time that the interval is over. */
export async function* setInterval<T = void>(
  delay?: number,
  value?: T,
  { signal, ref = true }: TimerOptions = {},
): AsyncGenerator<T> {
  let [due, wake] = [0, () => {}];
  const interval = timers.setInterval(() => {
    due += 1;
    wake();
  }, delay);
  if (!ref) interval.unref();
  const abort = () => wake();
  signal?.addEventListener("abort", abort);
  try {
    for (;;) {
      if (signal?.aborted) throw abortError(signal);
      if (due === 0) await new Promise<void>((resolve) => (wake = resolve));
      for (; due > 0 && !signal?.aborted; due--) yield value as T;
    }
  } finally {
    interval.close();
    signal?.removeEventListener("abort", abort);
  }
}

export const scheduler = {
  wait: (delay: number, options?: TimerOptions): Promise<void> => setTimeout(delay, undefined, options),
  yield: (): Promise<void> => setImmediate(),
};

export default { setTimeout, setImmediate, setInterval, scheduler };
