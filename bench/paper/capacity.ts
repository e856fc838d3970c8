import { createBatch } from '../../lib/limfs/index.js';
import { formatPaperStore, mountPaperStore } from '../../lib/limfs/paper/index.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import {
  formulaCapacity,
  measureCapacity,
  type Shape,
  table2Shape,
} from '../../test/lib/limfs/manager/capacity.js';
import { rawRing } from '../rawRing.js';

const intervalSeconds = 3600;
const appended = 200;

/** One row of the grid: hours that the formula promises, and readings of each meter that the store really holds. */
export interface CapacityRow extends Shape {
  readonly interval: number;
  readonly formula: number;
  readonly measured: number;
}

/**
 * The numbers of the paper's Table 2, measured: hours kept without a file system, with ADSS only, and with ADSS and LEDM
 * for report intervals of 1 to 5 hours.
 */
export function measureTable2(): number[] {
  const ledm = [1, 2, 3, 4, 5].map((interval) => measureCapacity(table2Shape, interval));
  return [measureRawRing(), measureAdssOnly(), ...ledm];
}

/** Records of k bytes in a ring of d bytes. */
function measureRawRing(): number {
  const { d } = table2Shape;
  const medium = new RamMedium(d);
  const shape = { sizeBytes: d, channels: 1, intervalSeconds };
  rawRing.format(medium, shape);
  const store = rawRing.mount(medium, shape);
  for (let hour = 0; hour < appended; hour += 1) {
    store.append({ timeSeconds: hour * intervalSeconds, status: 0, valid: true, values: [hour] });
  }
  const times = new Set<number>();
  for (let hour = 0; hour < appended; hour += 1) times.add(store.find(hour * intervalSeconds));
  return times.size;
}

/** The meter's own store: each window a page of its own, so that neighbours repeat all readings but one. */
function measureAdssOnly(): number {
  const { d, k, n } = table2Shape;
  const medium = new RamMedium(16_384);
  const shape = { windowReadings: n, readingBytes: k, dataBytes: d };
  formatPaperStore(medium, { storeId: [1, 1], intervalSeconds, ...shape });
  const store = mountPaperStore(medium);
  for (let hour = 0; hour < appended; hour += 1) store.append(hour * intervalSeconds, hour);
  const batch = createBatch(n);
  const kept = new Set<number>();
  for (let hour = 0; hour < appended; hour += 1) {
    if (!store.find(hour * intervalSeconds, batch)) continue;
    for (const value of batch.values.slice(0, batch.count)) kept.add(value);
  }
  return kept.size;
}

/** d as a number of pages; k, x, n; report intervals with I <= n and I > n. */
const grid = [
  { pages: 15, k: 20, x: 1, n: 5, intervals: [1, 2, 3, 4, 5, 6, 12] },
  { pages: 3, k: 1, x: 1, n: 80, intervals: [1, 12] },
  { pages: 11, k: 80, x: 1, n: 1, intervals: [1, 2] },
  { pages: 7, k: 4, x: 7, n: 25, intervals: [1, 4, 12] },
  { pages: 5, k: 12, x: 20, n: 8, intervals: [1, 8, 12] },
  { pages: 3, k: 20, x: 100, n: 5, intervals: [1, 3, 5, 12] },
] as const;

/** T(I) beside what the local manager's store holds. */
export function measureGrid(): CapacityRow[] {
  return grid.flatMap(({ pages, k, x, n, intervals }) =>
    intervals.map((interval) => {
      const shape = { d: pages * k * x * n, k, x, n };
      const formula = formulaCapacity(shape, interval);
      return { ...shape, interval, formula, measured: measureCapacity(shape, interval) };
    }),
  );
}
