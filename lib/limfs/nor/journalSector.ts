import { type Fold, seed } from '../checksum.js';
import { assert } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import type { Reading } from '../meter/reading.js';
import { Frame } from './frame.js';
import { decodeRecord, encodeRecord } from './journalRecord.js';
import { recordBytes, recordsPerSector } from './layout.js';
import type { SectorHeader, SectorRing } from './sectorRing.js';

/** So many slots that look blank are the end of a sector; after a cut one or two are left alone, never so many. */
const BLANK_SLOTS = 8;

/** What all readings of a journal sector have in common. */
export interface Context {
  readonly intervalSeconds: number;
  readonly revision: number;
  readonly channels: number;
}

export function sameContext(a: Context, b: Context): boolean {
  return a.intervalSeconds === b.intervalSeconds && a.revision === b.revision && a.channels === b.channels;
}

/** What a scan has found at the end of a sector. */
export interface SectorEnd {
  /** Readings that the sector holds. */
  readonly readings: number;
  /** Records behind them that are damaged. */
  readonly lost: number;
}

/** A sector of the journal: slot after slot a record, each a frame of its own. */
export class JournalSector implements Context {
  /** Its number in the ring. */
  readonly sector: number;
  readonly firstSequence: number;
  readonly intervalSeconds: number;
  readonly revision: number;
  readonly channels: number;
  readonly slots: number;
  /** Slots that may have been programmed. */
  used = 0;
  /** Whether slots hold no reading, or one that stands again behind it: cuts and what follows them. */
  spoilt = false;
  /** Whether it holds no reading. */
  empty = true;
  private readonly frame: Frame;
  private readonly seedSum: number;
  private readonly address: number;
  private readonly slotBytes: number;
  /** Where the last reading looked for was found: the next one follows in most cases. */
  private hintSequence: number;
  private hintSlot = 0;

  /** `neighbour` is another sector of the journal; sectors with records of one size share their buffer. */
  constructor(
    medium: Medium,
    ring: SectorRing,
    sector: number,
    header: SectorHeader,
    seedSum: number,
    fold: Fold,
    neighbour: JournalSector | undefined,
  ) {
    const { geometry } = ring;
    const { channels } = header;
    this.sector = sector;
    this.firstSequence = header.firstSequence;
    this.intervalSeconds = header.intervalSeconds;
    this.revision = header.revision;
    this.channels = channels;
    this.slotBytes = recordBytes(geometry, channels);
    this.frame =
      neighbour !== undefined && neighbour.channels === channels
        ? neighbour.frame
        : new Frame(medium, this.slotBytes, fold);
    this.slots = recordsPerSector(geometry, channels);
    this.seedSum = seedSum;
    this.address = ring.contentAddress(sector);
    this.hintSequence = header.firstSequence;
  }

  get isFull(): boolean {
    return this.used >= this.slots;
  }

  /** Reads the last record of a sequence; false when there is none. */
  find(sequence: number, into: Reading): boolean {
    const { frame } = this;
    const slot = this.slotOf(sequence);
    if (slot < 0) return false;
    this.hintSequence = sequence;
    this.hintSlot = slot;
    frame.read(this.slotAddress(slot));
    decodeRecord(frame.bytes, this.channels, into);
    into.sequence = sequence;
    return true;
  }

  private slotOf(sequence: number): number {
    const { frame } = this;
    const behindHint = (sequence - this.hintSequence) | 0;
    const from = behindHint >= 0 ? this.hintSlot + behindHint : (sequence - this.firstSequence) >>> 0;
    let found = -1;
    for (let slot = from; slot < this.used; slot += 1) {
      frame.read(this.slotAddress(slot));
      const complete = frame.isComplete();
      if (complete && frame.checks(this.seedOf(slot, sequence))) found = slot;
      else if (complete && found >= 0 && frame.checks(this.seedOf(slot, sequence + 1))) break;
      if (!this.spoilt) break;
    }
    return found;
  }

  /**
   * Finds the end: how many readings there are, and how many records at the end are damaged. A newest record
   * that does not read whole every time is torn (`tornSlot`, found by a first pass).
   */
  scan(newest: Reading, tornSlot = -1): SectorEnd {
    const { frame, slots } = this;
    let readings = 0;
    let end = 0;
    let gap = 0;
    let torn = 0;
    let newestSlot = -1;
    for (let slot = 0; slot < slots && slot < end + BLANK_SLOTS; slot += 1) {
      frame.read(this.slotAddress(slot));
      if (frame.isBlank()) {
        this.spoilt = true;
        torn = 0;
        continue;
      }
      end = slot + 1;
      const whole = slot !== tornSlot && frame.isComplete();
      const count = whole ? this.identify(slot, readings, gap) : 0;
      if (count === 0) {
        this.spoilt = true;
        gap += 1;
        torn += 1;
        continue;
      }
      this.spoilt ||= count !== readings + 1;
      readings = count;
      newestSlot = slot;
      // Kept from here on: a record that a cut has torn may not read whole another time.
      decodeRecord(frame.bytes, this.channels, newest);
      gap = 0;
      torn = 0;
    }
    if (newestSlot >= 0 && tornSlot < 0) {
      const place = this.seedOf(newestSlot, this.firstSequence + readings - 1);
      if (!frame.findsWhole(this.slotAddress(newestSlot), place)) return this.scan(newest, newestSlot);
    }
    // The record behind the last may have been cut off so early that it looks blank: leave that slot alone.
    this.used = end + 1;
    while (this.used < slots && !frame.findsBlank(this.slotAddress(this.used))) this.used += 1;
    if (this.used > slots || this.used >= end + BLANK_SLOTS) this.used = slots;
    this.empty = readings === 0;
    // A cut tears one record, and a slot behind it stays blank; more in a row are damage.
    return { readings, lost: Math.max(0, torn - 1) };
  }

  /** Which reading of the sector (counted from 1) a record is: one further, the same or the one before; 0: none. */
  private identify(slot: number, readings: number, gap: number): number {
    for (let step = 1; step >= -1; step -= 1) {
      if (readings + step > 0 && this.isReading(slot, readings + step)) return readings + step;
    }
    for (let step = 2; step <= gap + 1; step += 1) {
      if (this.isReading(slot, readings + step)) return readings + step;
    }
    return 0;
  }

  private isReading(slot: number, count: number): boolean {
    return this.frame.checks(this.seedOf(slot, this.firstSequence + count - 1));
  }

  /** Programs a record behind all others. */
  program(sequence: number, reading: Reading): void {
    const slot = this.used;
    assert(slot < this.slots, 'a journal sector has room');
    encodeRecord(reading, this.frame, this.channels);
    this.frame.seal(this.seedOf(slot, sequence));
    // The slot counts as used whatever becomes of the write.
    this.used += 1;
    this.empty = false;
    this.frame.program(this.slotAddress(slot));
  }

  private slotAddress(slot: number): number {
    return this.address + slot * this.slotBytes;
  }

  private seedOf(slot: number, sequence: number): number {
    return seed(seed(this.seedSum, this.slotAddress(slot)), sequence);
  }
}
