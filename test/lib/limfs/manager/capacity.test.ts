import { assert } from 'chai';
import { LimfsError } from '../../../../lib/limfs/index.js';
import { formatManagerStore, type ManagerFormat } from '../../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { formulaCapacity, measureCapacity, table2Shape } from './capacity.js';

describe("capacity of a local manager's store (section 4.2, Table 2)", () => {
  it('is 19, 33, 47, 61, 75 readings for the conditions of Table 2', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((interval) => measureCapacity(table2Shape, interval)),
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
        for (const pages of x === 100 ? [2] : [2, 3, 11]) {
          for (const interval of new Set([1, 2, Math.ceil(n / 2), n])) {
            if (interval > n || (x === 100 && n > 8)) continue;
            const shape = { d: pages * k * x * n, k, x, n };
            assert.equal(
              measureCapacity(shape, interval),
              formulaCapacity(shape, interval),
              JSON.stringify({ ...shape, interval }),
            );
          }
        }
      }
    });
  }

  it('is a window a page where the report comes later than the windows reach', () => {
    assert.equal(measureCapacity(table2Shape, 6), 15 * 5);
    assert.equal(measureCapacity(table2Shape, 12), 15 * 5);
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
