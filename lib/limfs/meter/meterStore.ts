import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import type { Natives } from '../natives.js';
import { findRingEnds, lapIn } from '../ring/findHead.js';
import { FIRST_LAP } from '../ring/lap.js';
import { Key, PageIndex } from '../ring/pageIndex.js';
import { copyEntry, createEntry, type Entry, PageRing } from '../ring/pageRing.js';
import { type Channel, checkChannels, sameChannels } from './channels.js';
import { Clock } from './clock.js';
import { MAXIMUM_INTERVAL_SECONDS } from './code.js';
import { Configuration } from './configuration.js';
import { addFinding, type Finding, type FindingCode } from './finding.js';
import { PageReader } from './pageReader.js';
import { PageState } from './pageState.js';
import { minimumPageBytes, PageWriter, SEAL_BYTES } from './pageWriter.js';
import { createPlainAppender, type PlainAppender } from './plainAppender.js';
import { type Batch, createReading, type Reading } from './reading.js';
import type { ReadingStore } from './readingStore.js';
import { RunFinder } from './runFinder.js';

/**
 * A meter's store: readings packed into a ring of pages, each durable when `append` returns (the paper's section 3.1,
 * with each reading kept once; windows are made on demand). Made by `mountMeterStore`.
 *
 * Every method that touches the medium may throw `medium-failed`; after a write that failed all throw `needs-mount`.
 */
export class MeterStore implements ReadingStore {
  /**
   * Stores a reading and returns its sequence; durable when it returns. `values` holds one integer within +-(2^53 - 1)
   * a channel. One transfer, or four when a page is full; reads nothing.
   * Errors: `value-range`, `reading-range` (nothing is stored), `medium-failed`, `needs-mount`.
   */
  readonly append: (timeSeconds: number, values: ArrayLike<number>, status?: number) => number;
  /** The newest reading; false when there is none. Touches the medium only before the first append after damage. */
  readonly newest: (into: Reading) => boolean;
  private readonly appender: PlainAppender;
  /** Whether the next reading must start a page, and whether that page starts a run. */
  private pageWanted = true;
  private runWanted = false;
  readonly storeId: StoreId;
  /** What is wrong with the store, found by mount and by later reads; empty when all is well. */
  readonly findings: readonly Finding[] = [];
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly seedSum: number;
  private readonly index: PageIndex;
  private readonly reader: PageReader;
  private readonly writer: PageWriter;
  private readonly runs: RunFinder;
  private readonly clock: Clock;
  private readonly opening: Entry = createEntry();
  /** Slot of a damaged page behind the head, which the next page leaves alone; -1: none. */
  private damagedSlot: number;
  private openPageDamaged = false;
  /** Where the stream of the open page ends before bits that make no sense; -1: nothing is torn. */
  private tornAtBit = -1;
  /** Whether sequences were left out behind the newest reading, because damaged pages may have used them. */
  private jumped = false;
  /** The page in the reader's buffer (slot -1: none) and how far it went if it was the open one. */
  private readonly loaded: Entry = createEntry();
  private loadedBits = 0;
  /** What the next page is to have instead of the open one's. */
  private wantedInterval = 0;
  private wantedRevision = -1;
  private wantedChannels = 0;

  /** Mounts; writes nothing. `superblock` comes from `identify`. */
  constructor(medium: Medium, superblock: Superblock, natives: Natives) {
    const { fold } = natives;
    const { geometry, storeId } = superblock;
    this.medium = medium;
    this.fold = fold;
    this.storeId = storeId;
    this.seedSum = storeSeed(storeId);
    const ring = new PageRing(medium, geometry, this.seedSum);
    const ends = findRingEnds(ring);
    this.damagedSlot = ends.damagedSlot;
    this.index = new PageIndex(ring, ends, {
      rebuild: (before, slot, into) => this.rebuildEntry(before, slot, into),
      lost: (slot) => this.report('entry-damaged', slot),
    });
    this.reader = new PageReader(medium, geometry.pageBytes, fold, natives.unpackPlain);
    this.runs = new RunFinder(this.index, () => this.enter(0));
    this.clock = new Clock(medium, this.seedSum, fold);
    this.loaded.slot = -1;
    let next = superblock.firstSequence;
    if (ends.scanned) this.report('table-scanned', -1);
    if (ends.repairedSlot >= 0) this.report('lap-repaired', ends.repairedSlot);
    if (ends.filled) next = this.mountOpenPage();
    this.writer = new PageWriter(medium, geometry.pageBytes, this.reader.state, ring.short);
    this.writer.topAddress = ring.topAddress(this.index.head.slot);
    this.reader.state = new PageState();
    if (!ends.filled || this.openPageDamaged) this.startFromConfiguration();
    if (ends.damagedSlot >= 0) {
      this.report('head-entry-damaged', ends.damagedSlot);
      next = this.jumpFrom(next);
    }
    this.appender = createPlainAppender(medium, this.writer, this.index.head, next, {
      append: (timeSeconds, values, status, full) => this.store(timeSeconds, values, status, true, full),
      newest: (into) => this.newestInTheLongWay(into),
    });
    // Own properties that are closures: XS finds and calls them faster than methods, and these two run all the time.
    this.append = this.appender.append;
    this.newest = this.appender.newest;
  }

