import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding, type FindingCode } from '../meter/finding.js';
import { type Batch, createBatch } from '../meter/reading.js';
import { findRingEnds, lapIn, type RingEnds } from '../ring/findHead.js';
import { FIRST_LAP } from '../ring/lap.js';
import { PageIndex } from '../ring/pageIndex.js';
import { createEntry, type Entry, PageRing } from '../ring/pageRing.js';
import { readReading, writeReading } from '../window/rawBlock.js';
import { openPaperFormat, type PaperSettings } from './paperFormat.js';
import { PaperPages } from './paperPages.js';
import { StretchFinder } from './stretchFinder.js';

/** A stretch has at most so many pages, so that damage to its PVT entry stays local. */
const LONGEST_STRETCH = 32;
/** Bytes of a value in a reading: the rest of it is status, time and zeros. */
const VALUE_BYTES = 7;

/**
 * A meter's store in the layout that the paper describes (section 3.1, Figures 3 and 4): one block is one page and holds
 * the accumulated window Bk of the last n readings in raw coding, so each reading is stored n times. It is here to be
 * compared with; `MeterStore` keeps each reading once. One channel. Made by `mountPaperStore`.
 *
 * Every method that touches the medium may throw `medium-failed`; after a write that failed all throw `needs-mount`.
 */
export class PaperStore {
  readonly storeId: StoreId;
  readonly settings: PaperSettings;
  readonly findings: readonly Finding[] = [];
  private readonly firstSequence: number;
  private readonly ring: PageRing;
  private readonly index: PageIndex;
  private readonly pages: PaperPages;
  private readonly stretches: StretchFinder;
  /** The accumulated block, newest reading first. */
  private readonly window: Uint8Array;
  /** A reading in its bytes, on its way into the window. */
  private readonly reading: Uint8Array;
  private readonly row: Batch = createBatch(1);
  private readonly shape: { readonly readingBytes: number; readonly channels: number };
  /** The value that says "no reading": the lowest of all. */
  private readonly absent: number;
  private readonly longest: number;
  private readonly opening: Entry = createEntry();
  /** Slot of a PVT entry that is to be made invalid before it is written; -1: none. */
  private readonly damagedSlot: number;
  /** Position of the next page. */
  private next: number;
  /** Time and run of the newest page. */
  private newestSeconds: number;
  private newestRun: number;
  private failed = false;

  /** Mounts; writes nothing. */
  constructor(medium: Medium, superblock: Superblock, settings: PaperSettings) {
    this.storeId = superblock.storeId;
    this.settings = settings;
    this.firstSequence = superblock.firstSequence;
    this.ring = new PageRing(medium, superblock.geometry, storeSeed(superblock.storeId));
    this.pages = new PaperPages(medium, this.ring, settings.blockBytes);
    this.longest = Math.min(LONGEST_STRETCH, this.ring.pages >> 1);
    this.shape = { readingBytes: settings.readingBytes, channels: 1 };
    this.reading = new Uint8Array(settings.readingBytes);
    this.absent = -(2 ** (8 * Math.min(settings.readingBytes, VALUE_BYTES) - 1));
    this.window = new Uint8Array(settings.blockBytes);
    const ends = findRingEnds(this.ring);
    this.damagedSlot = ends.damagedSlot;
    if (ends.scanned) this.report('table-scanned', -1);
    if (ends.repairedSlot >= 0) this.report('lap-repaired', ends.repairedSlot);
    if (ends.damagedSlot >= 0) this.report('head-entry-damaged', ends.damagedSlot);
    this.index = new PageIndex(this.ring, ends, {
      rebuild: () => false,
      lost: (slot) => this.report('entry-damaged', slot),
    });
    this.next = this.findNext(ends);
    this.stretches = new StretchFinder(this.index, this.pages, settings.intervalSeconds, this.longest);
    if (ends.filled) this.stretches.open(ends.head, this.next - ends.head.sequence);
    // Where the newest page's entry is lost, the next page starts a run.
    this.newestSeconds = this.next === 0 ? 0 : 0xffff_ffff;
    this.newestRun = ends.head.run;
    this.resume();
  }

