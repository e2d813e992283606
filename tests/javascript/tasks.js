/** In which order callbacks run. */

import timers from "node:timers/promises";

const say = (...words) => console.log(...words);

queueMicrotask(() => say("microtask"));
process.nextTick((a, b) => say("tick", a, b), 1, 2);
Promise.resolve().then(() => {
  say("promise");
  process.nextTick(() => say("tick of a promise"));
});

await new Promise((resolve) => {
  setImmediate(() => {
    say("first immediate");
    process.nextTick(() => say("tick of the first"));
    Promise.resolve().then(() => say("promise of the first"));
    setImmediate(() => {
      say("immediate of the first");
      resolve();
    });
  });
  const cleared = setImmediate(() => say("never"));
  setImmediate((word) => {
    say(word, "immediate");
    clearImmediate(cleared2);
  }, "second");
  const cleared2 = setImmediate(() => say("never"));
  clearImmediate(cleared);
});

// Timers of one time run in their order, each with all that it puts off.
await new Promise((resolve) => {
  setTimeout(() => {
    say("a");
    process.nextTick(() => say("tick of a"));
    Promise.resolve().then(() => say("promise of a")).then(() => say("and its next"));
  }, 5);
  setTimeout(() => say("b"), 5);
  const never = setTimeout(() => say("never"), 5);
  clearTimeout(never);
  const byNumber = setTimeout(() => say("never"), 5);
  clearTimeout(+byNumber);
  setTimeout(resolve, 6);
});

let count = 0;
await new Promise((resolve) => {
  const interval = setInterval((word) => {
    say(word, (count += 1));
    if (count === 3) {
      clearInterval(interval);
      resolve();
    }
  }, 1, "interval");
});

say(await timers.setTimeout(1, "value"), await timers.setImmediate("another"));
for await (const value of timers.setInterval(1, "again")) {
  say(value);
  if ((count += 1) === 5) break;
}
const controller = new AbortController();
const aborted = timers.setTimeout(100_000, null, { signal: controller.signal }).catch((error) => say(error.name, error.code));
controller.abort();
await aborted;

const timer = setTimeout(() => {}, 100_000);
say(timer.hasRef(), timer.unref().hasRef());
process.on("exit", (code) => say("exit", code));
process.exitCode = 3;
