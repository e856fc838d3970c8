import { getUint32, putUint32 } from '../areas/bytes.js';
import { earlier } from '../sequence.js';

/** A line in a list: its name, and the sequence of its first reading. */
export const LINE_BYTES = 8;

/**
 * Some lines of a meter's readings that follow each other, the oldest first. A line is what a meter stores from one
 * power-up to the next. It ends where the next one begins, and its name is a random number other than 0: a chip that got
 * an older image, or a copy of one, goes on under another name. So (store id, line, sequence) names one reading for ever.
 */
export class LineList {
  readonly capacity: number;
  count = 0;
  readonly names: number[];
  /** The sequence of each line's first reading. */
  readonly firsts: number[];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.names = new Array<number>(capacity).fill(0);
    this.firsts = new Array<number>(capacity).fill(0);
  }

  /** The name of the newest line; 0: there is none. */
  get newest(): number {
    return this.count === 0 ? 0 : this.names[this.count - 1]!;
  }

  clear(): void {
    this.count = 0;
  }

  /** Adds the line that begins at `first`. One that began there before has no readings and gives way; so does the oldest of too many. */
  add(name: number, first: number): void {
    if (this.count > 0 && this.firsts[this.count - 1] === first) this.count -= 1;
    if (this.count === this.capacity) this.dropOldest();
    this.names[this.count] = name;
    this.firsts[this.count] = first;
    this.count += 1;
  }

  /** Where a line stands in the list; -1: it does not. */
  indexOf(name: number): number {
    for (let index = this.count - 1; index >= 0; index -= 1) if (this.names[index] === name) return index;
    return -1;
  }

  /** Whether one of the lines is among others. */
  overlaps(others: LineList): boolean {
    for (let index = 0; index < this.count; index += 1)
      if (others.indexOf(this.names[index]!) >= 0) return true;
    return false;
  }

  /** Takes `count` lines from bytes[offset...], the newest of them if they are too many; unused places are zeros. */
  read(bytes: Uint8Array, offset: number, count: number): void {
    this.clear();
    for (let at = offset; at < offset + count * LINE_BYTES; at += LINE_BYTES) {
      const name = getUint32(bytes, at);
      if (name !== 0) this.add(name, getUint32(bytes, at + 4));
    }
  }

  /** Puts the lines [from, end) into bytes[offset...]. */
  write(bytes: Uint8Array, offset: number, from: number, end: number): void {
    for (let index = from; index < end; index += 1) {
      putUint32(bytes, offset + (index - from) * LINE_BYTES, this.names[index]!);
      putUint32(bytes, offset + (index - from) * LINE_BYTES + 4, this.firsts[index]!);
    }
  }

  /**
   * Where readings that are known, up to `end`, cease to be those of the lines that a meter tells: its newest line that
   * is known ends in one of the lists, and another one follows than in the other. `end` if all are the meter's still;
   * `lowest` if none of its lines is known. A list without lines claims nothing.
   */
  partingFrom(told: LineList, end: number, lowest: number): number {
    for (let index = this.count - 1; index >= 0; index -= 1) {
      const at = told.indexOf(this.names[index]!);
      if (at >= 0) return earlier(this.endOf(index, end), told.endOf(at, end));
    }
    return this.count === 0 ? end : earlier(end, lowest);
  }

  /** Goes on with the lines that a meter tells. */
  goOn(told: LineList): void {
    while (this.count > 0 && told.indexOf(this.newest) < 0) this.count -= 1;
    for (let index = told.indexOf(this.newest) + 1; index < told.count; index += 1) {
      this.add(told.names[index]!, told.firsts[index]!);
    }
  }

  /** Where a line ends among readings up to `end`. */
  endOf(index: number, end: number): number {
    return index + 1 < this.count ? earlier(end, this.firsts[index + 1]!) : end;
  }

  private dropOldest(): void {
    this.count -= 1;
    for (let index = 0; index < this.count; index += 1) {
      this.names[index] = this.names[index + 1]!;
      this.firsts[index] = this.firsts[index + 1]!;
    }
  }
}
