import { oneLine } from '../../../../bench/line.js';
import {
  createManagerPage,
  formatManagerStore,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { cellsOf, send } from './blocks.js';

/** The paper's data area, bytes a reading, meters and window: d, k, x and n of section 3.2. */
export interface Shape {
  readonly d: number;
  readonly k: number;
  readonly x: number;
  readonly n: number;
}

/** The conditions of the paper's Table 2. */
export const table2Shape: Shape = { d: 1500, k: 20, x: 1, n: 5 };

/** T(I) = (d / (k x n) - 1) I + n. */
export function formulaCapacity({ d, k, x, n }: Shape, interval: number): number {
  return (d / (k * x * n) - 1) * interval + n;
}

/** Readings of each meter that a store holds when nobody acknowledges, after twice as many as it can hold. */
export function measureCapacity({ d, k, x, n }: Shape, interval: number): number {
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
  for (let meter = 0; meter < x; meter += 1) store.addMeter([1, meter], 0, oneLine());
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
  for (const count of counts) if (count !== counts[0]) throw new Error('the meters differ');
  return counts[0]!;
}
