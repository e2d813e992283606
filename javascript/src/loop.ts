/**
 * The event loop: timers, sockets, `setImmediate`, in node's order.
 *
 * Each callback is a task of its own: what `process.nextTick` and promises have put off runs before the next one.
 */

import { type Interest, poll, subscribe } from "berkeley:sockets/poll@0.1.0";
import { now as monotonic, subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.12";
import { type Pollable, poll as pollAny } from "wasi:io/poll@0.2.12";

import * as timers from "./timers/list.js";

/** Something that the loop watches a socket for. */
export interface Watcher extends Interest {
  /** Whether the loop goes on for it. */
  isReferenced: boolean;
  /** Is called with the events that have come. */
  ready(events: number): void;
}

/** Something else of WASI that the loop waits for. */
export interface Waiter {
  pollable: Pollable;
  isReferenced: boolean;
  ready(): void;
}

/** A callback of `setImmediate`. */
export interface Immediate {
  run(): void;
  isReferenced: boolean;
}

const watchers = new Set<Watcher>();
const waiters = new Set<Waiter>();
let immediates = new Set<Immediate>();
/** Those of this turn. */
let dueImmediates = new Set<Immediate>();
let closing: (() => void)[] = [];
let ticks: (() => void)[] = [];
let turns = 0;

/** What is done about an error that nobody caught. */
let uncaught: (error: unknown) => void = (error) => {
  throw error;
};

/** The engine's own timer: what it runs is a task, before which it has run what promises have put off. */
const engineTimeout = globalThis.setTimeout as unknown as (callback: () => void, delay: number) => number;

/** Watches for `events` from now on; none of them ends it. */
export function watch(watcher: Watcher, events: number): void {
  watcher.events = events;
  if (events) watchers.add(watcher);
  else watchers.delete(watcher);
}

/** Waits for a pollable, until `forget`. */
export function waitFor(waiter: Waiter): void {
  waiters.add(waiter);
}

/** Waits for it no more. */
export function forget(waiter: Waiter): void {
  waiters.delete(waiter);
}

/** Runs it after what is ready in this turn. */
export function immediate(immediate: Immediate): void {
  immediates.add(immediate);
}

/** Does not run it. */
export function clear(immediate: Immediate): void {
  immediates.delete(immediate);
  dueImmediates.delete(immediate);
}

/** Runs it at the end of the turn, where node has its callbacks of closed handles. */
export function atEnd(callback: () => void): void {
  closing.push(callback);
}

/** How many turns the loop has made. */
export function turn(): number {
  return turns;
}

/** Runs it once the callback that runs now has ended. */
export function nextTick(callback: () => void): void {
  ticks.push(callback);
}

/** Calls `handler` with each error that nobody caught. */
export function onUncaught(handler: (error: unknown) => void): void {
  uncaught = handler;
}

/** Calls something whose errors nobody catches. */
export function guarded(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    uncaught(error);
  }
}

/** Runs a callback, and what it puts off. */
async function task(callback: () => void): Promise<void> {
  guarded(callback);
  await settled();
}

/** Runs all that has been put off: as in node, what `nextTick` has, then what promises have, until there is no more. */
async function settled(): Promise<void> {
  do {
    while (ticks.length > 0) {
      const now = ticks;
      ticks = [];
      now.forEach(guarded);
    }
    await new Promise<void>((resolve) => engineTimeout(resolve, 0));
  } while (ticks.length > 0);
}

function someReferenced(all: Iterable<{ isReferenced: boolean }>): boolean {
  for (const { isReferenced } of all) if (isReferenced) return true;
  return false;
}

function isAlive(): boolean {
  return closing.length > 0 || timers.areReferenced() || [watchers, waiters, immediates].some(someReferenced);
}

/** How long to wait for sockets, in nanoseconds. */
function limit(): bigint | undefined {
  if (closing.length > 0 || immediates.size > 0) return 0n;
  const due = timers.due();
  return due === undefined ? undefined : BigInt(Math.max(0, Math.ceil((due - now()) * 1e6)));
}

/** Milliseconds of a clock that only goes forward. */
function now(): number {
  return Number(monotonic()) / 1e6;
}

/** Waits until a socket is ready, or a pollable, or the limit is over. */
function wait(limit: bigint | undefined): (() => void)[] {
  const sockets = [...watchers];
  const others = [...waiters];
  if (others.length > 0) {
    const own = sockets.map((watcher) => subscribe(watcher.socket, watcher.events));
    if (limit !== undefined) own.push(subscribeDuration(limit));
    pollAny([...others.map((waiter) => waiter.pollable), ...own]);
    own.forEach((pollable) => pollable[Symbol.dispose]());
    limit = 0n;
  }
  const events = sockets.length > 0 || others.length === 0 ? poll(sockets, limit) : [];
  const readySockets = sockets.flatMap((watcher, i) => {
    const happened = events[i] ?? 0;
    // A callback before this one may have ended the watch.
    return happened ? [() => watchers.has(watcher) && watcher.ready(happened)] : [];
  });
  const isReady = (waiter: Waiter) => waiters.has(waiter) && waiter.pollable.ready();
  return [...readySockets, ...others.map((waiter) => () => isReady(waiter) && waiter.ready())];
}

/** Runs a program until nothing is left to wait for, even after `idle` was called. */
export async function run(program: () => void, idle: () => void): Promise<void> {
  timers.setTime(now());
  await task(program);
  for (;;) {
    turns += 1;
    timers.setTime(now());
    for (let timer; (timer = timers.takeDue()); ) await task(timer);
    if (!isAlive()) {
      await task(idle);
      if (!isAlive()) return;
    }
    const ready = wait(limit());
    timers.setTime(now());
    for (const callback of ready) await task(callback);
    dueImmediates = immediates;
    immediates = new Set();
    for (const { run } of dueImmediates) await task(run);
    const closed = closing;
    closing = [];
    for (const callback of closed) await task(callback);
  }
}
