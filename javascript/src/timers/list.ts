/**
 * Timers that run, by how long they run: of those with the same time, the one that was started first is due first.
 *
 * So starting one anew, as each byte on a socket with a time limit does, costs no search.
 */

/** A timer that runs. */
export interface Timer {
  /** Milliseconds. */
  readonly delay: number;
  /** By the loop's clock. */
  start: number;
  isReferenced: boolean;
  fire(): void;
}

const lists = new Map<number, Set<Timer>>();
let referenced = 0;
let time = 0;

/** Sets the loop's clock, in milliseconds. */
export function setTime(now: number): void {
  time = now;
}

/** Lets the timer run, from now on. */
export function start(timer: Timer): void {
  stop(timer);
  timer.start = time;
  const list = lists.get(timer.delay) ?? new Set();
  lists.set(timer.delay, list.add(timer));
  if (timer.isReferenced) referenced += 1;
}

/** Stops the timer, if it runs. */
export function stop(timer: Timer): void {
  const list = lists.get(timer.delay);
  if (!list?.delete(timer)) return;
  if (list.size === 0) lists.delete(timer.delay);
  if (timer.isReferenced) referenced -= 1;
}

/** Whether it runs. */
export function isRunning(timer: Timer): boolean {
  return lists.get(timer.delay)?.has(timer) ?? false;
}

/** Says whether the loop goes on for the timer. */
export function setReferenced(timer: Timer, isReferenced: boolean): void {
  if (isRunning(timer)) referenced += Number(isReferenced) - Number(timer.isReferenced);
  timer.isReferenced = isReferenced;
}

/** Whether the loop goes on for one of them. */
export function areReferenced(): boolean {
  return referenced > 0;
}

function first(): Timer | undefined {
  let found: Timer | undefined;
  for (const list of lists.values()) {
    const [timer] = list;
    if (timer && (!found || timer.start + timer.delay < found.start + found.delay)) found = timer;
  }
  return found;
}

/** When the next one is due, by the loop's clock. */
export function due(): number | undefined {
  const timer = first();
  return timer && timer.start + timer.delay;
}

/** Stops a timer that is due, and gives what it does. */
export function takeDue(): (() => void) | undefined {
  const timer = first();
  if (!timer || timer.start + timer.delay > time) return undefined;
  stop(timer);
  return () => timer.fire();
}
