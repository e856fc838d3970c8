import { oneLine } from '../../../../bench/line.js';
import {
  createManagerPage,
  formatManagerStore,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { cellsOf } from './blocks.js';

/** Bytes of a reading in these stores' windows. */
export const K = 8;
const usual = { storeId: [7, 9], meters: 4, windowReadings: 5, readingBytes: K } as const;

/** A store on a fresh chip, with so many meters. */
export function create(format: Partial<ManagerFormat> = {}, meters = 2, sizeBytes = 32_768) {
  const medium = new RamMedium(sizeBytes);
  formatManagerStore(medium, { ...usual, dataBytes: 4000, ...format });
  const store = mountManagerStore(medium);
  for (let meter = 0; meter < meters; meter += 1) store.addMeter([1, meter], 0, oneLine());
  return { medium, store };
}

/** The windows of the page to be reported, as `place:first-last`. */
export function windowsIn(store: ManagerStore): string[] {
  const page = createManagerPage();
  if (!store.report(page)) return [];
  return cellsOf(store, page).map(({ place, first, end }) => `${place}:${first}-${end - 1}`);
}

/** What a meter is missed for, as `first-last`. */
export function gapsOf(store: ManagerStore, place: number): string {
  const { gaps } = store.meterAt(place)!;
  return gaps.firsts
    .slice(0, gaps.count)
    .map((first, gap) => `${first}-${gaps.ends[gap]! - 1}`)
    .join(' ');
}
