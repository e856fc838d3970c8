import { createBatch, formatMeterStore, type MeterStore, mountMeterStore } from '../../lib/limfs/index.js';
import {
  createManagerPage,
  formatManagerStore,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../lib/limfs/manager/index.js';
import { BlockPacker } from '../../lib/limfs/window/packedBlock.js';
import { writeRawBlock } from '../../lib/limfs/window/rawBlock.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import type { RegisterSource } from '../../simulator/readings/registerSource.js';
import { NewestReadings } from '../../src/meter/newestReadings.js';
import { cellsOf } from '../../test/lib/limfs/manager/blocks.js';
import { LINE, oneLine } from '../line.js';
import { plain, Series } from '../series.js';

export type Coding = 'raw' | 'packed';

/** The paper's window in raw coding: n = 5 readings of k = 20 bytes, as in its section 4.2. */
const rawShape = { readingBytes: 20, channels: 1 } as const;
const rawWindow = 5;
/** Bytes of a packed window, and the most readings that one may hold (Table 1). */
const packedBytes = 100;
const packedWindow = 80;

const intervalSeconds = 3600;
const days = 120;
const total = 24 * days;
/** At the end the line is good and reports go on, so that what has not come then never will. */
const hours = total + 48;
/** After so many days the bursts begin an hour earlier: 120 days have every hour with every phase of a report. */
const daysAnHour = 5;

const storeId = [1, 1] as const;

/** What a meter stores and sends, hour by hour; what is lost on the way changes nothing of it. */
export class SendingMeter {
  readonly coding: Coding;
  readonly windows: readonly Uint8Array[];
  private readonly store: MeterStore;
  private readonly batch = createBatch(packedWindow);
  private readonly packer = new BlockPacker();
  private readonly bytes = new Uint8Array(256);
  private longest = 0;

  constructor(source: RegisterSource, coding: Coding) {
    this.coding = coding;
    const medium = new RamMedium(32_768);
    const channels = [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }];
    formatMeterStore(medium, { storeId, channels, intervalSeconds });
    this.store = mountMeterStore(medium);
    this.windows = this.sendAll(new Series(source, 0, plain));
  }

  /** The readings of the largest window. */
  get windowReadings(): number {
    return this.longest;
  }

  timeOf(hour: number): number {
    return 1_700_000_000 + hour * intervalSeconds;
  }

  /** Readings [first, end), as many as one packet takes, as an answer to a local manager. */
  backfill(first: number, end: number): Uint8Array {
    this.store.read(first, this.batch);
    const most = this.coding === 'raw' ? rawWindow : packedWindow;
    this.batch.count = Math.min(this.batch.count, end - first, most);
    return this.block(0);
  }

  private sendAll(series: Series): Uint8Array[] {
    const newest = new NewestReadings(packedWindow, 1);
    const due = { timeSeconds: 0, status: 0, valid: true, values: [0] };
    const windows: Uint8Array[] = [];
    for (let hour = 0; hour < hours; hour += 1) {
      series.read(hour, due);
      this.store.append(this.timeOf(hour), due.values);
      this.copy(newest, newest.collect(this.store, this.coding === 'raw' ? rawWindow : packedWindow));
      windows.push(this.window());
    }
    return windows;
  }

  /** The newest readings, as many as one packet takes. */
  private window(): Uint8Array {
    if (this.coding === 'raw') {
      this.longest = Math.max(this.longest, this.batch.count);
      return this.block(0);
    }
    let left = this.batch.count;
    let block = this.block(0);
    while (this.packer.packed < left) {
      left = this.packer.packed;
      block = this.block(this.batch.count - left);
    }
    this.longest = Math.max(this.longest, left);
    return block;
  }

  private block(first: number): Uint8Array {
    const { bytes, batch } = this;
    const length =
      this.coding === 'raw'
        ? writeRawBlock(batch, rawShape, intervalSeconds, bytes, 0)
        : this.packer.pack(batch, first, intervalSeconds, bytes, 0, packedBytes);
    return bytes.slice(0, length);
  }

  /** The last `count` rows. */
  private copy({ batch: from }: NewestReadings, count: number): void {
    const { batch } = this;
    const first = from.count - count;
    batch.count = count;
    batch.firstSequence = from.firstSequence + first;
    for (let row = 0; row < count; row += 1) {
      batch.times[row] = from.times[first + row]!;
      batch.statuses[row] = from.statuses[first + row]!;
      batch.valids[row] = from.valids[first + row]!;
      batch.values[row] = from.values[first + row]!;
    }
  }
}

