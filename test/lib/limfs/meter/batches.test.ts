import { assert } from 'chai';
import { createBatch, mountMeterStore } from '../../../../lib/limfs/index.js';
import type { ReadingStore } from '../../../../lib/limfs/meter/readingStore.js';
import { NorRig, settle } from '../nor/norRig.js';
import { channelList, formattedMedium, START_SECONDS } from './stores.js';

const READINGS = 60;

/** Half of the readings have one channel, then three. */
function fill(store: ReadingStore): void {
  for (let index = 0; index < READINGS; index += 1) {
    if (index === READINGS / 2) store.reviseChannels(channelList(3));
    store.append(START_SECONDS + index * 3600, [index, 1000 + index, 2000 + index]);
  }
}

/** Reads all in batches made for so few channels: every reading once, and no batch grows. */
function readInSmallBatches(store: ReadingStore, capacity: number): void {
  const batch = createBatch(capacity, 1);
  const room = batch.values.length;
  let next = 0;
  let largest = 0;
  while (store.read(next, batch) > 0) {
    assert.equal(batch.firstSequence, next);
    for (let row = 0; row < batch.count; row += 1) {
      const index = next + row;
      const values = batch.values.slice(row * batch.channels, (row + 1) * batch.channels);
      const all = [index, 1000 + index, 2000 + index];
      assert.deepEqual(values, index < READINGS / 2 ? all.slice(0, 1) : all);
      assert.equal(batch.times[row], START_SECONDS + index * 3600);
    }
    assert.equal(batch.values.length, room);
    largest = Math.max(largest, batch.count * batch.channels);
    next += batch.count;
  }
  assert.equal(next, READINGS);
  assert.isAtMost(largest, room);
}

describe('A batch made for one channel', () => {
  for (const capacity of [1, 9, 24]) {
    it(`takes fewer readings of three channels, and loses none, ${capacity} at once`, () => {
      const store = mountMeterStore(formattedMedium({ pageBytes: 128, pages: 16 }));
      fill(store);
      readInSmallBatches(store, capacity);
    });

    it(`does so on NOR flash, from journal and pages, ${capacity} at once`, () => {
      const store = new NorRig({}).mount();
      fill(store);
      readInSmallBatches(store, capacity);
      settle(store);
      readInSmallBatches(store, capacity);
    });
  }
});
