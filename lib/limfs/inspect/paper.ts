import {
  CONFIGURATION_ADDRESS,
  ENTRY_BYTES,
  ENVIRONMENT_ADDRESS,
  ENVIRONMENT_BYTES,
  INSTALL_ADDRESS,
  PVT_ADDRESS,
  SUPERBLOCK_ADDRESSES,
  SUPERBLOCK_BYTES,
} from '../areas/layout.js';
import { FORMAT_VERSION, storeSeed } from '../areas/superblock.js';
import type { Medium } from '../medium/medium.js';
import { addFinding } from '../meter/finding.js';
import { createBatch } from '../meter/reading.js';
import { openPaperFormat } from '../paper/paperFormat.js';
import { PaperPages } from '../paper/paperPages.js';
import { mountPaperStore, PaperStore } from '../paper/paperStore.js';
import { createEntry, type Entry, PageRing } from '../ring/pageRing.js';
import { readReading } from '../window/rawBlock.js';
import {
  areasOf,
  checkRecords,
  checkSuperblocks,
  commonRecords,
  damagedBytes,
  endOf,
  environment,
  install,
  locate,
  type Notebook,
  type Starts,
  usesOf,
  wholeSuperblock,
} from './areas.js';
import { pageUses } from './meter.js';
import type { ImageReading, PageReport, PaperReport, SlotState } from './report.js';
import { inspectSpareBytes } from './spareBytes.js';

/** Bytes of a value in a reading: the rest of it is status, time and zeros. */
const VALUE_BYTES = 7;

/** Reads a whole store in the paper's layout. Errors: those of `mountPaperStore`; `medium-range`. */
export function inspectPaper(medium: Medium): PaperReport {
  const { geometry, storeId } = wholeSuperblock(medium, ({ geometry }) => endOf(geometry));
  const store = mountPaperStore(medium);
  const notebook: Notebook = { findings: [], notes: [] };
  checkSuperblocks(medium, notebook);
  checkRecords(medium, commonRecords(storeId), notebook);
  const starts: Starts = [
    ['superblock', SUPERBLOCK_ADDRESSES[0], 2 * SUPERBLOCK_BYTES],
    ['install information', INSTALL_ADDRESS],
    ['environment variables', ENVIRONMENT_ADDRESS, 2 * ENVIRONMENT_BYTES],
    ['settings', CONFIGURATION_ADDRESS],
    ['PVT', PVT_ADDRESS, geometry.pages * ENTRY_BYTES],
    ['data', geometry.dataAddress],
  ];
  const areas = areasOf(starts, endOf(geometry));
  const pages = new PaperWalk(medium).report();
  const found = [...store.findings];
  // The store looks at pages as it is asked for them.
  for (const { slot, state } of pages) if (state === 'damaged') addFinding(found, 'page-damaged', slot);
  const findings = [...notebook.findings, ...locate(found, geometry)];
  return {
    role: 'paper',
    formatVersion: FORMAT_VERSION,
    storeId,
    imageBytes: medium.sizeBytes,
    areas,
    install: install(medium),
    environment: environment(medium, storeId),
    uses: [...usesOf(areas), ...pageUses(pages, geometry.pageBytes), ...damagedBytes(findings)],
    slots: slotsOf(pages, geometry.pages),
    newestSlot: pages[pages.length - 1]?.slot ?? -1,
    readings: [...readPaper(medium)].length,
    findings,
    notes: notebook.notes,
    ...inspectSpareBytes(medium, endOf(geometry)),
    pageBytes: geometry.pageBytes,
    settings: store.settings,
    pages,
    oldestSequence: store.oldestSequence,
    nextSequence: store.nextSequence,
  };
}

/**
 * The newest reading of each page; where a page is damaged, its reading out of a later page of the same stretch: that is
 * what the paper accumulates them for.
 */
export function* readPaper(medium: Medium): Generator<ImageReading> {
  const walk = new PaperWalk(medium);
  for (const stretch of walk.stretches()) {
    const readings = new Map<number, ImageReading>();
    for (let position = stretch.first; position < stretch.end; position += 1) {
      if (walk.load(stretch, position)) walk.take(stretch, position, readings);
    }
    const order = [...readings.keys()].sort((a, b) => a - b);
    for (const position of order) yield readings.get(position)!;
  }
}

