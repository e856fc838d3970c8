import { NorFlash } from '../lib/drivers/norFlash.js';
import { createBatch } from '../lib/limfs/index.js';
import { createManagerPage, formatManagerStore, mountManagerStore } from '../lib/limfs/manager/index.js';
import { LOG_SECTORS } from '../lib/limfs/nor/layout.js';
import { formatTranslation, mountTranslation, UnhurriedMedium } from '../lib/limfs/nor/translation/index.js';
import { rawBlockBytes, writeRawBlock } from '../lib/limfs/window/rawBlock.js';
import { flashStorageOn } from '../simulator/chips/flashStorage.js';
import { NorFlashChip } from '../simulator/chips/norFlashChip.js';
import { LINE, oneLine } from './line.js';
import { measureRam } from './ram.js';

/** What one kind of call took: bus and program times of the chip. */
export interface CallCost {
  readonly calls: number;
  readonly meanMicroseconds: number;
  readonly worstMicroseconds: number;
  readonly meanBytes: number;
}

export interface FlashCosts {
  readonly blockBytes: number;
  readonly sizeBytes: number;
  /** Blocks that can be written after idle time. */
  readonly roomBlocks: number;
  readonly window: CallCost;
  readonly freeze: CallCost;
  readonly acknowledge: CallCost;
  /** Background work behind each of these calls. */
  readonly idle: CallCost;
  readonly worstIdleCallMicroseconds: number;
  readonly erasesPerThousandWindows: number;
  readonly wearSpread: number;
  readonly erasesInsideCalls: number;
  readonly translationRamBytes: number;
  readonly mountTransfers: number;
  readonly mountBytes: number;
  readonly mountMicroseconds: number;
}

const METERS = 100;
const WINDOW_READINGS = 12;
const READING_BYTES = 8;
const READINGS_AN_HOUR = 3;
/** Hours before the figures are taken: the flash has gone round by then. */
const WARM_UP_HOURS = 24;
const REPORT_HOURS = 4;

class Calls {
  private calls = 0;
  private microseconds = 0;
  private bytes = 0;
  private worst = 0;

  add(microseconds: number, bytes: number): void {
    this.calls += 1;
    this.microseconds += microseconds;
    this.bytes += bytes;
    this.worst = Math.max(this.worst, microseconds);
  }

  get cost(): CallCost {
    return {
      calls: this.calls,
      meanMicroseconds: Math.round(this.microseconds / this.calls),
      worstMicroseconds: Math.round(this.worst),
      meanBytes: Math.round(this.bytes / this.calls),
    };
  }
}

type Kind = 'window' | 'freeze' | 'acknowledge';

/** A local manager of 100 meters on a serial NOR flash of 4 KiB sectors, with idle time behind each call. */
class FlashManager {
  readonly chip: NorFlashChip;
  readonly medium;
  calls = { window: new Calls(), freeze: new Calls(), acknowledge: new Calls(), idle: new Calls() };
  worstIdleCall = 0;
  erasesInsideCalls = 0;
  private readonly store;
  private readonly page = createManagerPage();

  constructor(blockBytes: number, sectors: number) {
    this.chip = new NorFlashChip({ sizeBytes: sectors * 4096, reprogramAllowed: false });
    formatTranslation(this.driver(), { storeId: [1, 1], blockBytes });
    this.medium = mountTranslation(this.driver());
    formatManagerStore(new UnhurriedMedium(this.medium), {
      storeId: [2, 2],
      meters: METERS,
      windowReadings: WINDOW_READINGS,
      readingBytes: READING_BYTES,
    });
    this.store = mountManagerStore(this.medium);
    for (let place = 0; place < METERS; place += 1) {
      this.settle();
      this.store.addMeter([9, place], 0, oneLine());
    }
    this.settle();
  }

  driver(): NorFlash {
    return new NorFlash({ memory: { io: flashStorageOn(this.chip), path: 'limfs' } });
  }