  get nextSequence(): number {
    return this.sequenceOf(this.next);
  }

  get oldestSequence(): number {
    return this.sequenceOf(this.oldest);
  }

  /** Pages that are stored: one a reading. */
  get count(): number {
    return this.next - this.oldest;
  }

  /**
   * Shifts the window by one reading and stores it as a new page; returns the reading's sequence. Errors: `value-range`,
   * `reading-range` (nothing is stored), `medium-failed`, `needs-mount`.
   */
  append(timeSeconds: number, value: number, status = 0): number {
    this.refuseWhenFailed();
    this.encode(timeSeconds, value, status);
    const { window, reading, stretches } = this;
    const position = this.next;
    this.failed = true;
    if (!stretches.goesOnAt(timeSeconds)) this.openStretch(timeSeconds);
    this.slide(reading);
    this.pages.write(position, timeSeconds, window);
    this.failed = false;
    stretches.grow();
    this.newestSeconds = timeSeconds;
    this.newestRun = this.index.head.run;
    this.next = position + 1;
    return this.sequenceOf(position);
  }

  /**
   * Reads the block that was newest at a time (in the newest run that covers it, else the nearest before): PVT, one page,
   * and its check. False when there is none, or it is damaged. Damaged readings in it are not valid.
   */
  find(timeSeconds: number, into: Batch): boolean {
    this.refuseWhenFailed();
    const { stretches } = this;
    const position = stretches.find(timeSeconds, this.oldest, this.next);
    if (position < 0) return false;
    if (!stretches.loaded && !this.pages.load(position, stretches.foundSeconds)) {
      this.report('page-damaged', position % this.pages.slots);
      return false;
    }
    this.decode(position, stretches.foundSeconds, into);
    into.run = stretches.foundRun;
    return true;
  }

  /** One page is kept free: the next one to be written. So nothing has to be made invalid before. */
  private get oldest(): number {
    return Math.max(0, this.next - this.pages.slots + 1);
  }

  private sequenceOf(position: number): number {
    return (this.firstSequence + position) >>> 0;
  }

  private report(code: FindingCode, slot: number): void {
    addFinding(this.findings as Finding[], code, slot);
  }

  private refuseWhenFailed(): void {
    if (this.failed) throw new LimfsError('needs-mount', 'an earlier write failed: mount again');
  }

  private encode(timeSeconds: number, value: number, status: number): void {
    if (!Number.isInteger(timeSeconds) || timeSeconds < 0 || timeSeconds > 0xffff_ffff) {
      throw new LimfsError('reading-range', `${timeSeconds} is no time in whole seconds`);
    }
    if (!Number.isInteger(status) || status < 0 || status > 0xff) {
      throw new LimfsError('reading-range', `${status} is no status byte`);
    }
    if (!Number.isSafeInteger(value) || value === this.absent) {
      throw new LimfsError('value-range', `${value} is no value of ${this.settings.readingBytes} bytes`);
    }
    const { row } = this;
    row.times[0] = timeSeconds;
    row.statuses[0] = status;
    row.valids[0] = 1;
    row.values[0] = value;
    writeReading(row, 0, this.shape, this.reading, 0);
  }

  /** The accumulated data shifts by one reading (the paper's section 3.1). */
  private slide(reading: Uint8Array): void {
    const { window, settings } = this;
    const { readingBytes, windowReadings } = settings;
    window.copyWithin(readingBytes, 0, (windowReadings - 1) * readingBytes);
    window.set(reading, 0);
  }

