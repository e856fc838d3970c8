import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { RecordPair } from '../areas/record.js';
import { type Superblock, storeSeed } from '../areas/superblock.js';
import { type Fold, seed, stored } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding, type FindingCode } from '../meter/finding.js';
import { findRingEnds, lapIn } from '../ring/findHead.js';
import { FIRST_LAP } from '../ring/lap.js';
import { PageIndex } from '../ring/pageIndex.js';
import { createEntry, type Entry, type PageRing } from '../ring/pageRing.js';
import {
  ACKNOWLEDGED_ADDRESS,
  ACKNOWLEDGED_BYTES,
  EVENT_BYTES,
  type Event,
  MAXIMUM_PAYLOAD_BYTES,
  type RateLimit,
} from './event.js';
import { type FoldedCount, FoldedCounts } from './foldedCounts.js';

const ACKNOWLEDGED_KIND = 0x0306;
const PAYLOAD_OFFSET = 8;
const NO_CODE = 0;

/**
 * Events in a page ring of their own, one a page, so that no storm of events takes the place of a reading. Events of a
 * code that comes too often are counted and not stored; the next stored one carries their number. The oldest event
 * gives way to the newest, acknowledged or not: the gap in the sequences says how many are gone.
 *
 * Calls that write throw `needs-mount` after one that failed half-way.
 */
export class EventLog {
  readonly findings: readonly Finding[] = [];
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly limit: RateLimit;
  private readonly index: PageIndex;
  private readonly folded: FoldedCounts;
  private readonly acknowledged: RecordPair;
  private readonly page = new Uint8Array(EVENT_BYTES);
  private readonly words = new Uint16Array(this.page.buffer);
  private readonly opening: Entry = createEntry();
  /** Code, time and sequence of the event in each slot; code 0: none that can be read. */
  private readonly codes: Uint16Array;
  private readonly times: Uint32Array;
  private readonly sequences: Uint32Array;
  private next: number;
  private pointer = 0;
  private damagedBehind = false;
  private failed = false;

  /** Mounts; writes nothing, reads every event. `superblock` comes from `identify`. */
  constructor(medium: Medium, superblock: Superblock, ring: PageRing, limit: RateLimit, fold: Fold) {
    const seedSum = storeSeed(superblock.storeId);
    this.medium = medium;
    this.fold = fold;
    this.limit = limit;
    this.codes = new Uint16Array(ring.pages);
    this.times = new Uint32Array(ring.pages);
    this.sequences = new Uint32Array(ring.pages);
    const ends = findRingEnds(ring);
    this.index = new PageIndex(ring, ends, {
      rebuild: () => false,
      lost: (slot) => this.report('entry-damaged', slot),
    });
    if (ends.scanned) this.report('table-scanned', -1);
    this.next = ends.filled ? (ends.head.sequence + 1) >>> 0 : superblock.firstSequence;
    if (ends.damagedSlot >= 0) {
      this.report('head-entry-damaged', ends.damagedSlot);
      this.damagedBehind = true;
      this.next = (this.next + 1) >>> 0;
    }
    for (let position = 0; position < this.index.count; position += 1) this.mountEvent(position);
    this.folded = new FoldedCounts(medium, seedSum, fold);
    this.folded.load((code, since) => this.isCarried(code, since));
    this.acknowledged = acknowledgedRecord(medium, seedSum, fold);
    this.pointer = superblock.firstSequence;
    if (this.acknowledged.load()) {
      this.pointer = getUint32(this.acknowledged.buffer, this.acknowledged.payloadOffset);
    }
    if (((this.pointer - this.next) | 0) > 0) this.next = this.pointer;
  }

  /** Sequence of the next event. */
  get nextSequence(): number {
    return this.next;
  }

  /** Sequence of the oldest event that was not acknowledged; it may be overwritten. */
  get acknowledgedSequence(): number {
    return this.pointer;
  }

  /** The most events that the log holds. */
  get capacity(): number {
    return this.codes.length;
  }

  /** Events that are only counted so far, by code. */
  get foldedCounts(): readonly FoldedCount[] {
    return this.folded.counts;
  }

  /**
   * Stores an event, or counts it when its code came too often; durable when it returns. False: counted.
   * Errors: `parameter-range` (nothing happened), `medium-failed`, `needs-mount`.
   */
  record(code: number, timeSeconds: number, payload: Uint8Array): boolean {
    this.refuseWhenFailed();
    checkEvent(code, timeSeconds, payload);
    return this.guarded(() => {
      if (this.isTooOften(code, timeSeconds) && this.folded.add(code, this.next)) return false;
      this.store(code, timeSeconds, payload);
      if (this.folded.of(code) > 0 || this.folded.stale) this.folded.remove(code);
      return true;
    });
  }

  /** The first readable event whose sequence is `fromSequence` or later; null behind the newest. */
  read(fromSequence: number): Event | null {
    this.refuseWhenFailed();
    const { index } = this;
    for (let position = 0; position < index.count; position += 1) {
      const slot = index.slotOf(position);
      if (this.codes[slot] === NO_CODE || ((this.sequences[slot]! - fromSequence) | 0) < 0) continue;
      const event = this.load(position);
      if (event !== null) return event;
    }
    return null;
  }

