import { assert } from 'chai';
import { createBatch, LimfsError, mountMeterStore } from '../../../../lib/limfs/index.js';
import {
  formatPaperStore,
  mountPaperStore,
  type PaperFormat,
  type PaperStore,
} from '../../../../lib/limfs/paper/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { pageAddressOf, storedLaps } from './pages.js';

const format = { storeId: [5, 6], intervalSeconds: 3600, windowReadings: 5, readingBytes: 20 } as const;

/** The five lines that say what an accumulated block is (the paper's section 3.1). */
function blockOf(values: readonly number[], reading: number): number[] {
  return values.slice(Math.max(0, reading + 1 - format.windowReadings), reading + 1);
}

function valuesOf(values: readonly number[], count: number): number[] {
  return values.slice(0, count);
}

function formatted(sizeBytes: number, more: Partial<PaperFormat> = {}): RamMedium {
  const medium = new RamMedium(sizeBytes);
  formatPaperStore(medium, { ...format, ...more });
  return medium;
}

function appendHours(store: PaperStore, from: number, to: number): void {
  for (let reading = from; reading < to; reading += 1) store.append(3600 * reading, reading);
}

describe("store in the paper's layout", () => {
  it('stores in block k the last n readings, shifted by one with each reading', () => {
    const store = mountPaperStore(formatted(8192));
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
    const medium = formatted(4096);
    const store = mountPaperStore(medium);
    for (let reading = 0; reading < 300; reading += 1) {
      appendHours(store, reading, reading + 1);
      assert.equal(storedLaps(medium, store.nextSequence), store.count);
    }
    const batch = createBatch(format.windowReadings);
    const kept = store.count;
    assert.isAtLeast(kept, 20);
    assert.isFalse(store.find(3600 * (300 - kept) - 1, batch));
    for (let reading = 300 - kept; reading < 300; reading += 1) {
      assert.isTrue(store.find(3600 * reading + 1799, batch));
      assert.equal(batch.values[batch.count - 1], reading);
    }
  });

  it('keeps d bytes of blocks, the spare page not counted', () => {
    const store = mountPaperStore(formatted(4096, { dataBytes: 1500 }));
    appendHours(store, 0, 100);
    assert.equal(store.count, 15);
  });

  it('goes on with the same window after a mount', () => {
    const medium = formatted(4096);
    const values: number[] = [];
    for (let reading = 0; reading < 60; reading += 1) {
      const store = mountPaperStore(medium);
      assert.equal(store.nextSequence, reading);
      values.push(7 * reading);
      store.append(3600 * reading, values[reading]!);
    }
    const batch = createBatch(format.windowReadings);
    assert.isTrue(mountPaperStore(medium).find(3600 * 59, batch));
    assert.deepEqual(valuesOf(batch.values, batch.count), blockOf(values, 59));
  });

  it('takes a page for each reading however irregular they are, and finds each by its time', () => {
    const medium = formatted(4096);
    const store = mountPaperStore(medium);
    const timeOf = (reading: number) => 3600 * reading + ((reading * 7919) % 1000);
    for (let reading = 0; reading < 100; reading += 1) store.append(timeOf(reading), reading);
    const batch = createBatch(format.windowReadings);
    const regular = mountPaperStore(formatted(4096));
    appendHours(regular, 0, 100);
    assert.equal(store.count, regular.count);
    for (const searched of [store, mountPaperStore(medium)]) {
      for (let reading = 100 - store.count; reading < 100; reading += 1) {
        assert.isTrue(searched.find(timeOf(reading), batch), `reading ${reading}`);
        assert.equal(batch.values[batch.count - 1], reading);
        assert.equal(batch.times[batch.count - 1], timeOf(reading));
      }
    }
  });

  it('goes on when the clock is set back, and finds the newer readings', () => {
    const store = mountPaperStore(formatted(8192));
    appendHours(store, 0, 20);
    for (let reading = 20; reading < 30; reading += 1) store.append(3600 * (reading - 15), reading);
    const batch = createBatch(format.windowReadings);
    for (const [hour, reading] of [
      [4, 4],
      [5, 20],
      [14, 29],
      [15, 15],
      [19, 19],
      [50, 19],
    ] as const) {
      assert.isTrue(store.find(3600 * hour, batch));
      assert.equal(batch.values[batch.count - 1], reading, `hour ${hour}`);
    }
  });

  it('refuses what does not fit and stores nothing of it', () => {
    const store = mountPaperStore(formatted(4096, { readingBytes: 1 }));
    store.append(0, 127);
    for (const [time, value, status] of [
      [3600, 128, 0],
      [3600, -128, 0],
      [3600, 0.5, 0],
      [0x1_0000_0000, 1, 0],
      [3600, 1, 256],
    ] as const) {
      assert.throws(() => store.append(time, value, status), LimfsError);
    }
    store.append(3600, -127);
    const batch = createBatch(format.windowReadings);
    assert.isTrue(store.find(3600, batch));
    assert.deepEqual(valuesOf(batch.values, batch.count), [127, -127]);
  });

  for (const wrong of [
    { windowReadings: 0 },
    { windowReadings: 81 },
    { readingBytes: 81 },
    { blockBytes: 99 },
    { dataBytes: 200 },
    { intervalSeconds: 0 },
  ]) {
    it(`is not made with ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => formatted(4096, wrong), LimfsError);
    });
  }

  it('is not taken for a store with packed pages, nor the other way round', () => {
    assert.throws(() => mountMeterStore(formatted(4096)), LimfsError, 'role 2');
    assert.throws(() => mountPaperStore(new RamMedium(4096)), LimfsError, 'blank');
  });
});

describe("damage in the paper's layout", () => {
  it('of a write makes the store want a mount; nothing that was stored is lost', () => {
    const medium = formatted(4096);
    appendHours(mountPaperStore(medium), 0, 7);
    const failing = new RamMedium(medium.image);
    const store = mountPaperStore(failing);
    failing.write = () => {
      throw new LimfsError('medium-failed', 'write protected');
    };
    assert.throws(() => store.append(3600 * 7, 7), LimfsError, 'write protected');
    assert.throws(() => store.append(3600 * 7, 7), LimfsError, 'mount again');
    assert.throws(() => store.find(3600, createBatch(5)), LimfsError, 'mount again');
    assert.equal(mountPaperStore(medium).count, 7);
  });

  it('of a block is reported, and the block not delivered', () => {
    const medium = formatted(4096);
    appendHours(mountPaperStore(medium), 0, 10);
    const mounted = mountPaperStore(medium);
    medium.image[pageAddressOf(medium, 7) + 3]! ^= 1;
    assert.isFalse(mounted.find(3600 * 7, createBatch(5)));
    assert.deepEqual(mounted.findings, [{ code: 'page-damaged', slot: 7 }]);
    assert.isTrue(mounted.find(3600 * 8, createBatch(5)));
  });

  it('of the newest block costs that reading; the window goes on from the one before', () => {
    const medium = formatted(4096);
    appendHours(mountPaperStore(medium), 0, 10);
    medium.image[pageAddressOf(medium, 9)]! ^= 4;
    const store = mountPaperStore(medium);
    assert.equal(store.append(3600 * 10, 10), 10);
    const batch = createBatch(5);
    assert.isTrue(store.find(3600 * 10, batch));
    assert.deepEqual(valuesOf(batch.values, 3), [6, 7, 8]);
    assert.deepEqual(valuesOf(batch.valids, batch.count), [1, 1, 1, 0, 1]);
    assert.equal(batch.values[4], 10);
  });

  it('of any one bit in laps and table uses no sequence again and loses no block that is found by time', () => {
    const clean = formatted(4096);
    const pages = 15;
    appendHours(mountPaperStore(clean), 0, pages);
    const lapAt = pageAddressOf(clean, 1) - 1 - pageAddressOf(clean, 0);
    const places: number[] = [];
    for (let page = 0; page < pages + 2; page += 1) places.push(pageAddressOf(clean, page) + lapAt);
    for (let at = 1032; at < 1032 + 24; at += 1) places.push(at);
    const batch = createBatch(5);
    for (const place of places) {
      const medium = new RamMedium(clean.image.slice());
      medium.image[place]! ^= 1 << (place % 8);
      const store = mountPaperStore(medium);
      assert.equal(store.nextSequence, pages, `byte ${place}`);
      const entryLost = place >= 1032 && place < 1032 + 12;
      if (entryLost) continue;
      for (let page = 0; page < pages; page += 1)
        assert.isTrue(store.find(3600 * page, batch), `byte ${place}`);
    }
  });
});
