import { assert } from '../../lib/limfs/errors.js';

/** Something that happens at a moment of virtual time. */
export interface Task {
  happen(timeMilliseconds: number): void;
}

const FIRST_CAPACITY = 256;
/** Children of a node: a flat heap moves less than a binary one, and its children lie side by side. */
const BRANCHES = 4;

/**
 * What is to happen, ordered by (time, device, counter), so that a run does not depend on the order in which things
 * were planned at different devices. A heap in columns: comparing and moving follow no references, and planning makes
 * no garbage.
 */
export class Agenda {
  #times = new Float64Array(FIRST_CAPACITY);
  #devices = new Float64Array(FIRST_CAPACITY);
  #counters = new Float64Array(FIRST_CAPACITY);
  readonly #tasks: (Task | undefined)[] = [];
  #length = 0;
  #counter = 0;
  /** The time of the last task that was taken: the world's time never goes back behind it. */
  #takenMilliseconds = Number.NEGATIVE_INFINITY;

  get nextMilliseconds(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  /** Plans a task, never for the past. It cannot be taken back: a task that is not wanted any more has to know it. */
  at(timeMilliseconds: number, device: number, task: Task): void {
    assert(timeMilliseconds >= this.#takenMilliseconds, 'no task is planned for the past');
    if (this.#length === this.#times.length) this.#grow();
    const index = this.#rise(this.#length, timeMilliseconds, device);
    this.#length += 1;
    this.#put(index, timeMilliseconds, device, this.#counter, task);
    this.#counter += 1;
  }

  /** Takes the next task and lets it happen. */
  step(): void {
    const timeMilliseconds = this.#times[0]!;
    const task = this.#tasks[0]!;
    this.#takenMilliseconds = timeMilliseconds;
    this.#length -= 1;
    const last = this.#length;
    if (last > 0) {
      const time = this.#times[last]!;
      const device = this.#devices[last]!;
      const counter = this.#counters[last]!;
      this.#put(this.#sink(time, device, counter), time, device, counter, this.#tasks[last]);
    }
    this.#tasks[last] = undefined;
    task.happen(timeMilliseconds);
  }

  /** Moves what comes later down, from a free place at the end; returns the place that is free then. */
  #rise(from: number, time: number, device: number): number {
    const times = this.#times;
    let index = from;
    while (index > 0) {
      const parent = Math.floor((index - 1) / BRANCHES);
      // What was planned before comes before, if all else is equal.
      if (times[parent]! < time || (times[parent] === time && this.#devices[parent]! <= device)) break;
      this.#move(parent, index);
      index = parent;
    }
    return index;
  }

  /** Moves what comes earlier up, from the free place at the top; returns the place that is free then. */
  #sink(time: number, device: number, counter: number): number {
    const times = this.#times;
    const length = this.#length;
    let index = 0;
    for (;;) {
      const first = BRANCHES * index + 1;
      if (first >= length) return index;
      const end = Math.min(first + BRANCHES, length);
      let child = first;
      for (let other = first + 1; other < end; other += 1) {
        if (times[other]! > times[child]!) continue;
        if (
          times[other]! < times[child]! ||
          this.#isBefore(other, this.#devices[child]!, this.#counters[child]!)
        )
          child = other;
      }
      if (times[child]! > time) return index;
      if (times[child] === time && !this.#isBefore(child, device, counter)) return index;
      this.#move(child, index);
      index = child;
    }
  }

  /** Of two tasks at the same time. */
  #isBefore(index: number, device: number, counter: number): boolean {
    const own = this.#devices[index]!;
    return own !== device ? own < device : this.#counters[index]! < counter;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#devices[from]!, this.#counters[from]!, this.#tasks[from]);
  }

  #put(index: number, time: number, device: number, counter: number, task: Task | undefined): void {
    this.#times[index] = time;
    this.#devices[index] = device;
    this.#counters[index] = counter;
    this.#tasks[index] = task;
  }

  #grow(): void {
    const capacity = 2 * this.#times.length;
    this.#times = enlarged(this.#times, capacity);
    this.#devices = enlarged(this.#devices, capacity);
    this.#counters = enlarged(this.#counters, capacity);
  }
}

function enlarged(column: Float64Array, capacity: number) {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}
