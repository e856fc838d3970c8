import { assert } from '../../lib/limfs/errors.js';

/** Something that happens at a moment of virtual time. */
export interface Task {
  happen(timeMilliseconds: number): void;
}

class Entry {
  timeMilliseconds = 0;
  device = 0;
  counter = 0;
  task: Task | undefined;
}

/**
 * What is to happen, ordered by (time, device, counter), so that a run does not depend on the order in which things
 * were planned at different devices. A binary heap; its entries are used again, so that planning makes no garbage.
 */
export class Agenda {
  readonly #heap: Entry[] = [];
  #length = 0;
  #counter = 0;
  /** The time of the last task that was taken: the world's time never goes back behind it. */
  #takenMilliseconds = Number.NEGATIVE_INFINITY;

  get nextMilliseconds(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#heap[0]!.timeMilliseconds;
  }

  /** Plans a task, never for the past. It cannot be taken back: a task that is not wanted any more has to know it. */
  at(timeMilliseconds: number, device: number, task: Task): void {
    assert(timeMilliseconds >= this.#takenMilliseconds, 'no task is planned for the past');
    const heap = this.#heap;
    if (this.#length === heap.length) heap.push(new Entry());
    const entry = heap[this.#length]!;
    entry.timeMilliseconds = timeMilliseconds;
    entry.device = device;
    entry.counter = this.#counter;
    entry.task = task;
    this.#counter += 1;
    this.#rise(entry, this.#length);
    this.#length += 1;
  }

  /** Takes the next task and lets it happen. */
  step(): void {
    const heap = this.#heap;
    const entry = heap[0]!;
    const { task, timeMilliseconds } = entry;
    entry.task = undefined;
    this.#takenMilliseconds = timeMilliseconds;
    this.#length -= 1;
    if (this.#length > 0) {
      const last = heap[this.#length]!;
      heap[this.#length] = entry;
      this.#sink(last);
    }
    task!.happen(timeMilliseconds);
  }

  #rise(entry: Entry, from: number): void {
    const heap = this.#heap;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    const length = this.#length;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, entry)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  if (a.timeMilliseconds !== b.timeMilliseconds) return a.timeMilliseconds < b.timeMilliseconds;
  if (a.device !== b.device) return a.device < b.device;
  return a.counter < b.counter;
}