  /** Writes a PVT entry for the next page: it is not due at the newest stretch's next time, or that is long enough. */
  private openStretch(timeSeconds: number): void {
    const { ring, index, opening } = this;
    const first = index.count === 0;
    const { head } = index;
    // The power failed between an entry and its page: the page comes at another time now.
    const again = !first && head.sequence === this.next;
    opening.slot = first ? 0 : again ? head.slot : ring.slotAfter(head.slot);
    opening.lap = first ? FIRST_LAP : again ? head.lap : lapIn(opening.slot, head.lap);
    opening.timeSeconds = timeSeconds;
    opening.sequence = this.next;
    opening.run = (this.newestRun + (timeSeconds < this.newestSeconds ? 1 : 0)) & 0xff;
    const dropping = !again && index.mustDropOldest(opening.slot);
    if (dropping) index.dropOldest();
    if (dropping || again || opening.slot === this.damagedSlot) ring.invalidate(opening.slot);
    ring.commit(opening);
    index.add(opening);
    this.stretches.open(opening, 0);
  }

  /** Position of the next page: behind the last page of the newest stretch. */
  private findNext(ends: RingEnds): number {
    const { pages } = this;
    const from = ends.filled ? ends.head.sequence : 0;
    let low = from - 1;
    let high = from + this.longest;
    let behind = 'before';
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const state = pages.lapState(middle);
      if (state === 'stored') low = middle;
      else {
        high = middle;
        behind = state;
      }
    }
    return behind === 'before' && !ends.scanned ? high : this.findNextOneByOne(ends, from);
  }

  /** The slow way around damage: the page of an odd lap byte counts if it checks. */
  private findNextOneByOne(ends: RingEnds, from: number): number {
    const { pages } = this;
    let position = from;
    for (; position - from < pages.slots; position += 1) {
      const state = pages.lapState(position);
      if (state === 'before') break;
      if (state === 'stored') continue;
      const timeSeconds = ends.head.timeSeconds + (position - from) * this.settings.intervalSeconds;
      if (!pages.load(position, timeSeconds)) break;
      this.report('lap-repaired', position % pages.slots);
    }
    return position;
  }

  /** Takes up the window where the newest readable page left it. */
  private resume(): void {
    const { pages, stretches, settings, window, row } = this;
    const { readingBytes, windowReadings } = settings;
    row.values[0] = this.absent;
    row.valids[0] = 0;
    writeReading(row, 0, this.shape, this.reading, 0);
    for (let age = 0; age < windowReadings; age += 1) this.slide(this.reading);
    for (let age = 0; age < windowReadings && age < this.count; age += 1) {
      const position = this.next - 1 - age;
      const known = stretches.enter(position, this.next);
      if (known && age === 0) {
        this.newestSeconds = stretches.foundSeconds;
        this.newestRun = stretches.foundRun;
      }
      if (known && pages.load(position, stretches.foundSeconds)) {
        const kept = (windowReadings - age) * readingBytes;
        for (let at = 0; at < kept; at += 1) window[age * readingBytes + at] = pages.block[at]!;
        return;
      }
      this.report('page-damaged', position % pages.slots);
    }
  }

  private decode(position: number, timeSeconds: number, into: Batch): void {
    const { settings, shape, absent } = this;
    const { block } = this.pages;
    const { readingBytes, windowReadings, intervalSeconds } = settings;
    const { row } = this;
    let count = windowReadings;
    for (; count > 1; count -= 1) {
      readReading(block, (count - 1) * readingBytes, shape, row, 0);
      if (row.values[0] !== absent) break;
    }
    into.count = count;
    into.channels = 1;
    into.firstSequence = this.sequenceOf(position - count + 1);
    for (let age = 0; age < count; age += 1) {
      const place = count - 1 - age;
      into.times[place] = timeSeconds - age * intervalSeconds;
      readReading(block, age * readingBytes, shape, into, place);
      if (into.values[place] === absent) into.valids[place] = 0;
    }
  }
}

/**
 * Mounts a store in the paper's layout; bounded, and writes nothing. Errors: `blank`, `formatting`, `foreign`, `damaged`,
 * `version`, `role`.
 */
export function mountPaperStore(medium: Medium): PaperStore {
  const { superblock, settings } = openPaperFormat(medium);
  return new PaperStore(medium, superblock, settings);
}
