import type { Batch, StoreId } from '../../lib/limfs/index.js';
import type { LineList } from '../../lib/limfs/lines/index.js';
import { advance } from '../../lib/limfs/sequence.js';
import type { Book, EndedLine, Loss, Route } from '../../src/receiver/book.js';
import type { SequenceBook, SequenceRange } from '../../src/receiver/gapWatch.js';
import { StoreBook } from './storeBook.js';

/** The server's book in memory: the last of the four witnesses. */
export class ServerBook implements Book, SequenceBook {
  readonly #stores = new Map<number, Map<number, StoreBook>>();
  readonly #mostSequences: number;
  /** The store that was asked for last: the readings of a page come store by store. */
  #latest: StoreBook | undefined;
  #latestHigh = 0;
  #latestLow = 0;

  /** No store of the world takes more readings: a larger sequence is a mistake of the firmware. */
  constructor(mostSequences: number) {
    this.#mostSequences = mostSequences;
  }

  of(storeId: StoreId): StoreBook {
    const high = storeId[0];
    const low = storeId[1];
    if (this.#latest === undefined || high !== this.#latestHigh || low !== this.#latestLow) {
      this.#latest = this.#find(high, low);
      this.#latestHigh = high;
      this.#latestLow = low;
    }
    return this.#latest;
  }

  end(storeId: StoreId): number {
    return this.of(storeId).endOfLine;
  }

  missing(storeId: StoreId, from: number, end: number): SequenceRange | null {
    return this.of(storeId).missing(from, end);
  }

  lacksLines(storeId: StoreId): boolean {
    return this.of(storeId).lacksLines;
  }

  learn(storeId: StoreId, lines: LineList, newest: number): EndedLine | null {
    return this.of(storeId).learn(lines, newest);
  }

  put(
    storeId: StoreId,
    line: number,
    batch: Batch,
    row: number,
    route: Route,
    timeSeconds: number,
  ): 'new' | 'same' | 'conflict' {
    this.#check(advance(batch.firstSequence, row));
    return this.of(storeId).put(line, batch, row, route, timeSeconds);
  }

  lose(storeId: StoreId, loss: Loss): void {
    this.#check(loss.end);
    this.of(storeId).lose(loss);
  }

  #find(high: number, low: number): StoreBook {
    let half = this.#stores.get(high);
    if (half === undefined) {
      half = new Map();
      this.#stores.set(high, half);
    }
    let book = half.get(low);
    if (book === undefined) {
      book = new StoreBook();
      half.set(low, book);
    }
    return book;
  }

  #check(sequence: number): void {
    if (sequence > this.#mostSequences) throw new Error(`a reading with the impossible sequence ${sequence}`);
  }
}
