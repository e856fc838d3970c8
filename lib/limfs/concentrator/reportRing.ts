import type { StoreId, Superblock } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import { assert, LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import type { Finding } from '../meter/finding.js';
import { lapIn } from '../ring/findHead.js';
import { FIRST_LAP } from '../ring/lap.js';
import type { PageIndex } from '../ring/pageIndex.js';
import type { DataRing } from './dataRing.js';
import {
  type Arrival,
  checkArrival,
  MAXIMUM_BODY_BYTES,
  type Report,
  type ReportName,
  reportBytes,
} from './report.js';
import { ReportWriter } from './reportWriter.js';
import { digestOf, StoredReports } from './storedReports.js';

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
  readonly findings: readonly Finding[];
  private readonly stored: StoredReports;
  private readonly index: PageIndex;
  private readonly data: DataRing;
  private readonly writer: ReportWriter;
  /** Slot of the oldest report that is not acknowledged, -1: none; and where it begins, -1: unknown. */
  private tail = -1;
  private floor = 0;
  private waiting = 0;
  private failed = false;

  /** Mounts; writes nothing. `superblock` comes from `identify`. */
  constructor(medium: Medium, superblock: Superblock, fold: Fold) {
    this.storeId = superblock.storeId;
    this.stored = new StoredReports(medium, superblock, fold);
    const { index, data, findings } = this.stored;
    this.findings = findings;
    this.index = index;
    this.data = data;
    this.writer = new ReportWriter(index.ring, data, fold);
    for (let position = 0; position < index.count; position += 1) {
      if (!this.stored.isAcknowledged(index.slotOf(position))) this.waiting += 1;
    }
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
    return Math.max(0, this.data.bytes - this.data.distance(this.floor, this.stored.end));
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
    entry.sequence = this.stored.end;
    entry.run = first ? 0 : this.stored.runAfter(index.head, arrival.timeSeconds);
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
    this.stored.overrun = Math.max(this.stored.overrun, writer.bytesWith(length));
    this.guarded(() => writer.put(bytes, offset, length));
  }

  /** Ends the report under way, and makes it durable. */
  finish(): Outcome {
    this.refuseWhenFailed();
    const { arrival } = this.writer;
    assert(arrival !== null, 'a report was begun');
    this.stored.overrun = Math.max(this.stored.overrun, this.writer.bytesWith(0));
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
      if (this.stored.isAcknowledged(index.slotOf(position))) continue;
      const report = this.stored.load(position);
      if (report !== null) return report;
    }
    return null;
  }

  /** The newest report, or the newest of one local manager, acknowledged or not; null when none is kept. */
  newest(storeId: StoreId | null = null): Report | null {
    this.refuseWhenFailed();
    return this.stored.newest(storeId);
  }

  /**
   * Calls `visit` with each kept report that arrived in [fromSeconds, toSeconds), run after run of rising time in order
   * of arrival; returns their number. Acknowledged ones are kept until their place is needed.
   */
  range(fromSeconds: number, toSeconds: number, visit: (report: Report) => void): number {
    this.refuseWhenFailed();
    return this.stored.range(fromSeconds, toSeconds, visit);
  }

  /** Reads bytes `from...` of a report's body; returns their number, 0 behind its end or when the report is gone. */
  readBody(report: Report, from: number, into: Uint8Array, offset: number, length: number): number {
    this.refuseWhenFailed();
    return this.stored.readBody(report, from, into, offset, length);
  }

  /**
   * The server has the report of this name: its place may be used again. One transfer of one byte; again is no error.
   * False when the ring knows no such report.
   */
  acknowledge(name: ReportName): boolean {
    this.refuseWhenFailed();
    const { index, stored } = this;
    const digest = digestOf(name.storeId, name.pageCounter);
    let known = false;
    for (let position = index.count - 1; position >= 0; position -= 1) {
      if (!stored.isNamed(position, name, digest)) continue;
      const slot = index.slotOf(position);
      known = true;
      if (!stored.isAcknowledged(slot)) this.markAcknowledged(slot);
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
    if (!(slot >= 0 && slot < this.stored.digests.length) || position >= this.index.count) return false;
    if (this.stored.isAcknowledged(slot) || this.stored.load(position) !== null) return false;
    this.markAcknowledged(slot);
    return true;
  }

  private commit(arrival: Arrival): Outcome {
    const { index, writer } = this;
    const { entry } = writer;
    writer.flush();
    const { duplicate, conflict, copy } = this.stored.compare(arrival, writer);
    if (duplicate) {
      this.abandon();
      return 'duplicate';
    }
    const bytes = writer.bytesWith(0);
    writer.finish(arrival, copy, conflict);
    if (index.mustDropOldest(entry.slot)) {
      index.dropOldest();
      index.ring.invalidate(entry.slot);
    } else if (this.stored.damagedBehind) index.ring.invalidate(entry.slot);
    index.ring.commit(entry);
    index.add(entry);
    this.stored.damagedBehind = false;
    this.stored.digests[entry.slot] = digestOf(arrival.storeId, arrival.pageCounter);
    this.waiting += 1;
    if (this.tail < 0) {
      this.tail = entry.slot;
      this.floor = entry.sequence;
    }
    this.stored.end = this.data.advance(entry.sequence, bytes);
    this.stored.overrun = Math.max(0, this.stored.overrun - bytes);
    return conflict ? 'conflict' : 'stored';
  }

  /** Finds the oldest report that waits, from a position on. */
  private findTail(from: number): void {
    const { index } = this;
    let position = from;
    while (position < index.count && this.stored.isAcknowledged(index.slotOf(position))) position += 1;
    this.tail = position < index.count ? index.slotOf(position) : -1;
    if (this.tail < 0) this.floor = this.stored.end;
    else this.floor = index.entryAt(position) ? index.entry.sequence : -1;
  }

  private markAcknowledged(slot: number): void {
    this.guarded(() => this.stored.acknowledge(slot));
    this.waiting -= 1;
    if (slot === this.tail) this.findTail(this.index.positionOf(slot));
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
