import type { BookedReading, StoreBook } from '../../simulator/ledger/storeBook.js';
import type { LossReason } from '../../src/receiver/book.js';

export interface Entry extends BookedReading {
  /** Of the first channel; undefined for a hole. */
  readonly value: number | undefined;
}

/** What a book says of one meter, by sequence. */
export interface Content {
  readonly entries: ReadonlyMap<number, Entry>;
  readonly losses: ReadonlyMap<number, LossReason>;
  /** Readings of other lines. */
  readonly others: ReadonlyMap<number, readonly BookedReading[]>;
  readonly conflicts: readonly BookedReading[];
}

export function contentOf(book: StoreBook): Content {
  const entries = new Map<number, Entry>();
  const losses = new Map<number, LossReason>();
  const end = book.notes.reduce((most, note) => Math.max(most, note.end), book.end);
  for (let sequence = 0; sequence < end; sequence += 1) {
    if (book.has(sequence)) {
      const reading = book.first(sequence);
      entries.set(sequence, { ...reading, value: reading.values[0] });
    }
    const reason = book.lossesAt(sequence)[0]?.reason;
    if (reason !== undefined) losses.set(sequence, reason);
  }
  return { entries, losses, others: book.others, conflicts: book.conflicts };
}