  /** Sequence of the next reading. */
  get nextSequence(): number {
    return this.appender.next();
  }

  /** Sequence of the oldest reading; `nextSequence` when there is none. May read one PVT entry. */
  get oldestSequence(): number {
    return this.index.count === 0 ? this.nextSequence : this.index.oldestEntry().sequence;
  }

  /** Readings between oldest and next; damaged pages count. */
  get count(): number {
    return (this.nextSequence - this.oldestSequence) >>> 0;
  }

  get intervalSeconds(): number {
    return this.wantedInterval === 0 ? this.writer.state.intervalSeconds : this.wantedInterval;
  }

  /** Values of each reading from the next one on. */
  get channelCount(): number {
    return this.wantedRevision < 0 ? this.writer.state.channels : this.wantedChannels;
  }

  /** The channel list of a revision (a page's, or by default the newest); reads its record. Empty: not kept any more. */
  channels(revision = -1): Channel[] {
    const configuration = this.configuration();
    return configuration.list(revision < 0 ? configuration.newestRevision() : revision);
  }

  /** Stores a hole: a due reading that could not be taken. It takes a sequence, so it is never mistaken for a gap. */
  appendHole(timeSeconds: number, status: number): number {
    return this.store(timeSeconds, this.writer.state.values, status, false, false);
  }

  /** The next reading starts a run: the clock was stepped, or the meter exchanged. */
  startRun(): void {
    this.appender.release();
    this.pageWanted = true;
    this.runWanted = true;
  }

  /** From the next reading on the interval is another one; starts a run. Errors: `parameter-range`. */
  setInterval(intervalSeconds: number): void {
    this.refuseWhenFailed();
    checkInterval(intervalSeconds);
    if (intervalSeconds === this.intervalSeconds) return;
    this.guarded(() => this.configuration().setInterval(intervalSeconds));
    this.wantedInterval = intervalSeconds;
    this.startRun();
  }

  /** From the next reading on there is another channel list; starts a run. Errors: `parameter-range`, `channel-lists-full`. */
  reviseChannels(channels: readonly Channel[]): void {
    this.refuseWhenFailed();
    checkChannels(channels);
    checkPageBytes(this.index.ring.geometry.pageBytes, channels.length);
    const configuration = this.configuration();
    let revision = configuration.newestRevision();
    if (!sameChannels(configuration.list(revision), channels)) {
      const oldest = this.oldestRevision(revision);
      revision = this.guarded(() => configuration.add(channels, oldest));
    }
    if (revision === this.writer.state.revision && this.wantedRevision < 0) return;
    this.wantedRevision = revision;
    this.wantedChannels = channels.length;
    this.startRun();
  }

  /**
   * The newest reading with a time of at most `timeSeconds` in the newest run that covers it, else the nearest before;
   * false when there is none. Reads a PVT entry or two and one page, which is checked.
   */
  find(timeSeconds: number, into: Reading): boolean {
    this.refuseWhenFailed();
    if (this.index.count === 0) return false;
    const position = this.runs.find(timeSeconds);
    if (position < 0) return false;
    const reader = this.enter(0);
    if (reader === null) return this.lastWholeBefore(position, into);
    reader.advance(undefined, timeSeconds);
    if (reader.state.timeSeconds > timeSeconds) {
      // An exceptional reading has to be unpacked before its time is known: go back to the one before it.
      const count = reader.state.count - 1;
      reader.start(this.loaded.timeSeconds);
      reader.advance(count);
    }
    this.deliver(into);
    return true;
  }

