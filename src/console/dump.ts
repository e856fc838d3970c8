import { type Batch, createBatch, type MeterStore } from '../../lib/limfs/index.js';
import type { LineSource } from './commands.js';
import { statusText, timeText } from './text.js';

/** Readings held in memory at once. */
const batchReadings = 32;

/**
 * Gives a store's readings line by line as CSV, fetching a small batch whenever the last one is used up, so that a
 * dump of any length needs the same memory. It ends at the reading that was the newest when it began.
 */
export class Dump implements LineSource {
  readonly #store: MeterStore;
  readonly #batch: Batch;
  readonly #endSequence: number;
  #nextSequence: number;
  #index = 0;
  #headed = false;

  constructor(store: MeterStore, firstSequence: number) {
    this.#store = store;
    this.#batch = createBatch(batchReadings, store.channelCount);
    this.#nextSequence = firstSequence;
    this.#endSequence = store.nextSequence;
  }

  /** The next line, or undefined after the last. Readings that are gone show as a comment, never as nothing. */
  nextLine(): string | undefined {
    if (!this.#headed) {
      this.#headed = true;
      return [
        'sequence',
        'run',
        'time',
        'status',
        ...this.#store.channels().map((channel) => channel.obis),
      ].join(',');
    }
    const gap = this.#index === this.#batch.count && !this.#isAtEnd() ? this.#fetch() : undefined;
    if (gap !== undefined) return gap;
    return this.#isAtEnd() ? undefined : this.#row();
  }

  /** Sequences are serial numbers modulo 2^32: the sign of their difference tells which comes first. */
  #isAtEnd(): boolean {
    return ((this.#endSequence - this.#nextSequence) | 0) <= 0;
  }

  /** Fetches the next batch; returns a line about the readings that it had to leave out, if any. */
  #fetch(): string | undefined {
    const asked = this.#nextSequence;
    this.#index = 0;
    this.#store.read(asked, this.#batch);
    const found = this.#batch.count === 0 ? this.#endSequence : this.#batch.firstSequence;
    if (found === asked) return undefined;
    this.#nextSequence = found;
    return `# gone: ${asked}..${(found - 1) >>> 0}, overwritten or damaged`;
  }

  #row(): string {
    const batch = this.#batch;
    const index = this.#index;
    const sequence = (batch.firstSequence + index) >>> 0;
    const status = batch.statuses[index] ?? 0;
    const first = index * batch.channels;
    const values = batch.valids[index] === 1 ? batch.values.slice(first, first + batch.channels) : [''];
    this.#index += 1;
    this.#nextSequence = (sequence + 1) >>> 0;
    return [
      sequence,
      batch.run,
      timeText(batch.times[index] ?? 0, status),
      statusText(status),
      ...values,
    ].join(',');
  }
}
