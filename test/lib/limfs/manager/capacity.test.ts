import { assert } from 'chai';
import { LimfsError } from '../../../../lib/limfs/index.js';
import {
  createManagerPage,
  formatManagerStore,
  type ManagerFormat,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { cellsOf, send } from './blocks.js';

/** The paper's data area, bytes a reading, meters and window: d, k, x and n of section 3.2. */
interface Shape {
  readonly d: number;
  readonly k: number;
  readonly x: number;
  readonly n: number;
}

/** T(I) = (d / (k x n) - 1) I + n. */
function formula({ d, k, x, n }: Shape, interval: number): number {
  return (d / (k * x * n) - 1) * interval + n;
}

/** Readings of each meter that a store holds when nobody acknowledges, after twice as many as it can hold. */
function measure({ d, k, x, n }: Shape, interval: number): number {
  const medium = new RamMedium(131_072);
  const scheme = { roll: false, backfill: false };
  formatManagerStore(medium, {
    storeId: [1, 1],
    meters: x,
    windowReadings: n,
    readingBytes: k,
    dataBytes: d,
    ...scheme,
  });
  const store = mountManagerStore(medium);
  for (let meter = 0; meter < x; meter += 1) store.addMeter([1, meter], 0);
  const pages = d / (k * x * n);
  const page = createManagerPage();
  const readings = 2 * pages * interval + n;
  for (let end = 1; end <= readings - (readings % interval); end += 1) {
    for (let meter = 0; meter < x; meter += 1) send(store, meter, Math.max(0, end - n), end);
    if (end % interval === 0) store.freeze(page);
  }
  // A byte a reading: a set of a hundred meters' sequences would not fit into a device's heap.
  const kept = Array.from({ length: x }, () => new Uint8Array(readings + 1));
  while (store.report(page)) {
    for (const { place, first, end } of cellsOf(store, page)) {
      for (let sequence = first; sequence < end; sequence += 1) kept[place]![sequence] = 1;
    }
    store.acknowledge(store.storeId, page.counter, page.checksum);
  }
  const counts = kept.map((marks) => marks.reduce((sum, mark) => sum + mark, 0));
  for (const count of counts) assert.equal(count, counts[0]);
  return counts[0]!;
}

describe("capacity of a local manager's store (section 4.2, Table 2)", () => {
  it('is 19, 33, 47, 61, 75 readings for the conditions of Table 2', () => {
    const shape = { d: 1500, k: 20, x: 1, n: 5 };
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((interval) => measure(shape, interval)),
      [19, 33, 47, 61, 75],
    );
  });

  for (const x of [1, 2, 7, 100]) {
    it(`equals the formula over a grid of d, k, n and I <= n for ${x} meters`, () => {
      for (const [k, n] of [
        [1, 1],
        [1, 8],
        [2, 5],
        [20, 5],
        [4, 25],
        [1, 80],
        [80, 1],
      ] as const) {
        for (const pages of x === 100 ? [2, 3] : [2, 3, 11]) {
          for (const interval of new Set([1, 2, Math.ceil(n / 2), n])) {
            if (interval > n || (x === 100 && n > 8 && interval > 2)) continue;
            const shape = { d: pages * k * x * n, k, x, n };
            assert.equal(
              measure(shape, interval),
              formula(shape, interval),
              JSON.stringify({ ...shape, interval }),
            );
          }
        }
      }
    });
  }

  it('is a window a page where the report comes later than the windows reach', () => {
    const shape = { d: 1500, k: 20, x: 1, n: 5 };
    assert.equal(measure(shape, 6), 15 * 5);
    assert.equal(measure(shape, 12), 15 * 5);
  });
});

describe('the ranges of Table 1', () => {
  const good: ManagerFormat = { storeId: [1, 1], meters: 1, windowReadings: 1, readingBytes: 1 };

  function formatted(format: ManagerFormat): boolean {
    try {
      formatManagerStore(new RamMedium(131_072), format);
      return true;
    } catch (error) {
      if (error instanceof LimfsError && error.code === 'parameter-range') return false;
      throw error;
    }
  }

  it('work in every corner with k*n within the block', () => {
    for (const meters of [1, 100]) {
      for (const windowReadings of [1, 80]) {
        for (const readingBytes of [1, 80]) {
          for (const blockBytes of [1, 100]) {
            const fits = windowReadings * readingBytes <= blockBytes;
            assert.equal(formatted({ ...good, meters, windowReadings, readingBytes, blockBytes }), fits);
          }
        }
        assert.isTrue(formatted({ storeId: [1, 1], meters, windowReadings }));
      }
    }
  });

  it('are refused outside', () => {
    for (const wrong of [
      { meters: 0 },
      { meters: 101 },
      { meters: 1.5 },
      { windowReadings: 0 },
      { windowReadings: 81 },
      { readingBytes: 0 },
      { readingBytes: 81 },
      { blockBytes: 0 },
      { blockBytes: 101 },
      { readingBytes: 20, windowReadings: 6 },
      { dataBytes: 200_000 },
      { dataBytes: 1, blockBytes: 2 },
      { meters: 2, dataBytes: 1 },
      { rollSeconds: 0 },
      { meterCapacityReadings: 0 },
    ]) {
      assert.isFalse(formatted({ ...good, ...wrong }), JSON.stringify(wrong));
    }
  });
});