/** What the local manager does beyond the paper. */
export interface Scheme {
  readonly roll: boolean;
  readonly backfill: boolean;
}

export const schemes = {
  paper: { roll: false, backfill: false },
  roll: { roll: true, backfill: false },
  backfill: { roll: true, backfill: true },
} as const satisfies Record<string, Scheme>;

/** Whether the packet of an hour is lost. */
export type Loss = (hour: number) => boolean;

/** One burst of so many lost packets a day. */
export function dailyBurst(packets: number): Loss {
  return (hour) => {
    const day = Math.floor(hour / 24);
    // A burst that began late in the evening goes on past midnight.
    for (const begun of [day, day - 1]) {
      const ahead = hour - begun * 24 - (23 - (Math.floor(begun / daysAnHour) % 24));
      if (begun >= 0 && begun < days && ahead >= 0 && ahead < packets) return true;
    }
    return false;
  };
}

/** R of the paper's section 4.3 for a real meter and a real local manager, acknowledged every `interval` hours. */
export function recoveryRatio(meter: SendingMeter, scheme: Scheme, interval: number, isLost: Loss): number {
  const manager = createManager(meter, scheme);
  const delivered = new Uint8Array(hours);
  for (let hour = 0; hour < hours; hour += 1) {
    if (hour >= total || !isLost(hour)) {
      const window = meter.windows[hour]!;
      manager.receiveWindow(0, { line: LINE, oldestSequence: 0, block: window }, meter.timeOf(hour));
      if (scheme.backfill) fillGaps(manager, meter, hour);
    }
    if (hour % interval === 0) report(manager, delivered);
  }
  return ratioOf(delivered);
}

/** The same without LIMFS: each packet carries its reading alone. */
export function ratioWithout(isLost: Loss): number {
  return ratioOf(Uint8Array.from({ length: total }, (_, hour) => (isLost(hour) ? 0 : 1)));
}

function ratioOf(delivered: Uint8Array): number {
  return (delivered.subarray(0, total).reduce((sum, one) => sum + one, 0) / total) * 100;
}

function createManager(meter: SendingMeter, scheme: Scheme): ManagerStore {
  const shape: Partial<ManagerFormat> =
    meter.coding === 'raw' ? { readingBytes: rawShape.readingBytes } : { blockBytes: packedBytes };
  const medium = new RamMedium(16_384);
  const windowReadings = meter.coding === 'raw' ? rawWindow : packedWindow;
  formatManagerStore(medium, { storeId: [2, 2], meters: 1, windowReadings, ...shape, ...scheme });
  const manager = mountManagerStore(medium);
  manager.addMeter(storeId, 0, oneLine());
  return manager;
}

/** Asks the meter for what is missing, while the line is good. */
function fillGaps(manager: ManagerStore, meter: SendingMeter, hour: number): void {
  for (let asked = 0; asked < hours; asked += 1) {
    const { gaps } = manager.meterAt(0)!;
    if (gaps.count === 0) return;
    const block = meter.backfill(gaps.firsts[0]!, gaps.ends[0]!);
    const outcome = manager.receiveBackfill(0, { line: LINE, oldestSequence: 0, block }, meter.timeOf(hour));
    if (outcome !== 'filled') throw new Error(`backfill in hour ${hour}: ${outcome}`);
  }
}

/** A report is due: everything that is frozen is sent and acknowledged. */
function report(manager: ManagerStore, delivered: Uint8Array): void {
  const page = createManagerPage();
  manager.freeze(page);
  while (manager.report(page)) {
    for (const { first, end } of cellsOf(manager, page)) delivered.fill(1, first, end);
    if (!manager.acknowledge(manager.storeId, page.counter, page.checksum)) {
      throw new Error(`page ${page.counter} is not acknowledged`);
    }
  }
}
