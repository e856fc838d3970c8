import { assert } from 'chai';
import { createBatch, LimfsError, mountMeterStore } from '../../../../lib/limfs/index.js';
import { formatPaperStore, PaperStore } from '../../../../lib/limfs/paper/paperStore.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const format = { storeId: [5, 6], intervalSeconds: 3600, windowReadings: 5, readingBytes: 20 } as const;

/** The five lines that say what an accumulated block is (the paper's section 3.1). */
function blockOf(values: readonly number[], reading: number): number[] {
  return values.slice(Math.max(0, reading + 1 - format.windowReadings), reading + 1);
}

function valuesOf(values: readonly number[], count: number): number[] {
  return values.slice(0, count);
}

describe("store in the paper's layout", () => {
  it('stores in block k the last n readings, shifted by one with each reading', () => {
    const medium = new RamMedium(8192);
    formatPaperStore(medium, format);
    const store = new PaperStore(medium, format);
    const batch = createBatch(format.windowReadings);
    const values: number[] = [];
    for (let reading = 0; reading < 200; reading += 1) {
      values.push(1000 + reading * reading);
      assert.equal(store.append(3600 * reading, values[reading]!), reading);
      assert.isTrue(store.find(3600 * reading, batch));
      assert.deepEqual(valuesOf(batch.values, batch.count), blockOf(values, reading), `reading ${reading}`);
      assert.equal(batch.firstSequence + batch.count - 1, reading);
    }
  });

  it('keeps one page and one PVT entry a reading, and the newest ones for many laps', () => {
    const medium = new RamMedium(4096);
    formatPaperStore(medium, format);
    const store = new PaperStore(medium, format);
    for (let reading = 0; reading < 1000; reading += 1) store.append(3600 * reading, reading);
    const batch = createBatch(format.windowReadings);
    const kept = store.count;
    assert.isAtLeast(kept, 20);
    assert.isFalse(store.find(3600 * (1000 - kept) - 1, batch));
    for (let reading = 1000 - kept; reading < 1000; reading += 1) {
      assert.isTrue(store.find(3600 * reading + 1799, batch));
      assert.equal(batch.values[batch.count - 1], reading);
    }
  });

  it('goes on with the same window after a mount', () => {
    const medium = new RamMedium(4096);
    formatPaperStore(medium, format);
    const values: number[] = [];
    for (let reading = 0; reading < 60; reading += 1) {
      const store = new PaperStore(medium, format);
      assert.equal(store.nextSequence, reading);
      values.push(7 * reading);
      store.append(3600 * reading, values[reading]!);
    }
    const batch = createBatch(format.windowReadings);
    assert.isTrue(new PaperStore(medium, format).find(3600 * 59, batch));
    assert.deepEqual(valuesOf(batch.values, batch.count), blockOf(values, 59));
  });

  it('reports a damaged block and does not deliver it', () => {
    const medium = new RamMedium(4096);
    formatPaperStore(medium, format);
    const store = new PaperStore(medium, format);
    for (let reading = 0; reading < 10; reading += 1) store.append(3600 * reading, reading);
    const mounted = new PaperStore(medium, format);
    const found = medium.image.lastIndexOf(9);
    medium.image[found]! ^= 1;
    assert.isFalse(mounted.find(3600 * 9, createBatch(5)));
    assert.deepEqual(mounted.findings, [{ code: 'page-damaged', slot: 9 }]);
  });

  it('is not taken for a store with packed pages, nor the other way round', () => {
    const medium = new RamMedium(4096);
    formatPaperStore(medium, format);
    assert.throws(() => mountMeterStore(medium), LimfsError, 'role 2');
  });
});
