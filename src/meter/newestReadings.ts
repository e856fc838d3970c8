import { type Batch, createBatch } from '../../lib/limfs/index.js';
import { advance } from '../link/sequence.js';
import type { RoleStore } from './roleStore.js';

/** Read at once: a usual window. A batch of more takes kilobytes on XS. */
const READ_AT_ONCE = 24;

/** Collects the newest readings of a store, which may lie in several pages. */
export class NewestReadings {
  /** The result of `collect`: consecutive readings, the newest last. */
  readonly batch: Batch;
  readonly #page: Batch;

  constructor(capacity: number) {
    this.batch = createBatch(capacity);
    this.#page = createBatch(Math.min(capacity, READ_AT_ONCE));
  }

  /** Reads the newest `count` readings; fewer where an older one is gone or of another run. */
  collect(store: RoleStore, count: number): void {
    const { batch } = this;
    const page = this.#page;
    batch.count = 0;
    let next = advance(store.nextSequence, -Math.min(count, store.count, batch.capacity));
    while (store.read(next, page) > 0) {
      const goesOn =
        page.firstSequence === next && page.channels === batch.channels && page.run === batch.run;
      if (!goesOn || batch.count === 0) {
        batch.count = 0;
        batch.firstSequence = page.firstSequence;
        batch.channels = page.channels;
        batch.run = page.run;
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
