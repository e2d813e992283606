/** node's `diagnostics_channel`, by which packages tell what they do; without its tracing channels. */

import * as loop from "./loop.js";

type Subscriber = (message: unknown, name: string | symbol) => void;

/** A channel, to which anybody publishes and subscribes. */
export class Channel {
  #subscribers: Subscriber[] = [];

  constructor(readonly name: string | symbol) {}

  get hasSubscribers(): boolean {
    return this.#subscribers.length > 0;
  }

  publish(message: unknown): void {
    for (const subscriber of [...this.#subscribers]) loop.guarded(() => subscriber(message, this.name));
  }

  subscribe(subscriber: Subscriber): void {
    this.#subscribers.push(subscriber);
  }

  unsubscribe(subscriber: Subscriber): boolean {
    const at = this.#subscribers.indexOf(subscriber);
    if (at >= 0) this.#subscribers.splice(at, 1);
    return at >= 0;
  }
}

const channels = new Map<string | symbol, Channel>();

export function channel(name: string | symbol): Channel {
  const known = channels.get(name) ?? new Channel(name);
  channels.set(name, known);
  return known;
}

export function hasSubscribers(name: string | symbol): boolean {
  return channels.get(name)?.hasSubscribers ?? false;
}

export function subscribe(name: string | symbol, subscriber: Subscriber): void {
  channel(name).subscribe(subscriber);
}

export function unsubscribe(name: string | symbol, subscriber: Subscriber): boolean {
  return channel(name).unsubscribe(subscriber);
}

export default { Channel, channel, hasSubscribers, subscribe, unsubscribe };
