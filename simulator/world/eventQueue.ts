interface Event {
  readonly timeSeconds: number;
  readonly device: number;
  readonly counter: number;
  readonly happen: () => void;
}

/**
 * What is to happen in virtual time, ordered by (time, device, counter), so that a run does not depend on the order
 * in which things were planned at different devices.
 */
export class EventQueue {
  /** The latest first, so that the next one is taken from the end. */
  readonly #events: Event[] = [];
  #counter = 0;

  get nextTimeSeconds(): number {
    return this.#events.at(-1)?.timeSeconds ?? Number.POSITIVE_INFINITY;
  }

  /** Plans an event; the answer takes it back as long as it has not happened. */
  at(timeSeconds: number, device: number, happen: () => void): () => void {
    const event = { timeSeconds, device, counter: this.#counter++, happen };
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAfter(this.#events[middle]!, event)) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index >= 0) this.#events.splice(index, 1);
    };
  }

  /** Takes the next event and lets it happen. */
  step(): void {
    this.#events.pop()?.happen();
  }
}

function isAfter(a: Event, b: Event): boolean {
  if (a.timeSeconds !== b.timeSeconds) return a.timeSeconds > b.timeSeconds;
  if (a.device !== b.device) return a.device > b.device;
  return a.counter > b.counter;
}