  /** Calls `visit` with each event of [fromSeconds, toSeconds) in order of sequence; returns their number. */
  range(fromSeconds: number, toSeconds: number, visit: (event: Event) => void): number {
    this.refuseWhenFailed();
    const { index } = this;
    let visited = 0;
    for (let position = 0; position < index.count; position += 1) {
      const slot = index.slotOf(position);
      const time = this.times[slot]!;
      if (this.codes[slot] === NO_CODE || time < fromSeconds || time >= toSeconds) continue;
      const event = this.load(position);
      if (event === null) continue;
      visit(event);
      visited += 1;
    }
    return visited;
  }

  /** All events up to this one have arrived. Earlier ones, or ones that never were, change nothing. */
  acknowledge(sequence: number): void {
    this.refuseWhenFailed();
    const pointer = (sequence + 1) >>> 0;
    if (((pointer - this.pointer) | 0) <= 0 || ((pointer - this.next) | 0) > 0) return;
    const payload = new Uint8Array(this.acknowledged.payloadBytes);
    putUint32(payload, 0, pointer);
    this.guarded(() => this.acknowledged.store(payload));
    this.pointer = pointer;
  }

  private store(code: number, timeSeconds: number, payload: Uint8Array): void {
    const { index, opening, page } = this;
    const { ring, head } = index;
    const first = index.count === 0;
    opening.slot = first ? 0 : ring.slotAfter(head.slot);
    opening.lap = first ? FIRST_LAP : lapIn(opening.slot, head.lap);
    opening.timeSeconds = timeSeconds;
    opening.sequence = this.next;
    opening.run = first ? 0 : (head.run + (timeSeconds < head.timeSeconds ? 1 : 0)) & 0xff;
    const drop = index.mustDropOldest(opening.slot);
    if (drop) index.dropOldest();
    if (drop || this.damagedBehind) ring.invalidate(opening.slot);
    page.fill(0);
    putUint16(page, 2, code);
    putUint16(page, 4, this.folded.of(code));
    page[6] = payload.length;
    page.set(payload, PAYLOAD_OFFSET);
    putUint16(page, 0, this.checkOf(opening));
    this.medium.write(ring.pageAddress(opening.slot), page, 0, EVENT_BYTES);
    ring.commit(opening);
    index.add(opening);
    this.learn(opening, code);
    this.damagedBehind = false;
    this.next = (opening.sequence + 1) >>> 0;
  }

  private load(position: number): Event | null {
    const { index, page } = this;
    if (!index.entryAt(position) || !this.readPage(index.entry)) {
      this.report('page-damaged', index.slotOf(position));
      return null;
    }
    return {
      sequence: index.entry.sequence,
      code: getUint16(page, 2),
      timeSeconds: index.entry.timeSeconds,
      folded: getUint16(page, 4),
      payload: page.slice(PAYLOAD_OFFSET, PAYLOAD_OFFSET + page[6]!),
    };
  }

  private mountEvent(position: number): void {
    const { index } = this;
    const slot = index.slotOf(position);
    if (!index.entryAt(position)) this.report('entry-damaged', slot);
    else if (this.readPage(index.entry)) this.learn(index.entry, getUint16(this.page, 2));
    else this.report('page-damaged', slot);
  }

  private readPage(entry: Entry): boolean {
    this.medium.read(this.index.ring.pageAddress(entry.slot), this.page, 0, EVENT_BYTES);
    return getUint16(this.page, 0) === this.checkOf(entry) && this.page[6]! <= MAXIMUM_PAYLOAD_BYTES;
  }

  private checkOf(entry: Entry): number {
    return stored(this.fold(this.index.ring.pageSeed(entry), this.words, EVENT_BYTES >> 1, 1));
  }

  private learn({ slot, timeSeconds, sequence }: Entry, code: number): void {
    this.codes[slot] = code;
    this.times[slot] = timeSeconds;
    this.sequences[slot] = sequence;
  }

  /** Whether the limit's number of events of this code is stored in the time before now; a clock set back forgets. */
  private isTooOften(code: number, timeSeconds: number): boolean {
    let count = 0;
    for (let slot = 0; slot < this.codes.length; slot += 1) {
      const age = timeSeconds - this.times[slot]!;
      if (this.codes[slot] === code && age >= 0 && age < this.limit.seconds) count += 1;
    }
    return count >= this.limit.events;
  }

  private isCarried(code: number, since: number): boolean {
    return this.codes.some((one, slot) => one === code && ((this.sequences[slot]! - since) | 0) >= 0);
  }

  private report(code: FindingCode, slot: number): void {
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
      throw new LimfsError('needs-mount', 'an earlier call failed half-way: mount the log again');
  }
}

export function acknowledgedRecord(medium: Medium, storeSeedSum: number, fold: Fold): RecordPair {
  const seedSum = seed(storeSeedSum, ACKNOWLEDGED_KIND);
  return new RecordPair(medium, ACKNOWLEDGED_ADDRESS, ACKNOWLEDGED_BYTES, seedSum, fold);
}

function checkEvent(code: number, timeSeconds: number, payload: Uint8Array): void {
  const good =
    Number.isInteger(code) &&
    code > NO_CODE &&
    code <= 0xffff &&
    Number.isInteger(timeSeconds) &&
    timeSeconds >= 0 &&
    timeSeconds <= 0xffff_ffff &&
    payload.length <= MAXIMUM_PAYLOAD_BYTES;
  if (good) return;
  throw new LimfsError(
    'parameter-range',
    `an event has a code of 1..65535, a u32 time and at most ${MAXIMUM_PAYLOAD_BYTES} bytes of payload`,
  );
}
