import { PVT_ADDRESS } from '../lib/limfs/areas/layout.js';
import {
  createReading,
  formatMeterStore,
  type MeterStore,
  mountMeterStore,
  Status,
} from '../lib/limfs/index.js';
import type { Medium } from '../lib/limfs/medium/medium.js';
import type { BenchStore, Contender, StoreSize } from './contender.js';
import type { DueReading } from './series.js';

const channels = [
  { obis: '1.0.1.8.0.255', unit: 30, scale: 0 },
  { obis: '1.0.2.8.0.255', unit: 30, scale: 0 },
];

/**
 * The small store of the paper's Table 2: PVT and pages fill 1,500 bytes; superblocks, install and environment area lie
 * in front of them. Of all numbers of pages seven keep the most, mean and minimum taken together.
 */
export const smallStore: StoreSize = { sizeBytes: PVT_ADDRESS + 1_500, pageBytes: 202 };

export const limfs: Contender = {
  format: (medium, shape) => {
    formatMeterStore(medium, {
      storeId: [0x11223344, 0x55667788],
      channels: channels.slice(0, shape.channels),
      intervalSeconds: shape.intervalSeconds,
      sizeBytes: shape.sizeBytes,
      firstSequence: 1,
      ...(shape.pageBytes === undefined ? {} : { pageBytes: shape.pageBytes }),
    });
  },
  mount: (medium) => new LimfsStore(medium),
};

class LimfsStore implements BenchStore {
  readonly root: MeterStore;
  private readonly reading = createReading();

  constructor(medium: Medium) {
    this.root = mountMeterStore(medium);
  }

  get oldestSequence(): number {
    return this.root.oldestSequence;
  }

  get nextSequence(): number {
    return this.root.nextSequence;
  }

  append(reading: DueReading): void {
    if (reading.valid) this.root.append(reading.timeSeconds, reading.values, reading.status);
    else this.root.appendHole(reading.timeSeconds, Status.readingError);
  }

  newest(): number {
    this.root.newest(this.reading);
    return this.reading.timeSeconds;
  }

  find(timeSeconds: number): number {
    this.root.find(timeSeconds, this.reading);
    return this.reading.timeSeconds;
  }

  range(fromSeconds: number, toSeconds: number): number {
    let count = 0;
    this.root.range(fromSeconds, toSeconds, () => {
      count += 1;
    });
    return count;
  }
}