  /**
   * Reads consecutive readings from `firstSequence` on into `batch`, at most to the end of a page; returns their
   * number, 0 behind the newest. Where readings are gone (overwritten, damaged) it goes on with the next that is
   * there: then `batch.firstSequence` is later than asked.
   */
  read(firstSequence: number, batch: Batch): number {
    batch.count = 0;
    this.readOn(firstSequence, batch);
    return batch.count;
  }

  /**
   * Reads the newest readings, at most `readings` and what `batch` takes, oldest first: the accumulated data of an
   * ADSS block (the paper's section 3.1). Behind damage or another channel list only the later ones; returns their number.
   */
  window(readings: number, batch: Batch): number {
    batch.count = 0;
    const wanted = Math.min(readings, batch.capacity, this.count);
    let from = (this.nextSequence - wanted) >>> 0;
    while (((from - this.nextSequence) | 0) < 0 && this.readOn(from, batch)) {
      from = (batch.firstSequence + batch.count) >>> 0;
    }
    return batch.count;
  }

  /**
   * Calls `visit` with each reading of [fromSeconds, toSeconds), run after run in sequence order; returns their number.
   * The reading is the same object each time, and `visit` must not use the store.
   */
  range(fromSeconds: number, toSeconds: number, visit: (reading: Reading) => void): number {
    this.refuseWhenFailed();
    const reading = createReading();
    let visited = 0;
    if (this.index.count > 0) this.index.oldestEntry();
    for (let start = 0; start < this.index.count; ) {
      const end = this.runs.endOfRun(start);
      const found = this.index.search(Key.time, fromSeconds - 1, start, end);
      // The search has left the entry that it found, so it need not be read again.
      let known = found >= 0;
      for (let position = Math.max(start, found); position <= end; position += 1) {
        if (!known && !this.index.entryAt(position)) continue;
        known = false;
        if (this.index.entry.timeSeconds >= toSeconds) break;
        visited += this.visitPage(fromSeconds, toSeconds, reading, visit);
        // A later reading in the page itself tells that the next page need not be looked at.
        if (this.loaded.slot === this.index.entry.slot && this.reader.state.timeSeconds >= toSeconds) break;
      }
      start = end + 1;
    }
    return visited;
  }

  /** Keeps the current time across a reset, and a checksum of the open page with it; meant for once a minute. */
  checkpoint(timeSeconds: number): void {
    this.refuseWhenFailed();
    const check = this.index.count === 0 ? 0 : this.appender.check();
    // After a jump the checksum still covers no more than the readings that are there; a lost page stays lost.
    const covered = (this.index.head.sequence + this.writer.state.count) >>> 0;
    const nextSequence = this.jumped && !this.openPageDamaged ? covered : this.nextSequence;
    this.guarded(() => this.clock.store({ timeSeconds, nextSequence, check }));
  }

  /** Time of the last `checkpoint`; 0 when there was none. */
  lastCheckpointSeconds(): number {
    const record = { timeSeconds: 0, nextSequence: 0, check: 0 };
    return this.clock.load(record) ? record.timeSeconds : 0;
  }

  /** Nothing: FRAM needs no work ahead. */
  idle(): boolean {
    return false;
  }

  /** Stores any reading; `full` when it is known that the open page has no room for it. */
  private store(
    timeSeconds: number,
    values: ArrayLike<number>,
    status: number,
    valid: boolean,
    full: boolean,
  ): number {
    const { appender } = this;
    appender.refuseWhenFailed();
    appender.release();
    try {
      if (full || this.pageWanted || !this.writer.append(timeSeconds, values, status, valid)) {
        this.openPage(timeSeconds, values, status, valid);
      }
    } catch (error) {
      if (!isRefusal(error)) appender.fail();
      throw error;
    }
    return appender.count();
  }

  private newestInTheLongWay(into: Reading): boolean {
    this.refuseWhenFailed();
    const { index, writer } = this;
    if (this.jumped) return this.lastWholeBefore(index.count, into);
    if (index.count === 0) return false;
    const { state } = writer;
    into.sequence = (this.nextSequence - 1) >>> 0;
    into.timeSeconds = state.timeSeconds;
    into.status = state.lastStatus;
    into.valid = state.lastValid;
    into.run = index.head.run;
    for (let channel = 0; channel < state.channels; channel += 1)
      into.values[channel] = state.values[channel]!;
    return true;
  }

