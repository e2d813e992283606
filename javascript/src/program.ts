/** What a component runs: a program of node's, and the loop. */

import "./global.js";

import * as loop from "./loop.js";
import process from "./process.js";

/** node's exit code where the program waits for something that nothing is left to bring. */
const UNSETTLED = 13;

/**
 * The component's `wasi:cli/run`, for a program that `load` evaluates.
 *
 * ```js
 * export const run = program(() => import("./app.js"));
 * ```
 */
export function program(load: () => Promise<unknown>): { run(): Promise<void> } {
  return {
    async run() {
      let isDone = false;
      const done = () => void (isDone = true);
      const failed = (error: unknown) => loop.guarded(() => {
        throw error;
      });
      // As in node, a module's top is what a promise has put off.
      await loop.run(() => void Promise.resolve().then(load).then(done, failed), () => {
        process.emit("beforeExit", Number(process.exitCode ?? 0));
      });
      process.exit(isDone ? undefined : UNSETTLED);
    },
  };
}
