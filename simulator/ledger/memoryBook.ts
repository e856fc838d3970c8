import type { Batch, StoreId } from '../../lib/limfs/index.js';
import { advance } from '../../src/link/sequence.js';
import type { Book, LossReason, Route } from '../../src/receiver/book.js';
import type { SequenceBook, SequenceRange } from '../../src/receiver/gapWatch.js';

export interface Entry {
  readonly timeSeconds: number;
  readonly status: number;
  /** Of the first channel; undefined for a hole. */
  readonly value: number | undefined;
  /** Of all channels; none for a hole. */
  readonly values: readonly number[];
  readonly route: Route;
  readonly arrivalSeconds: number;
}

export interface StoreBook {
  readonly entries: ReadonlyMap<number, Entry>;
  readonly losses: ReadonlyMap<number, LossReason>;
  /** Readings that came again with other content. */
  readonly conflicts: ReadonlyMap<number, Entry>;
}

interface OpenStoreBook extends StoreBook {
  readonly entries: Map<number, Entry>;
  readonly losses: Map<number, LossReason>;
  readonly conflicts: Map<number, Entry>;
}

/** The receiver's book in memory, for meters of any number of channels. */
export class MemoryBook implements Book, SequenceBook {
  readonly #stores = new Map<string, OpenStoreBook>();

  of(storeId: StoreId): StoreBook {
    return this.#of(storeId);
  }

  end(storeId: StoreId): number {
    return Math.max(-1, ...this.#of(storeId).entries.keys()) + 1;
  }

  missing(storeId: StoreId, from: number, end: number): SequenceRange | null {
    const { entries, losses } = this.#of(storeId);
    const isMissing = (sequence: number) => !entries.has(sequence) && !losses.has(sequence);
    let first = from;
    while (first < end && !isMissing(first)) first += 1;
    let after = first;
    while (after < end && isMissing(after)) after += 1;
    return after > first ? { first, end: after } : null;
  }

  put(storeId: StoreId, batch: Batch, row: number, route: Route, timeSeconds: number) {
    const book = this.#of(storeId);
    const sequence = advance(batch.firstSequence, row);
    const from = row * batch.channels;
    const values = batch.valids[row] === 1 ? batch.values.slice(from, from + batch.channels) : [];
    const entry: Entry = {
      timeSeconds: batch.times[row]!,
      status: batch.statuses[row]!,
      value: values[0],
      values,
      route,
      arrivalSeconds: timeSeconds,
    };
    const known = book.entries.get(sequence);
    if (known === undefined) {
      book.entries.set(sequence, entry);
      book.losses.delete(sequence);
      return 'new';
    }
    const isSame =
      known.timeSeconds === entry.timeSeconds &&
      known.status === entry.status &&
      known.values.join() === entry.values.join();
    if (isSame) return 'same';
    book.conflicts.set(sequence, entry);
    return 'conflict';
  }

  lose(storeId: StoreId, first: number, end: number, reason: LossReason): void {
    const { entries, losses } = this.#of(storeId);
    for (let sequence = first; sequence !== end; sequence = advance(sequence, 1)) {
      if (!entries.has(sequence)) losses.set(sequence, reason);
    }
  }

  #of(storeId: StoreId): OpenStoreBook {
    const key = storeId.join();
    let book = this.#stores.get(key);
    if (book === undefined) {
      book = { entries: new Map(), losses: new Map(), conflicts: new Map() };
      this.#stores.set(key, book);
    }
    return book;
  }
}
