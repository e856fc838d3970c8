import { ENTRY_BYTES, type Geometry, PVT_ADDRESS } from '../../../../lib/limfs/areas/layout.js';
import { identify } from '../../../../lib/limfs/areas/superblock.js';
import {
  type Channel,
  createBatch,
  createReading,
  formatMeterStore,
  type MeterStore,
  type Reading,
} from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

export const START_SECONDS = 1_700_000_000;

export interface StoreOptions {
  readonly pageBytes?: number;
  readonly pages?: number;
  readonly channels?: number;
  readonly intervalSeconds?: number;
  readonly firstSequence?: number;
  readonly storeId?: readonly [number, number];
}

export function channelList(channels: number, scale = 0): Channel[] {
  return Array.from({ length: channels }, (_, index) => ({
    obis: `1.0.${index + 1}.8.0.255`,
    unit: 30,
    scale,
  }));
}

export function sizeBytesOf(pageBytes: number, pages: number): number {
  return PVT_ADDRESS + pages * (pageBytes + ENTRY_BYTES);
}

/** A formatted medium in plain memory that just holds its pages. */
export function formattedMedium(options: StoreOptions = {}): RamMedium {
  const { pageBytes = 64, pages = 8 } = options;
  const medium = new RamMedium(sizeBytesOf(pageBytes, pages));
  format(medium, options);
  return medium;
}

export function format(medium: RamMedium, options: StoreOptions = {}): void {
  const {
    pageBytes = 64,
    channels = 1,
    intervalSeconds = 3600,
    firstSequence = 0,
    storeId = [1, 2],
  } = options;
  formatMeterStore(medium, {
    storeId,
    channels: channelList(channels),
    intervalSeconds,
    pageBytes,
    firstSequence,
  });
}

/** The value of reading `index` of a meter that consumes a little more and a little less. */
export function registerAt(index: number): number {
  return index * 100 + ((index * index) % 37);
}

/** Appends readings `from` up to, not including, `to` at regular times. */
export function appendRegular(store: MeterStore, from: number, to: number): void {
  for (let index = from; index < to; index += 1)
    store.append(START_SECONDS + index * 3600, [registerAt(index)]);
}

/** Appends regular readings until so many more pages were opened, each by its first reading; returns their number. */
export function openPages(medium: RamMedium, store: MeterStore, pages: number, from = 0): number {
  let index = from;
  for (let opened = 0; opened < pages; index += 1) {
    const before = tableOf(medium).slice();
    appendRegular(store, index, index + 1);
    if (tableOf(medium).some((byte, at) => byte !== before[at])) opened += 1;
  }
  return index;
}

/** The PVT of a formatted medium. */
export function tableOf(medium: RamMedium): Uint8Array {
  return medium.image.subarray(PVT_ADDRESS, geometryIn(medium).dataAddress);
}

/** The bytes of one page of a formatted medium. */
export function pageOf(medium: RamMedium, slot: number): Uint8Array {
  const { dataAddress, pageBytes } = geometryIn(medium);
  return medium.image.subarray(dataAddress + slot * pageBytes, dataAddress + (slot + 1) * pageBytes);
}

function geometryIn(medium: RamMedium): Geometry {
  const identity = identify(medium);
  if (identity.kind !== 'ours') throw new Error(`the medium is ${identity.kind}`);
  return identity.superblock.geometry;
}

/** Every reading that a store gives back, oldest first. */
export function readAll(store: MeterStore): Reading[] {
  const batch = createBatch(50);
  const readings: Reading[] = [];
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    for (let row = 0; row < batch.count; row += 1) {
      readings.push({
        ...createReading(),
        sequence: (batch.firstSequence + row) >>> 0,
        timeSeconds: batch.times[row]!,
        status: batch.statuses[row]!,
        valid: batch.valids[row] === 1,
        values: batch.values.slice(row * batch.channels, (row + 1) * batch.channels),
        run: batch.run,
      });
    }
    next = (batch.firstSequence + batch.count) >>> 0;
  }
  return readings;
}

export function codesOf(store: MeterStore): string[] {
  return store.findings.map(({ code }) => code);
}