  /**
   * Opens the next page with its first reading: seals the open one, makes the oldest entry invalid before its page is
   * overwritten, writes the new page, and commits it by its entry. A cut anywhere leaves all earlier readings as they were.
   */
  private openPage(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): void {
    const { index, writer, opening } = this;
    const { ring, head } = index;
    writer.checkReading(timeSeconds, values, status, valid, this.channelCount);
    const first = index.count === 0;
    const newRun = this.runWanted || timeSeconds < writer.state.timeSeconds;
    if (this.tornAtBit >= 0) writer.writeEnd();
    if (!first && !this.openPageDamaged) writer.seal();
    const before = this.damagedSlot >= 0 ? this.damagedSlot : head.slot;
    const lapBefore = first ? FIRST_LAP : lapIn(before, head.lap);
    opening.slot = first && this.damagedSlot < 0 ? 0 : ring.slotAfter(before);
    opening.lap = first
      ? FIRST_LAP
      : before === head.slot
        ? lapIn(opening.slot, head.lap)
        : lapIn(opening.slot, lapBefore);
    opening.timeSeconds = timeSeconds;
    opening.sequence = this.nextSequence;
    opening.run = first ? 0 : (head.run + (newRun ? 1 : 0)) & 0xff;
    if (index.mustDropOldest(opening.slot)) {
      index.dropOldest();
      ring.invalidate(opening.slot);
    }
    if (this.loaded.slot === opening.slot) this.loaded.slot = -1;
    this.reconfigure();
    writer.open(ring.topAddress(opening.slot), ring.pageSeed(opening), timeSeconds, values, status, valid);
    ring.commit(opening);
    index.add(opening);
    this.pageWanted = false;
    this.runWanted = false;
    this.openPageDamaged = false;
    this.tornAtBit = -1;
    this.jumped = false;
    this.damagedSlot = -1;
  }

  /** Takes over the interval and the channel list that are to hold from the next page on. */
  private reconfigure(): void {
    const state = this.writer.state;
    if (this.wantedInterval !== 0) state.intervalSeconds = this.wantedInterval;
    if (this.wantedRevision >= 0) {
      state.forget();
      state.revision = this.wantedRevision;
      state.channels = this.wantedChannels;
    }
    this.wantedInterval = 0;
    this.wantedRevision = -1;
  }

  /** Unpacks the open page to its end, checking it against the clock record on the way; returns the next sequence. */
  private mountOpenPage(): number {
    const { reader, index } = this;
    const head = index.head;
    const sum = index.ring.pageSeed(head);
    const record = { timeSeconds: 0, nextSequence: 0, check: 0 };
    const covered = this.clock.load(record) ? (record.nextSequence - head.sequence) | 0 : 0;
    reader.load(index.ring.pageAddress(head.slot));
    reader.start(head.timeSeconds);
    let whole = true;
    if (covered > 0) {
      reader.advance(covered);
      reader.finish(sum);
      whole = reader.state.count === covered && reader.state.check() === record.check;
    }
    reader.advance();
    const torn = whole && reader.damaged && reader.state.count > 0;
    if (torn) this.endBeforeTornBits();
    reader.finish(sum);
    this.pageWanted = this.damagedSlot >= 0;
    if (torn || !whole || reader.damaged) {
      this.report(torn ? 'open-page-torn' : 'open-page-damaged', head.slot);
      this.openPageDamaged = !torn;
      this.pageWanted = true;
      return this.jumpFrom(head.sequence);
    }
    return (head.sequence + reader.state.count) >>> 0;
  }

  /**
   * Keeps the readings before the place where the stream stops making sense: when a brown-out has left the committing
   * byte half-written, everything that was acknowledged lies before it.
   */
  private endBeforeTornBits(): void {
    const { reader, index } = this;
    const whole = reader.state.count;
    reader.start(index.head.timeSeconds);
    reader.advance(whole);
    if (!reader.hasRoom()) {
      // Bits that make sense up to the foot leave no room for END: so their last reading is none.
      reader.start(index.head.timeSeconds);
      reader.advance(whole - 1);
    }
    this.tornAtBit = reader.streamBits;
    reader.endAt(this.tornAtBit);
  }