  get erases(): number {
    return this.chip.eraseCounts.reduce((sum, count) => sum + count, 0);
  }

  /** An hour: a window of each meter, and every fourth time a report. */
  hour(hour: number): void {
    const { store, page } = this;
    const block = windowUpTo(hour * READINGS_AN_HOUR + WINDOW_READINGS, hour * 3600);
    for (let place = 0; place < METERS; place += 1) {
      this.call('window', () =>
        store.receiveWindow(place, { line: LINE, oldestSequence: 0, block }, hour * 3600),
      );
    }
    if (hour % REPORT_HOURS > 0) return;
    this.call('freeze', () => store.freeze(page));
    this.call('acknowledge', () => store.acknowledge(store.storeId, page.counter, page.checksum));
  }

  private call(kind: Kind, work: () => void): void {
    const { chip, calls } = this;
    const { erases } = this;
    chip.resetCounters();
    work();
    calls[kind].add(chip.busMicroseconds, chip.bytesWritten);
    this.erasesInsideCalls += this.erases - erases;
    chip.resetCounters();
    this.settle();
    calls.idle.add(chip.busMicroseconds, chip.bytesWritten);
  }

  private settle(): void {
    for (let more = true; more; ) {
      const before = this.chip.busMicroseconds;
      more = this.medium.idle();
      this.worstIdleCall = Math.max(this.worstIdleCall, this.chip.busMicroseconds - before);
    }
  }
}

/** A raw window of 96 bytes that ends before a sequence. */
function windowUpTo(end: number, timeSeconds: number): Uint8Array {
  const shape = { readingBytes: READING_BYTES, channels: 1 };
  const batch = createBatch(WINDOW_READINGS);
  batch.count = WINDOW_READINGS;
  batch.firstSequence = end - WINDOW_READINGS;
  batch.channels = 1;
  for (let row = 0; row < WINDOW_READINGS; row += 1) {
    batch.times[row] = timeSeconds + row * 1200;
    batch.valids[row] = 1;
    batch.values[row] = (batch.firstSequence + row) * 731;
  }
  const block = new Uint8Array(rawBlockBytes(shape, WINDOW_READINGS));
  writeRawBlock(batch, shape, 1200, block, 0);
  return block;
}

/** The cost of a local manager's calls on NOR flash, after a day in which the flash has gone round. */
export function measureManagerOnFlash(blockBytes: number, sectors: number, hours: number): FlashCosts {
  const manager = new FlashManager(blockBytes, sectors);
  const { chip, medium } = manager;
  for (let hour = 1; hour <= WARM_UP_HOURS; hour += 1) manager.hour(hour);
  manager.calls = { window: new Calls(), freeze: new Calls(), acknowledge: new Calls(), idle: new Calls() };
  const { erases } = manager;
  for (let hour = 1; hour <= hours; hour += 1) manager.hour(WARM_UP_HOURS + hour);
  const { window, freeze, acknowledge, idle } = manager.calls;
  const ring = chip.eraseCounts.slice(LOG_SECTORS);
  const erasesPerThousandWindows = Math.round(((manager.erases - erases) * 10) / hours);
  const driver = manager.driver();
  chip.resetCounters();
  const mounted = mountTranslation(driver);
  return {
    blockBytes,
    sizeBytes: medium.sizeBytes,
    roomBlocks: medium.roomBlocks,
    window: window.cost,
    freeze: freeze.cost,
    acknowledge: acknowledge.cost,
    idle: idle.cost,
    worstIdleCallMicroseconds: Math.round(manager.worstIdleCall),
    erasesPerThousandWindows,
    wearSpread: Math.max(...ring) - Math.min(...ring),
    erasesInsideCalls: manager.erasesInsideCalls,
    translationRamBytes: measureRam(mounted, [driver]).bytes,
    mountTransfers: chip.transactions,
    mountBytes: chip.bytesRead,
    mountMicroseconds: Math.round(chip.busMicroseconds),
  };
}
