import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import { assert, LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding, type FindingCode } from '../meter/finding.js';
import { RunFinder } from '../meter/runFinder.js';
import { findRingEnds, lapIn, type RingEnds } from '../ring/findHead.js';
import { FIRST_LAP, previousLap } from '../ring/lap.js';
import { Key, PageIndex } from '../ring/pageIndex.js';
import { createEntry, type Entry, PageRing } from '../ring/pageRing.js';
import { Acknowledgements } from './acknowledgements.js';
import { DataRing } from './dataRing.js';
import {
  type Arrival,
  checkArrival,
  DEVICE_HEADER_BYTES,
  Field,
  HEAD_BYTES,
  MAXIMUM_BODY_BYTES,
  type Report,
  type ReportName,
  reportBytes,
} from './report.js';
import { ReportReader } from './reportReader.js';
import { ReportWriter } from './reportWriter.js';

/**
 * What became of a report: `duplicate` was there already, byte for byte, and is not stored again; `conflict` is stored,
 * and beside it the ring holds the same page of the same local manager with other content.
 */
export type Outcome = 'stored' | 'duplicate' | 'conflict';

/**
 * A concentrator's store (the paper's section 3.3): reports of local managers, with the headers of the devices they
 * passed, kept until the server has acknowledged them. A page is one report of any length; its PVT entry names its
 * time and where it begins. Nothing that is not acknowledged is ever overwritten: a full ring refuses.
 *
 * Every call that writes throws `needs-mount` after one that failed half-way.
 */
export class ReportRing {
  readonly storeId: StoreId;
  /** What mount and later reads found wrong; a slot names an unacknowledged report that is damaged. */
  readonly findings: readonly Finding[] = [];
  private readonly index: PageIndex;
  private readonly runs: RunFinder;
  private readonly data: DataRing;
  private readonly acknowledgements: Acknowledgements;
  private readonly reader: ReportReader;
  private readonly writer: ReportWriter;
  /** A hash of store id and page counter of the report in each slot, 0: none. */
  private readonly digests: Uint16Array;
  /** Slot of the oldest report that is not acknowledged, -1: none; and where it begins, -1: unknown. */
  private tail = -1;
  private floor = 0;
  /** Where the next report begins. */
  private end: number;
  private waiting = 0;
  /** Bytes behind `end` that a report under way, or given up, has overwritten. */
  private overrun = 0;
  /** The entry behind the newest one is damaged. */
  private damagedBehind = false;
  private failed = false;

  /** Mounts; writes nothing. `superblock` comes from `identify`. */
  constructor(medium: Medium, superblock: Superblock, fold: Fold) {
    const { geometry, storeId, firstSequence } = superblock;
    const ring = new PageRing(medium, geometry, storeSeed(storeId));
    this.storeId = storeId;
    this.data = new DataRing(medium, geometry);
    this.acknowledgements = new Acknowledgements(medium, geometry);
    this.reader = new ReportReader(ring, this.data, fold);
    this.writer = new ReportWriter(ring, this.data, fold);
    this.digests = new Uint16Array(geometry.pages);
    this.end = firstSequence;
    this.acknowledgements.load();
    const ends = findRingEnds(ring);
    this.index = new PageIndex(ring, ends, {
      rebuild: (before, slot, into) => this.rebuild(before, slot, into),
      lost: (slot) => this.reportDamage('entry-damaged', slot),
    });
    this.runs = new RunFinder(this.index, () => null);
    this.mountNewest(ends);
    for (let position = 0; position < this.index.count; position += 1) this.mountReport(position);
    this.findTail(0);
  }

  /** Reports that wait for their acknowledgement, damaged ones too. */
  get unacknowledged(): number {
    return this.waiting;
  }

  /** Bytes of the data area. */
  get capacityBytes(): number {
    return this.data.bytes;
  }

  /** Bytes that new reports may take; each takes `reportBytes`, and a slot of the PVT. */
  get freeBytes(): number {
    if (this.tail < 0) return this.data.bytes;
    if (this.floor < 0) return 0;
    return Math.max(0, this.data.bytes - this.data.distance(this.floor, this.end));
  }

