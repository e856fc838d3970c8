import type { MeterFormat } from '../../../../lib/limfs/index.js';
import { formatNorMeterStore, mountNorMeterStore } from '../../../../lib/limfs/nor/mount.js';
import type { NorMeterStore } from '../../../../lib/limfs/nor/norMeterStore.js';
import { channelList, type Geometry } from '../../../proof/geometry.js';
import { FlashRig, type FlashShape } from './flashRig.js';

export const START_SECONDS = 1_700_000_000;

export interface NorShape extends FlashShape {
  readonly channels?: number;
  readonly intervalSeconds?: number;
  readonly firstSequence?: number;
}

/** The life of a meter that the proof on FRAM uses, for a store on NOR flash. */
export function proofGeometry(shape: NorShape & { readonly oddities: number }): Geometry {
  return {
    name: 'nor',
    pageBytes: 256,
    pages: 8,
    channels: shape.channels ?? 1,
    intervalSeconds: shape.intervalSeconds ?? 3600,
    firstSequence: shape.firstSequence ?? 0,
    filling: 'ones',
    oddities: shape.oddities,
  };
}

/** A chip with a formatted store on it. */
export class NorRig extends FlashRig {
  readonly format: MeterFormat;

  constructor(shape: NorShape = {}, seed = 1) {
    super(shape);
    this.format = {
      storeId: [seed, 0x5eed],
      channels: channelList(shape.channels ?? 1),
      intervalSeconds: shape.intervalSeconds ?? 3600,
      firstSequence: shape.firstSequence ?? 0,
    };
    formatNorMeterStore(this.medium(), this.format);
  }

  /** Mounts with fresh objects only: what a reset leaves. */
  mount(): NorMeterStore {
    return mountNorMeterStore(this.medium());
  }
}

/** Calls idle() until nothing is left to do; returns how often. */
export function settle(store: NorMeterStore): number {
  let calls = 1;
  while (store.idle()) {
    calls += 1;
    if (calls > 10_000) throw new Error('idle() does not come to an end');
  }
  return calls;
}

/** Appends regular readings [from, to), with idle time after each. */
export function appendRegular(store: NorMeterStore, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    store.append(START_SECONDS + index * 3600, [registerAt(index)]);
    settle(store);
  }
}

export function registerAt(index: number): number {
  return index * 100 + ((index * index) % 37);
}
