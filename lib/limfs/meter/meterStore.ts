import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import { isRefusal, LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import type { Natives } from '../natives.js';
import { findRingEnds } from '../ring/findHead.js';
import { PageIndex } from '../ring/pageIndex.js';
import { PageRing } from '../ring/pageRing.js';
import { type Channel, checkChannels, sameChannels } from './channels.js';
import { Clock } from './clock.js';
import { Configuration } from './configuration.js';
import { EntryRebuilder } from './entryRebuilder.js';
import { addFinding, type Finding } from './finding.js';
import { OpenPage } from './openPage.js';
import { PageReader } from './pageReader.js';
import { PageTimeline } from './pageTimeline.js';
import { checkInterval, checkPageBytes, checkReading } from './parameters.js';
import { createPlainAppender, type PlainAppender } from './plainAppender.js';
import { Queries } from './queries.js';
import type { Batch, Reading } from './reading.js';
import type { ReadingStore } from './readingStore.js';

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
  private readonly open: OpenPage;
  private readonly queries: Queries;
  private readonly index: PageIndex;
  private readonly timeline: PageTimeline;
  private readonly clock: Clock;
  readonly storeId: StoreId;
  /** What is wrong with the store, found by mount and by later reads; empty when all is well. */
  readonly findings: readonly Finding[];
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly seedSum: number;

  /** Mounts; writes nothing. `superblock` comes from `identify`. */
  constructor(medium: Medium, superblock: Superblock, natives: Natives) {
    const { fold } = natives;
    const { geometry, storeId, firstSequence } = superblock;
    const findings: Finding[] = [];
    this.medium = medium;
    this.fold = fold;
    this.storeId = storeId;
    this.findings = findings;
    this.seedSum = storeSeed(storeId);
    const ring = new PageRing(medium, geometry, this.seedSum);
    const ends = findRingEnds(ring);
    const reader = new PageReader(medium, geometry.pageBytes, fold, natives.unpackPlain);
    this.index = new PageIndex(ring, ends, new EntryRebuilder(ring, reader, findings));
    this.clock = new Clock(medium, this.seedSum, fold);
    this.open = new OpenPage(medium, this.index, ends.damagedSlot, reader);
    if (ends.scanned) addFinding(findings, 'table-scanned', -1);
    if (ends.repairedSlot >= 0) addFinding(findings, 'lap-repaired', ends.repairedSlot);
    let next = ends.filled ? this.open.mount(this.clock, findings) : firstSequence;
    if (!ends.filled || this.open.damaged) this.open.configure(this.configuration());
    if (ends.damagedSlot >= 0) {
      addFinding(findings, 'head-entry-damaged', ends.damagedSlot);
      next = this.open.jumpFrom(next);
    }
    this.appender = createPlainAppender(medium, this.open.writer, this.index.head, next, {
      append: (timeSeconds, values, status, full) => this.store(timeSeconds, values, status, true, full),
      newest: (into) => this.newestInTheLongWay(into),
    });
    // Own properties that are closures: XS finds and calls them faster than methods, and these two run all the time.
    this.append = this.appender.append;
    this.newest = this.appender.newest;
    this.timeline = new PageTimeline(this.index, reader, this.open, this.appender.next, findings);
    this.queries = new Queries(this.timeline);
  }

  get nextSequence(): number {
    return this.appender.next();
  }

  /** Sequence of the oldest reading; `nextSequence` when there is none. May read one PVT entry. */
  get oldestSequence(): number {
    return this.index.count === 0 ? this.nextSequence : this.index.oldestEntry().sequence;
  }

  get count(): number {
    return (this.nextSequence - this.oldestSequence) >>> 0;
  }

  get intervalSeconds(): number {
    return this.open.intervalSeconds;
  }

  get channelCount(): number {
    return this.open.channels;
  }

  /** The channel list of a revision (a page's, or by default the newest); reads its record. Empty: not kept any more. */
  channels(revision = -1): Channel[] {
    const configuration = this.configuration();
    return configuration.list(revision < 0 ? configuration.newestRevision() : revision);
  }

  /** Stores a hole: a due reading that could not be taken. It takes a sequence, so it is never mistaken for a gap. */
  appendHole(timeSeconds: number, status: number): number {
    return this.store(timeSeconds, this.open.writer.state.values, status, false, false);
  }

  startRun(): void {
    this.appender.release();
    this.open.wantRun();
  }

  setInterval(intervalSeconds: number): void {
    this.appender.refuseWhenFailed();
    checkInterval(intervalSeconds);
    if (intervalSeconds === this.open.intervalSeconds) return;
    this.guarded(() => this.configuration().setInterval(intervalSeconds));
    this.appender.release();
    this.open.wantInterval(intervalSeconds);
  }

  reviseChannels(channels: readonly Channel[]): void {
    this.appender.refuseWhenFailed();
    checkChannels(channels);
    checkPageBytes(this.index.ring.geometry.pageBytes, channels.length);
    const configuration = this.configuration();
    let revision = configuration.newestRevision();
    if (!sameChannels(configuration.list(revision), channels)) {
      const oldest = this.oldestRevision(revision);
      revision = this.guarded(() => configuration.add(channels, oldest));
    }
    if (revision === this.open.revision) return;
    this.appender.release();
    this.open.wantChannels(revision, channels.length);
  }

  /** Reads a PVT entry or two and one page, which is checked. */
  find(timeSeconds: number, into: Reading): boolean {
    this.appender.refuseWhenFailed();
    return this.queries.find(timeSeconds, into);
  }

  /**
   * Reads consecutive readings from `firstSequence` on into `batch`, at most to the end of a page; returns their
   * number, 0 behind the newest. Where readings are gone (overwritten, damaged) it goes on with the next that is
   * there: then `batch.firstSequence` is later than asked.
   */
  read(firstSequence: number, batch: Batch): number {
    this.appender.refuseWhenFailed();
    return this.queries.read(firstSequence, batch);
  }

  /** The reading is the same object each time, and `visit` must not use the store. Returns their number. */
  range(fromSeconds: number, toSeconds: number, visit: (reading: Reading) => void): number {
    this.appender.refuseWhenFailed();
    return this.queries.range(fromSeconds, toSeconds, visit);
  }

  /** Keeps the current time across a reset, and a checksum of the open page with it. */
  checkpoint(timeSeconds: number): void {
    this.appender.refuseWhenFailed();
    const { open, index } = this;
    const check = index.count === 0 ? 0 : this.appender.check();
    // After a jump the checksum still covers no more than the readings that are there; a lost page stays lost.
    const covered = (index.head.sequence + open.writer.state.count) >>> 0;
    const nextSequence = open.jumped && !open.damaged ? covered : this.nextSequence;
    this.guarded(() => this.clock.store({ timeSeconds, nextSequence, check }));
  }

  lastCheckpointSeconds(): number {
    const record = { timeSeconds: 0, nextSequence: 0, check: 0 };
    return this.clock.load(record) ? record.timeSeconds : 0;
  }

  /** Nothing: FRAM needs no work ahead. */
  idle(): boolean {
    return false;
  }

  /**
   * Stores any reading; `full` when it is known that the open page has no room for it. Until `count` says that it is
   * durable the appender refuses everything: what a failed write leaves, without the 900 instructions of a try block.
   */
  private store(
    timeSeconds: number,
    values: ArrayLike<number>,
    status: number,
    valid: boolean,
    full: boolean,
  ): number {
    const { appender, open } = this;
    appender.refuseWhenFailed();
    checkReading(timeSeconds, values, status, valid ? open.channels : 0);
    appender.begin();
    if (full || open.pageWanted || !open.writer.append(timeSeconds, values, status, valid)) {
      open.change(appender.next(), timeSeconds, values, status, valid);
    }
    return appender.count();
  }

  private newestInTheLongWay(into: Reading): boolean {
    this.appender.refuseWhenFailed();
    const { index, open } = this;
    if (open.jumped) return this.queries.lastBefore(index.count, into);
    if (index.count === 0) return false;
    into.sequence = (this.nextSequence - 1) >>> 0;
    into.run = index.head.run;
    open.writer.state.deliver(into);
    return true;
  }

  /** Revision of the oldest page, or the newest one when that page cannot be read. */
  private oldestRevision(newest: number): number {
    const { index, timeline } = this;
    if (index.count === 0) return newest;
    index.oldestEntry();
    const reader = index.entryAt(0) ? timeline.enter() : null;
    return reader === null ? newest : reader.state.revision;
  }

  private configuration(): Configuration {
    const configuration = new Configuration(this.medium, this.seedSum, this.fold);
    if (!configuration.load())
      throw new LimfsError('damaged', 'both copies of the configuration are damaged');
    return configuration;
  }

  /** Runs a write of a small record; a failure, behind which no reading is counted, makes the store refuse everything until it is mounted again. */
  private guarded<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (!isRefusal(error)) this.appender.begin();
      throw error;
    }
  }
}
