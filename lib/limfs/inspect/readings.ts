import type { StoreId } from '../areas/superblock.js';
import { type Batch, createBatch } from '../meter/reading.js';
import type { ReadingStore } from '../meter/readingStore.js';
import type { ImageReading } from './report.js';

const BATCH_READINGS = 1024;

/** The rows of a batch as readings of a meter. */
export function* rowsOf(batch: Batch, storeId: StoreId, run = -1): Generator<ImageReading> {
  const { channels } = batch;
  for (let row = 0; row < batch.count; row += 1) {
    yield {
      storeId,
      sequence: (batch.firstSequence + row) >>> 0,
      timeSeconds: batch.times[row]!,
      run,
      status: batch.statuses[row]!,
      valid: batch.valids[row] === 1,
      values: batch.values.slice(row * channels, (row + 1) * channels),
    };
  }
}

/** All readings of a meter's store, the oldest first. */
export function* readingsOfStore(store: ReadingStore): Generator<ImageReading> {
  const batch = createBatch(BATCH_READINGS);
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    yield* rowsOf(batch, store.storeId, batch.run);
    next = (batch.firstSequence + batch.count) >>> 0;
  }
}

/** Readings and holes that a meter's store gives; reading them is what finds its damage. */
export function countReadings(store: ReadingStore): number {
  const batch = createBatch(BATCH_READINGS);
  let count = 0;
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    count += batch.count;
    next = (batch.firstSequence + batch.count) >>> 0;
  }
  return count;
}