  /**
   * Stores a whole report; durable when it returns.
   * Errors: `ring-full` (nothing is stored), `parameter-range`, `medium-failed`, `needs-mount`.
   */
  append(arrival: Arrival, body: Uint8Array): Outcome {
    this.begin(arrival);
    this.write(body, 0, body.length);
    return this.finish();
  }

  /** Begins a report that arrives in pieces; one at a time. Errors as for `append`. */
  begin(arrival: Arrival): void {
    this.refuseWhenFailed();
    assert(this.writer.arrival === null, 'one report is written at a time');
    checkArrival(arrival);
    const { index, writer } = this;
    const { entry } = writer;
    const first = index.count === 0;
    entry.slot = first ? 0 : index.ring.slotAfter(index.head.slot);
    entry.lap = first ? FIRST_LAP : lapIn(entry.slot, index.head.lap);
    entry.timeSeconds = arrival.timeSeconds;
    entry.sequence = this.end;
    entry.run = first ? 0 : this.runAfter(index.head, arrival.timeSeconds);
    if (index.mustDropOldest(entry.slot) && this.tail === entry.slot) {
      throw full('every slot of the table holds a report that waits for its acknowledgement');
    }
    this.refuseWhenFull(reportBytes(arrival.headers.length, 0));
    writer.begin(arrival);
  }