  /** Interval and channels come from the configuration where no page tells them, or a damaged one might tell wrong ones. */
  private startFromConfiguration(): void {
    const configuration = this.configuration();
    const state = this.writer.state;
    state.forget();
    state.revision = configuration.newestRevision();
    state.channels = configuration.list(state.revision).length;
    state.intervalSeconds = configuration.intervalSeconds;
    state.timeSeconds = this.index.head.timeSeconds;
  }

  /** The sequence behind any that a damaged page can have used: a reading has at least one bit. */
  private jumpFrom(sequence: number): number {
    this.jumped = true;
    return (sequence + 2 * 8 * (this.index.ring.geometry.pageBytes - SEAL_BYTES)) >>> 0;
  }

  /** Loads, checks and starts the page of `index.entry`, unless it is loaded and still before reading `from`. */
  private enter(from: number): PageReader | null {
    const { reader, index, loaded } = this;
    const entry = index.entry;
    const open = entry.slot === index.head.slot;
    if (open && this.openPageDamaged) return null;
    if (!this.isLoaded(entry)) {
      loaded.slot = -1;
      reader.load(index.ring.pageAddress(entry.slot));
      if (!open && !reader.verify(index.ring.pageSeed(entry))) {
        this.report('page-damaged', entry.slot);
        return null;
      }
      if (open && this.tornAtBit >= 0) reader.endAt(this.tornAtBit);
      copyEntry(entry, loaded);
      this.loadedBits = open ? this.appender.streamBits() : -1;
      reader.start(entry.timeSeconds);
    } else if (reader.state.count > from) reader.start(entry.timeSeconds);
    return reader;
  }

  private isLoaded(entry: Entry): boolean {
    const { loaded } = this;
    if (entry.slot !== loaded.slot || entry.lap !== loaded.lap) return false;
    return (
      this.loadedBits < 0 ||
      (entry.slot === this.index.head.slot && this.loadedBits === this.appender.streamBits())
    );
  }

  /** Position of the page in which sequential reading goes on, or -1 when `firstSequence` is elsewhere. */
  private positionToResume(firstSequence: number): number {
    const { loaded, reader } = this;
    if (loaded.slot < 0 || !this.isLoaded(loaded)) return -1;
    if ((firstSequence - loaded.sequence) >>> 0 !== reader.state.count) return -1;
    const position = this.index.positionOf(loaded.slot);
    return reader.reachedEnd() ? position + 1 : position;
  }

  /** Adds the readings of one page to a batch, from `firstSequence` on or from the next that is there; false: none. */
  private readOn(firstSequence: number, batch: Batch): boolean {
    this.refuseWhenFailed();
    if (this.index.count === 0 || ((firstSequence - this.nextSequence) | 0) >= 0) return false;
    let position = this.positionToResume(firstSequence);
    if (position < 0) {
      const oldest = this.index.oldestEntry().sequence;
      const offset = ((firstSequence - oldest) | 0) < 0 ? 0 : (firstSequence - oldest) >>> 0;
      position = Math.max(0, this.index.search(Key.sequence, offset, 0, this.index.count - 1));
    }
    for (; position < this.index.count; position += 1) {
      if (this.index.entryAt(position) && this.readPage(firstSequence, batch)) return true;
    }
    return false;
  }

  private readPage(firstSequence: number, batch: Batch): boolean {
    const from = Math.max(0, (firstSequence - this.index.entry.sequence) | 0);
    const reader = this.enter(from);
    if (reader === null) return false;
    reader.advance(from);
    if (reader.state.count < from || reader.reachedEnd()) return false;
    const sequence = (this.loaded.sequence + from) >>> 0;
    const follows =
      sequence === (batch.firstSequence + batch.count) >>> 0 && reader.state.channels === batch.channels;
    if (!follows) batch.count = 0;
    if (batch.count === 0) {
      batch.firstSequence = sequence;
      batch.channels = reader.state.channels;
      batch.run = this.loaded.run;
    }
    reader.advance(undefined, undefined, batch);
    return batch.count > 0;
  }

  private visitPage(from: number, to: number, reading: Reading, visit: (reading: Reading) => void): number {
    const reader = this.enter(0);
    if (reader === null) return 0;
    const state = reader.state;
    let visited = 0;
    reader.advance(undefined, from - 1);
    if (state.count === 0 || state.timeSeconds < from) reader.advance(state.count + 1);
    let before = -1;
    while (state.count > before && state.timeSeconds < to) {
      if (state.count > 0 && state.timeSeconds >= from) {
        this.deliver(reading);
        visit(reading);
        visited += 1;
      }
      before = state.count;
      reader.advance(before + 1);
    }
    return visited;
  }

