import { type Batch, createBatch, createReading, startBatch } from '../../lib/limfs/index.js';
import { advance } from '../../lib/limfs/sequence.js';
import type { RoleStore } from './roleStore.js';

/** Read at once: a usual window. A batch of more takes kilobytes on XS. */
const READ_AT_ONCE = 24;

/**
 * Collects the newest readings of a store, which may lie in several pages. What it has collected before is still true,
 * because readings never change: as a rule only the newest one is new, and the store tells that without touching its
 * medium.
 */
export class NewestReadings {
  /** Consecutive readings, the newest last. Its user may read others of the same store into it. */
  readonly batch: Batch;
  readonly #page: Batch;
  readonly #newest = createReading();

  /** Room for so many readings of so many channels; of readings that have more channels since it takes fewer. */
  constructor(capacity: number, channels: number) {
    this.batch = createBatch(capacity, channels);
    this.#page = createBatch(Math.min(capacity, READ_AT_ONCE), channels);
  }

  /**
   * Lets `batch` end with the newest `count` readings, and perhaps with some before them; returns their number, which is
   * smaller where an older one is gone or of another run.
   */
  collect(store: RoleStore, count: number): number {
    const { capacity, values } = this.batch;
    const room = Math.floor(values.length / store.channelCount);
    const wanted = Math.min(count, store.count, capacity, room);
    if (!this.#follow(store, wanted)) this.#readAll(store, wanted);
    return Math.min(wanted, this.batch.count);
  }

  /** Adds the newest reading if it is the only new one; false when that does not do. */
  #follow(store: RoleStore, wanted: number): boolean {
    const { batch } = this;
    const newest = this.#newest;
    if (batch.count === 0 || !store.newest(newest) || newest.run !== batch.run) return false;
    const next = advance(batch.firstSequence, batch.count);
    if (store.nextSequence !== next) {
      if (newest.sequence !== next || store.nextSequence !== advance(next, 1)) return false;
      if (batch.count === batch.rows) return false;
      const to = batch.count++;
      batch.times[to] = newest.timeSeconds;
      batch.statuses[to] = newest.status;
      batch.valids[to] = newest.valid ? 1 : 0;
      for (let channel = 0; channel < batch.channels; channel++) {
        batch.values[to * batch.channels + channel] = newest.values[channel]!;
      }
    }
    return batch.count >= wanted;
  }

  #readAll(store: RoleStore, wanted: number): void {
    const { batch } = this;
    const page = this.#page;
    batch.count = 0;
    let next = advance(store.nextSequence, -wanted);
    while (store.read(next, page) > 0) {
      const goesOn =
        page.firstSequence === next && page.channels === batch.channels && page.run === batch.run;
      if (!goesOn || batch.count === 0) {
        startBatch(batch, page.firstSequence, page.channels, page.run);
      }
      this.#add(page);
      next = advance(page.firstSequence, page.count);
    }
  }

  #add(page: Batch): void {
    const { batch } = this;
    for (let row = 0; row < page.count; row++) {
      const to = batch.count++;
      batch.times[to] = page.times[row]!;
      batch.statuses[to] = page.statuses[row]!;
      batch.valids[to] = page.valids[row]!;
      for (let channel = 0; channel < page.channels; channel++) {
        batch.values[to * page.channels + channel] = page.values[row * page.channels + channel]!;
      }
    }
  }
}