/** Pages that follow each other at the regular interval: what one entry of the PVT says of all of them. */
interface Stretch {
  readonly entry: Entry;
  /** Positions of its pages that are still kept: the first, and the one behind the last. */
  readonly first: number;
  readonly end: number;
}

/** Looks at every stretch and every page by itself. */
class PaperWalk {
  readonly ring: PageRing;
  private readonly store: PaperStore;
  private readonly pages: PaperPages;
  private readonly firstSequence: number;
  private readonly batch = createBatch(1);

  constructor(medium: Medium) {
    const { superblock, settings } = openPaperFormat(medium);
    this.store = new PaperStore(medium, superblock, settings);
    this.firstSequence = superblock.firstSequence;
    this.ring = new PageRing(medium, superblock.geometry, storeSeed(superblock.storeId));
    this.pages = new PaperPages(medium, this.ring, settings.blockBytes);
  }

  /** Oldest first. */
  stretches(): Stretch[] {
    const { ring, store } = this;
    const oldest = (store.oldestSequence - this.firstSequence) >>> 0;
    const next = (store.nextSequence - this.firstSequence) >>> 0;
    const entries: Entry[] = [];
    for (let slot = 0; slot < ring.pages; slot += 1) {
      const entry = createEntry();
      ring.readEntries(slot);
      if (ring.take(0, slot, entry) && entry.sequence < next) entries.push(entry);
    }
    entries.sort((a, b) => a.sequence - b.sequence);
    return entries
      .map((entry, at) => ({
        entry,
        first: Math.max(oldest, entry.sequence),
        end: entries[at + 1]?.sequence ?? next,
      }))
      .filter(({ first, end }) => first < end);
  }

  timeOf({ entry }: Stretch, position: number): number {
    return entry.timeSeconds + (position - entry.sequence) * this.store.settings.intervalSeconds;
  }

  sequenceOf(position: number): number {
    return (this.firstSequence + position) >>> 0;
  }

  /** Loads a page; false when it is damaged. */
  load(stretch: Stretch, position: number): boolean {
    return this.pages.load(position, this.timeOf(stretch, position));
  }

  /** Takes the readings of the loaded page that are not known yet; those of another stretch have times of their own. */
  take(stretch: Stretch, position: number, into: Map<number, ImageReading>): void {
    const { readingBytes, windowReadings } = this.store.settings;
    const { batch, pages } = this;
    // The value that says "no reading": the lowest of all.
    const absent = -(2 ** (8 * Math.min(readingBytes, VALUE_BYTES) - 1));
    for (let age = 0; age < windowReadings && position - age >= stretch.entry.sequence; age += 1) {
      if (into.has(position - age)) continue;
      readReading(pages.block, age * readingBytes, { readingBytes, channels: 1 }, batch, 0);
      if (batch.values[0] === absent) continue;
      into.set(position - age, {
        storeId: this.store.storeId,
        sequence: this.sequenceOf(position - age),
        timeSeconds: this.timeOf(stretch, position - age),
        run: stretch.entry.run,
        status: batch.statuses[0]!,
        valid: batch.valids[0] === 1,
        values: [batch.values[0]!],
      });
    }
  }

  report(): PageReport[] {
    const reports: PageReport[] = [];
    for (const stretch of this.stretches()) {
      for (let position = stretch.first; position < stretch.end; position += 1) {
        const slot = position % this.ring.pages;
        const isWhole = this.load(stretch, position);
        const timeSeconds = this.timeOf(stretch, position);
        reports.push({
          slot,
          address: this.ring.pageAddress(slot),
          state: isWhole ? 'sealed' : 'damaged',
          run: stretch.entry.run,
          firstSequence: this.sequenceOf(position),
          firstTimeSeconds: timeSeconds,
          lastTimeSeconds: timeSeconds,
          readings: isWhole ? 1 : 0,
        });
      }
    }
    return reports;
  }
}

function slotsOf(pages: readonly PageReport[], count: number): SlotState[] {
  const slots = new Array<SlotState>(count).fill('free');
  for (const { slot, state } of pages) slots[slot] = state === 'damaged' ? 'damaged' : 'closed';
  return slots;
}
