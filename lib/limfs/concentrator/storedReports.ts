import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding, type FindingCode } from '../meter/finding.js';
import { findRingEnds, lapIn, type RingEnds } from '../ring/findHead.js';
import { FIRST_LAP, previousLap } from '../ring/lap.js';
import { Key, PageIndex } from '../ring/pageIndex.js';
import { createEntry, type Entry, PageRing } from '../ring/pageRing.js';
import { endOfRun } from '../ring/runs.js';
import { Acknowledgements } from './acknowledgements.js';
import { DataRing } from './dataRing.js';
import {
  type Arrival,
  DEVICE_HEADER_BYTES,
  Field,
  HEAD_BYTES,
  type Report,
  type ReportName,
} from './report.js';
import { ReportReader } from './reportReader.js';
import type { ReportWriter } from './reportWriter.js';

/** The reports in a ring, as mount finds them and everybody reads them; changes nothing but their acknowledgements. */
export class StoredReports {
  /** What mount and later reads found wrong; a slot names an unacknowledged report that is damaged. */
  readonly findings: Finding[] = [];
  readonly index: PageIndex;
  readonly data: DataRing;
  /** A hash of store id and page counter of the report in each slot, 0: none. */
  readonly digests: Uint16Array;
  /** Where the next report begins. */
  end: number;
  /** Bytes behind `end` that a report under way, or given up, has overwritten. */
  overrun = 0;
  /** The entry behind the newest one is damaged. */
  damagedBehind = false;
  private readonly acknowledgements: Acknowledgements;
  private readonly reader: ReportReader;

  /** Mounts; writes nothing. */
  constructor(medium: Medium, { geometry, storeId, firstSequence }: Superblock, fold: Fold) {
    const ring = new PageRing(medium, geometry, storeSeed(storeId));
    this.data = new DataRing(medium, geometry);
    this.acknowledgements = new Acknowledgements(medium, geometry);
    this.reader = new ReportReader(ring, this.data, fold);
    this.digests = new Uint16Array(geometry.pages);
    this.end = firstSequence;
    this.acknowledgements.load();
    const ends = findRingEnds(ring);
    this.index = new PageIndex(ring, ends, {
      rebuild: (before, slot, into) => this.rebuild(before, slot, into),
      lost: (slot) => this.reportDamage('entry-damaged', slot),
    });
    this.mountNewest(ends);
    for (let position = 0; position < this.index.count; position += 1) this.mountReport(position);
  }

  /** The server has the report in this slot. */
  acknowledge(slot: number): void {
    this.acknowledgements.add(slot, this.lapOf(slot));
  }

  /** Whether the report at a position has this name, whose digest is given. */
  isNamed(position: number, name: ReportName, digest: number): boolean {
    const { index, reader } = this;
    if (this.digests[index.slotOf(position)] !== digest || !index.entryAt(position)) return false;
    if (!reader.readHead(index.entry) || !reader.isPage(name)) return false;
    return reader.word(Field.checksum) === name.checksum && reader.half(Field.copy) === (name.copy ?? 0);
  }

  /** The newest report, or the newest of one local manager, acknowledged or not; null when none is kept. */
  newest(storeId: StoreId | null = null): Report | null {
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
    const { index } = this;
    const newest = index.count - 1;
    if (newest < 0) return 0;
    // A damaged oldest entry has no place in a search, which would give it up.
    if (!index.entryAt(0)) return this.visitTimes(0, newest, fromSeconds, toSeconds, visit);
    let visited = 0;
    for (let start = 0; start <= newest; ) {
      const end = index.entryAt(start) ? endOfRun(index, start) : start;
      const first = Math.max(start, index.search(Key.time, fromSeconds - 1, start, end));
      const last = index.search(Key.time, toSeconds - 1, start, end);
      visited += this.visitTimes(first, last, fromSeconds, toSeconds, visit);
      start = end + 1;
    }
    return visited;
  }

  /** Reads bytes `from...` of a report's body; returns their number, 0 behind its end or when the report is gone. */
  readBody(report: Report, from: number, into: Uint8Array, offset: number, length: number): number {
    const position = this.index.positionOf(report.slot);
    if (position >= this.index.count || !this.index.entryAt(position)) return 0;
    if (this.index.entry.sequence !== report.position || !this.isKept(this.index.entry)) return 0;
    const count = Math.max(0, Math.min(length, report.bodyBytes - from));
    const body = HEAD_BYTES + report.headers.length * DEVICE_HEADER_BYTES;
    if (count > 0) this.data.read(this.data.advance(report.position, body + from), into, offset, count);
    return count;
  }

  /** Reads and checks a report; null when it is overwritten or damaged. */
  load(position: number): Report | null {
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

  /** Looks for the page of the report under way among the kept ones. */
  compare(arrival: Arrival, writer: ReportWriter): { duplicate: boolean; conflict: boolean; copy: number } {
    const { index, reader } = this;
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

  isAcknowledged(slot: number): boolean {
    return this.acknowledgements.has(slot, this.lapOf(slot));
  }

  private lapOf(slot: number): number {
    const { head } = this.index;
    return slot <= head.slot ? head.lap : previousLap(head.lap);
  }

  /** Whether the bytes of a report have not been given to later ones: one that waits keeps its own, wherever the ring ends. */
  private isKept(entry: Entry): boolean {
    if (!this.isAcknowledged(entry.slot)) return true;
    return this.data.distance(entry.sequence, this.end) + this.overrun <= this.data.bytes;
  }

  runAfter(before: Entry, timeSeconds: number): number {
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
    addFinding(this.findings, code, slot);
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
    if (!index.entryAt(position)) this.reportDamage('entry-damaged', slot);
    else if (reader.readHead(index.entry)) {
      const storeId = [reader.word(Field.storeHigh), reader.word(Field.storeLow)] as const;
      this.digests[slot] = digestOf(storeId, reader.word(Field.pageCounter));
    } else this.reportDamage('page-damaged', slot);
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
}

/** 1..65,535. */
export function digestOf(storeId: StoreId, pageCounter: number): number {
  const mixed = Math.imul(storeId[0] ^ Math.imul(storeId[1], 0x85eb_ca6b) ^ pageCounter, 0x9e37_79b1);
  return ((mixed >>> 16) % 0xffff) + 1;
}