  /** Stores the reading that the reader stands at. */
  private deliver(into: Reading): void {
    const state = this.reader.state;
    into.sequence = (this.loaded.sequence + state.count - 1) >>> 0;
    into.timeSeconds = state.timeSeconds;
    into.status = state.lastStatus;
    into.valid = state.lastValid;
    into.run = this.loaded.run;
    for (let channel = 0; channel < state.channels; channel += 1)
      into.values[channel] = state.values[channel]!;
  }

  /** The last reading of the newest whole page before a position. */
  private lastWholeBefore(position: number, into: Reading): boolean {
    for (let before = position - 1; before >= 0; before -= 1) {
      if (!this.index.entryAt(before)) continue;
      const reader = this.enter(0);
      if (reader === null) continue;
      reader.advance();
      this.deliver(into);
      return true;
    }
    return false;
  }

  private oldestRevision(newest: number): number {
    if (this.index.count === 0) return newest;
    this.index.oldestEntry();
    return this.index.entryAt(0) && this.enter(0) !== null ? this.reader.state.revision : newest;
  }

  /** Rebuilds a damaged entry: the page's checksum, seeded by its place, sequence and time, proves the guess. */
  private rebuildEntry(before: Entry, slot: number, into: Entry): boolean {
    const { reader, index } = this;
    const ring = index.ring;
    const { timeSeconds, sequence, run } = into;
    this.loaded.slot = -1;
    reader.load(ring.pageAddress(before.slot));
    if (!reader.verify(ring.pageSeed(before))) return false;
    reader.start(before.timeSeconds);
    reader.advance();
    const nextSequence = (before.sequence + reader.state.count) >>> 0;
    const nextTime = reader.state.timeSeconds + reader.state.intervalSeconds;
    reader.load(ring.pageAddress(slot));
    into.slot = slot;
    into.lap = lapIn(slot, before.lap);
    into.run = run === ((before.run + 1) & 0xff) ? run : before.run;
    for (let guess = 0; guess < 4; guess += 1) {
      into.timeSeconds = (guess & 1) === 0 ? nextTime : timeSeconds;
      into.sequence = (guess & 2) === 0 ? nextSequence : sequence;
      if (reader.verify(ring.pageSeed(into))) {
        this.report('entry-rebuilt', slot);
        return true;
      }
    }
    return false;
  }

  private configuration(): Configuration {
    const configuration = new Configuration(this.medium, this.seedSum, this.fold);
    if (!configuration.load())
      throw new LimfsError('damaged', 'both copies of the configuration are damaged');
    return configuration;
  }

  private report(code: FindingCode, slot: number): void {
    addFinding(this.findings as Finding[], code, slot);
  }

  private refuseWhenFailed(): void {
    this.appender.refuseWhenFailed();
  }

  /** Runs a write of a small record; a failure makes the store refuse everything until it is mounted again. */
  private guarded<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (!isRefusal(error)) this.appender.fail();
      throw error;
    }
  }
}

/** Whether an error refused the input before anything was written. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof LimfsError)) return false;
  return (
    error.code === 'value-range' || error.code === 'reading-range' || error.code === 'channel-lists-full'
  );
}

/** Errors: `parameter-range`. */
export function checkInterval(intervalSeconds: number): void {
  if (
    Number.isInteger(intervalSeconds) &&
    intervalSeconds >= 1 &&
    intervalSeconds <= MAXIMUM_INTERVAL_SECONDS
  )
    return;
  throw new LimfsError(
    'parameter-range',
    `an interval is 1 to ${MAXIMUM_INTERVAL_SECONDS} seconds, not ${intervalSeconds}`,
  );
}

/** Errors: `parameter-range`. */
export function checkPageBytes(pageBytes: number, channels: number): void {
  const least = minimumPageBytes(channels);
  if (Number.isInteger(pageBytes) && pageBytes >= least && pageBytes % 2 === 0) return;
  throw new LimfsError(
    'parameter-range',
    `a page for ${channels} channels has an even number of bytes from ${least} on, not ${pageBytes}`,
  );
}
