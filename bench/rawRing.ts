import type { Medium } from '../lib/limfs/medium/medium.js';
import type { BenchStore, Contender, StoreShape } from './contender.js';
import type { DueReading } from './series.js';

/** Sequence and time, four bytes each; status and three spare bytes; then eight bytes a value. */
const headBytes = 12;
const valueBytes = 8;

/**
 * What one would write without a file system: records of fixed size in a ring, no checksum, nothing else on the
 * medium. Mount looks for the newest record by binary search over the sequences, find by binary search over the times.
 */
export const rawRing: Contender = {
  format: (medium, shape) => {
    const blank = new Uint8Array(shape.sizeBytes);
    medium.write(0, blank, 0, blank.length);
  },
  mount: (medium, shape) => new RawRing(medium, shape),
};

class RawRing implements BenchStore {
  nextSequence: number;
  readonly root = this;
  private readonly medium: Medium;
  private readonly channels: number;
  private readonly intervalSeconds: number;
  private readonly recordBytes: number;
  private readonly slots: number;
  private readonly record: DataView;
  private readonly bytes: Uint8Array;

  constructor(medium: Medium, shape: StoreShape) {
    this.medium = medium;
    this.channels = shape.channels;
    this.intervalSeconds = shape.intervalSeconds;
    this.recordBytes = headBytes + valueBytes * shape.channels;
    this.slots = Math.floor(shape.sizeBytes / this.recordBytes);
    this.record = new DataView(new ArrayBuffer(this.recordBytes));
    this.bytes = new Uint8Array(this.record.buffer);
    this.nextSequence = this.findNextSequence();
  }

  get oldestSequence(): number {
    return Math.max(1, this.nextSequence - this.slots);
  }

  append(reading: DueReading): void {
    const { record } = this;
    record.setUint32(0, this.nextSequence);
    record.setUint32(4, reading.timeSeconds);
    record.setUint8(8, reading.status);
    record.setUint8(9, reading.valid ? 1 : 0);
    for (let channel = 0; channel < this.channels; channel += 1) {
      record.setFloat64(headBytes + channel * valueBytes, reading.values[channel]!);
    }
    this.medium.write(this.addressOf(this.nextSequence), this.bytes, 0, this.recordBytes);
    this.nextSequence += 1;
  }

  newest(): number {
    return this.timeOf(this.nextSequence - 1);
  }

  find(timeSeconds: number): number {
    return this.timeOf(this.sequenceAt(timeSeconds));
  }

  range(fromSeconds: number, toSeconds: number): number {
    // One record more than are due, because a reading may come early.
    const due = Math.ceil((toSeconds - fromSeconds) / this.intervalSeconds) + 1;
    const first = this.sequenceAt(fromSeconds - 1) + 1;
    const end = Math.min(first + due, this.nextSequence);
    const toRingEnd = this.slots - ((first - 1) % this.slots);
    const border = Math.min(end, first + toRingEnd);
    return this.countBefore(toSeconds, first, border) + this.countBefore(toSeconds, border, end);
  }

  /** Reads records that lie in a row and counts those of a time before `toSeconds`. */
  private countBefore(toSeconds: number, first: number, end: number): number {
    if (first >= end) return 0;
    const bytes = new Uint8Array((end - first) * this.recordBytes);
    this.medium.read(this.addressOf(first), bytes, 0, bytes.length);
    const view = new DataView(bytes.buffer);
    let count = 0;
    for (let at = 4; at < bytes.length; at += this.recordBytes) {
      if (view.getUint32(at) < toSeconds) count += 1;
    }
    return count;
  }

  private findNextSequence(): number {
    const first = this.wordAt(0);
    if (first === 0) return 1;
    // Slot `low` goes on with the sequence of slot 0; slot `high` does not.
    let low = 0;
    let high = this.slots;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.wordAt(middle * this.recordBytes) === first + middle) low = middle;
      else high = middle;
    }
    return first + low + 1;
  }

  /** The newest sequence whose time is not after `timeSeconds`, or the oldest. */
  private sequenceAt(timeSeconds: number): number {
    let low = this.oldestSequence;
    let high = this.nextSequence;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.wordAt(this.addressOf(middle) + 4) <= timeSeconds) low = middle;
      else high = middle;
    }
    return low;
  }

  private timeOf(sequence: number): number {
    this.medium.read(this.addressOf(sequence), this.bytes, 0, this.recordBytes);
    return this.record.getUint32(4);
  }

  private addressOf(sequence: number): number {
    return ((sequence - 1) % this.slots) * this.recordBytes;
  }

  private wordAt(address: number): number {
    this.medium.read(address, this.bytes, 0, 4);
    return this.record.getUint32(0);
  }
}