  /** Adds `bytes[offset...]` to the body. After an error the report has to begin again. */
  write(bytes: Uint8Array, offset: number, length: number): void {
    this.refuseWhenFailed();
    const { writer } = this;
    assert(writer.arrival !== null, 'a report was begun');
    try {
      this.refuseWhenFull(writer.bytesWith(length));
      if (writer.bodyBytes + length > MAXIMUM_BODY_BYTES) {
        throw new LimfsError('parameter-range', `a report has at most ${MAXIMUM_BODY_BYTES} bytes of body`);
      }
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.overrun = Math.max(this.overrun, writer.bytesWith(length));
    this.guarded(() => writer.put(bytes, offset, length));
  }

  /** Ends the report under way, and makes it durable. */
  finish(): Outcome {
    this.refuseWhenFailed();
    const { arrival } = this.writer;
    assert(arrival !== null, 'a report was begun');
    this.overrun = Math.max(this.overrun, this.writer.bytesWith(0));
    return this.guarded(() => this.commit(arrival));
  }

  /** Gives up the report under way: nothing of it is stored. */
  abandon(): void {
    this.writer.arrival = null;
  }

  /** The oldest report that waits, or the next one behind `after`; null when there is none. Damaged ones are passed over. */
  next(after: Report | null = null): Report | null {
    this.refuseWhenFailed();
    if (this.tail < 0) return null;
    const { index } = this;
    const oldest = index.positionOf(this.tail);
    const from = after === null ? oldest : Math.max(oldest, index.positionOf(after.slot) + 1);
    for (let position = from; position < index.count; position += 1) {
      if (this.isAcknowledged(index.slotOf(position))) continue;
      const report = this.load(position);
      if (report !== null) return report;
    }
    return null;
  }

  /** The newest report, or the newest of one local manager, acknowledged or not; null when none is kept. */
  newest(storeId: StoreId | null = null): Report | null {
    this.refuseWhenFailed();
    for (let position = this.index.count - 1; position >= 0; position -= 1) {
      const report = this.load(position);
      if (report === null) continue;
      if (storeId === null) return report;
      if (report.storeId[0] === storeId[0] && report.storeId[1] === storeId[1]) return report;
    }
    return null;
  }

  /**
   * Calls `visit` with each kept report that arrived in [fromSeconds, toSeconds), run after run of rising time in order
   * of arrival; returns their number. Acknowledged ones are kept until their place is needed.
   */
  range(fromSeconds: number, toSeconds: number, visit: (report: Report) => void): number {
    this.refuseWhenFailed();
    const { index, runs } = this;
    const newest = index.count - 1;
    if (newest < 0) return 0;
    // A damaged oldest entry has no place in a search, which would give it up.
    if (!index.entryAt(0)) return this.visitTimes(0, newest, fromSeconds, toSeconds, visit);
    let visited = 0;
    for (let start = 0; start <= newest; ) {
      const end = runs.endOfRun(start);
      const first = Math.max(start, index.search(Key.time, fromSeconds - 1, start, end));
      const last = index.search(Key.time, toSeconds - 1, start, end);
      visited += this.visitTimes(first, last, fromSeconds, toSeconds, visit);
      start = end + 1;
    }
    return visited;
  }

  /** Reads bytes `from...` of a report's body; returns their number, 0 behind its end or when the report is gone. */
  readBody(report: Report, from: number, into: Uint8Array, offset: number, length: number): number {
    this.refuseWhenFailed();
    const position = this.index.positionOf(report.slot);
    if (position >= this.index.count || !this.index.entryAt(position)) return 0;
    if (this.index.entry.sequence !== report.position || !this.isKept(this.index.entry)) return 0;
    const count = Math.max(0, Math.min(length, report.bodyBytes - from));
    const body = HEAD_BYTES + report.headers.length * DEVICE_HEADER_BYTES;
    if (count > 0) this.data.read(this.data.advance(report.position, body + from), into, offset, count);
    return count;
  }

  /**
   * The server has the report of this name: its place may be used again. One transfer of one byte; again is no error.
   * False when the ring knows no such report.
   */
  acknowledge(name: ReportName): boolean {
    this.refuseWhenFailed();
    const { index, reader } = this;
    const digest = digestOf(name.storeId, name.pageCounter);
    let known = false;
    for (let position = index.count - 1; position >= 0; position -= 1) {
      const slot = index.slotOf(position);
      if (this.digests[slot] !== digest || !index.entryAt(position) || !reader.readHead(index.entry))
        continue;
      if (!reader.isPage(name) || reader.word(Field.checksum) !== name.checksum) continue;
      if (reader.half(Field.copy) !== (name.copy ?? 0)) continue;
      known = true;
      if (!this.isAcknowledged(slot)) this.markAcknowledged(slot);
    }
    return known;
  }

  /**
   * The server has been told that the report in this slot, which a finding names, is damaged beyond reading. False
   * when there is none, or when it can be read after all.
   */
  acknowledgeDamage(slot: number): boolean {
    this.refuseWhenFailed();
    const position = this.index.positionOf(slot);
    if (!(slot >= 0 && slot < this.digests.length) || position >= this.index.count) return false;
    if (this.isAcknowledged(slot) || this.load(position) !== null) return false;
    this.markAcknowledged(slot);
    return true;
  }

  private commit(arrival: Arrival): Outcome {
    const { index, writer } = this;
    const { entry } = writer;
    writer.flush();
    const { duplicate, conflict, copy } = this.compare(arrival);
    if (duplicate) {
      this.abandon();
      return 'duplicate';
    }
    const bytes = writer.bytesWith(0);
    writer.finish(arrival, copy, conflict);
    if (index.mustDropOldest(entry.slot)) {
      index.dropOldest();
      index.ring.invalidate(entry.slot);
    } else if (this.damagedBehind) index.ring.invalidate(entry.slot);
    index.ring.commit(entry);
    index.add(entry);
    this.damagedBehind = false;
    this.digests[entry.slot] = digestOf(arrival.storeId, arrival.pageCounter);
    this.waiting += 1;
    if (this.tail < 0) {
      this.tail = entry.slot;
      this.floor = entry.sequence;
    }
    this.end = this.data.advance(entry.sequence, bytes);
    this.overrun = Math.max(0, this.overrun - bytes);
    return conflict ? 'conflict' : 'stored';
  }

  /** Looks for the page of the report under way among the kept ones. */
  private compare(arrival: Arrival): { duplicate: boolean; conflict: boolean; copy: number } {
    const { index, reader, writer } = this;
    const digest = digestOf(arrival.storeId, arrival.pageCounter);
    const found = { duplicate: false, conflict: false, copy: 0 };
    for (let position = index.count - 1; position >= 0 && !found.duplicate; position -= 1) {
      if (this.digests[index.slotOf(position)] !== digest || !index.entryAt(position)) continue;
      const { entry } = index;
      if (!this.isKept(entry) || !reader.readHead(entry) || !reader.isPage(arrival)) continue;
      // One that rotted is no conflict: the page takes its place, sent again.
      if (!reader.restIsWhole(entry)) continue;
      const sameSum = reader.word(Field.checksum) === arrival.checksum;
      const sameBody = reader.bodyBytes === writer.bodyBytes && reader.sameBody(entry, writer.bodyPosition);
      if (sameSum && sameBody) found.duplicate = true;
      else found.conflict = true;
      if (sameSum) found.copy = Math.max(found.copy, reader.half(Field.copy) + 1);
    }
    return found;
  }

  private visitTimes(
    first: number,
    end: number,
    fromSeconds: number,
    toSeconds: number,
    visit: (report: Report) => void,
  ): number {
    let visited = 0;
    for (let position = first; position <= end; position += 1) {
      if (!this.index.entryAt(position)) continue;
      const { timeSeconds } = this.index.entry;
      const report = timeSeconds >= fromSeconds && timeSeconds < toSeconds ? this.load(position) : null;
      if (report === null) continue;
      visit(report);
      visited += 1;
    }
    return visited;
  }

  /** Reads and checks a report; null when it is overwritten or damaged. */
  private load(position: number): Report | null {
    const { index, reader } = this;
    const slot = index.slotOf(position);
    if (!index.entryAt(position)) {
      this.reportDamage('entry-damaged', slot);
      return null;
    }
    const { entry } = index;
    if (!this.isKept(entry)) return null;
    if (!reader.readHead(entry) || !reader.restIsWhole(entry)) {
      this.reportDamage('page-damaged', slot);
      return null;
    }
    return {
      storeId: [reader.word(Field.storeHigh), reader.word(Field.storeLow)],
      pageCounter: reader.word(Field.pageCounter),
      checksum: reader.word(Field.checksum),
      copy: reader.half(Field.copy),
      conflict: reader.byte(Field.conflict) === 1,
      timeSeconds: entry.timeSeconds,
      bodyBytes: reader.bodyBytes,
      headers: reader.headers(entry),
      acknowledged: this.isAcknowledged(slot),
      slot,
      position: entry.sequence,
    };
  }

  /** Learns where the newest report ends, and takes in one whose entry alone is damaged. */
  private mountNewest(ends: RingEnds): void {
    if (ends.scanned) this.addFinding('table-scanned', -1);
    const { index, data, reader } = this;
    if (ends.filled) this.end = this.endOf(ends.head);
    if (ends.damagedSlot < 0) return;
    const entry = createEntry();
    const lap = ends.filled ? lapIn(ends.damagedSlot, ends.head.lap) : FIRST_LAP;
    if (this.rebuildAt(entry, ends.damagedSlot, lap, this.end, ends.filled ? ends.head : null)) {
      this.addFinding('entry-rebuilt', ends.damagedSlot);
      index.add(entry);
      this.end = data.advance(entry.sequence, reader.totalBytes);
    } else {
      this.addFinding('head-entry-damaged', ends.damagedSlot);
      this.damagedBehind = true;
    }
  }

  private endOf(entry: Entry): number {
    const { data, reader } = this;
    // Behind a newest report without a head nothing is free until all have been acknowledged.
    return data.advance(entry.sequence, reader.readHead(entry) ? reader.totalBytes : data.bytes);
  }

  private mountReport(position: number): void {
    const { index, reader } = this;
    const slot = index.slotOf(position);
    const acknowledged = this.isAcknowledged(slot);
    if (!acknowledged) this.waiting += 1;
    if (!index.entryAt(position)) this.reportDamage('entry-damaged', slot);
    else if (reader.readHead(index.entry)) {
      const storeId = [reader.word(Field.storeHigh), reader.word(Field.storeLow)] as const;
      this.digests[slot] = digestOf(storeId, reader.word(Field.pageCounter));
    } else this.reportDamage('page-damaged', slot);
  }

  /** Finds the oldest report that waits, from a position on. */
  private findTail(from: number): void {
    const { index } = this;
    let position = from;
    while (position < index.count && this.isAcknowledged(index.slotOf(position))) position += 1;
    this.tail = position < index.count ? index.slotOf(position) : -1;
    if (this.tail < 0) this.floor = this.end;
    else this.floor = index.entryAt(position) ? index.entry.sequence : -1;
  }

  private markAcknowledged(slot: number): void {
    this.guarded(() => this.acknowledgements.add(slot, this.lapOf(slot)));
    this.waiting -= 1;
    if (slot === this.tail) this.findTail(this.index.positionOf(slot));
  }

  private isAcknowledged(slot: number): boolean {
    return this.acknowledgements.has(slot, this.lapOf(slot));
  }

  private lapOf(slot: number): number {
    const { head } = this.index;
    return slot <= head.slot ? head.lap : previousLap(head.lap);
  }

  /** Whether the bytes of a report have not been given to later ones. */
  private isKept(entry: Entry): boolean {
    return this.data.distance(entry.sequence, this.end) + this.overrun <= this.data.bytes;
  }

  private runAfter(before: Entry, timeSeconds: number): number {
    return (before.run + (timeSeconds < before.timeSeconds ? 1 : 0)) & 0xff;
  }

  /** Rebuilds a damaged entry: its report begins where the one before ends, and its own head proves the rest. */
  private rebuild(before: Entry, slot: number, into: Entry): boolean {
    if (!this.reader.readHead(before)) return false;
    const position = this.data.advance(before.sequence, this.reader.totalBytes);
    if (!this.rebuildAt(into, slot, lapIn(slot, before.lap), position, before)) return false;
    if (!this.isAcknowledged(slot)) this.addFinding('entry-rebuilt', slot);
    return true;
  }

  private rebuildAt(into: Entry, slot: number, lap: number, position: number, before: Entry | null): boolean {
    into.slot = slot;
    into.lap = lap;
    into.sequence = position;
    // The first look only fetches the time, which takes part in the checksum of the second.
    this.reader.readHead(into);
    into.timeSeconds = this.reader.word(Field.time);
    into.run = before === null ? 0 : this.runAfter(before, into.timeSeconds);
    return this.reader.readHead(into);
  }

  /** What is wrong with acknowledged reports is nobody's concern: their bytes may have been used again. */
  private reportDamage(code: FindingCode, slot: number): void {
    if (!this.isAcknowledged(slot)) this.addFinding(code, slot);
  }

  private addFinding(code: FindingCode, slot: number): void {
    addFinding(this.findings as Finding[], code, slot);
  }

  private guarded<T>(work: () => T): T {
    this.failed = true;
    const result = work();
    this.failed = false;
    return result;
  }

  private refuseWhenFailed(): void {
    if (this.failed)
      throw new LimfsError('needs-mount', 'an earlier call failed half-way: mount the ring again');
  }

  private refuseWhenFull(bytes: number): void {
    if (bytes > this.data.bytes) {
      throw new LimfsError('parameter-range', `a report of ${bytes} bytes is larger than the ring`);
    }
    if (bytes > this.freeBytes) throw full(`${bytes} bytes are asked for and ${this.freeBytes} are free`);
  }
}

function full(what: string): LimfsError {
  return new LimfsError(
    'ring-full',
    `${what}; it stays full until the server acknowledges the oldest report`,
  );
}

/** 1..65,535. */
function digestOf(storeId: StoreId, pageCounter: number): number {
  const mixed = Math.imul(storeId[0] ^ Math.imul(storeId[1], 0x85eb_ca6b) ^ pageCounter, 0x9e37_79b1);
  return ((mixed >>> 16) % 0xffff) + 1;
}
