import { getUint32, putUint32 } from '../areas/bytes.js';
import { type Fold, seed } from '../checksum.js';
import { assert, LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { createReading, MAXIMUM_CHANNELS, type Reading } from '../meter/reading.js';
import { Frame } from './frame.js';
import { MAXIMUM_JOURNAL_SECTORS, recordBytes, recordsPerSector, VALUE_BYTES } from './layout.js';
import { createHeader, type SectorHeader, SectorKind, type SectorRing } from './sectorRing.js';

const RECORD_SEED = 0x0420;
/** Payload of a record: first value, time, status, run, further values. */
const TIME_AT = 7;
const STATUS_AT = 11;
const RUN_AT = 12;
const MORE_VALUES_AT = 13;
/** A value has 54 bits; the first one's 55th says that there is none. */
const HOLE = 0x40;
/** So many slots that look blank are the end of a sector; after a cut one or two are left alone, never so many. */
const BLANK_SLOTS = 8;
const TWO_TO_32 = 0x1_0000_0000;

/** What all readings of a journal sector have in common. */
export interface Context {
  readonly intervalSeconds: number;
  readonly revision: number;
  readonly channels: number;
}

/** A sector of the journal. */
interface JournalSector extends Context {
  readonly sector: number;
  readonly firstSequence: number;
  readonly frame: Frame;
  readonly slots: number;
  /** Slots that may have been programmed. */
  used: number;
  /** Slots that hold no reading or one that stands again behind it: cuts and what follows them. */
  spoilt: boolean;
  /** Whether it holds no reading. */
  empty: boolean;
}

/**
 * Readings that are in no page yet, one frame each, in up to three sectors. Its sequence is not in a record: it seeds
 * the checksum, so that a record proves which reading it is.
 *
 * After a cut the last record may read whole now and torn then. Therefore the first append (or `idle`) after a mount
 * writes the newest reading again, behind it, if it was found whole; if it was found torn, another reading takes its
 * sequence behind it. Either way the last record of a sequence is the one that counts, and it is whole for ever.
 */
export class Journal {
  /** The newest reading of all; its channels are those of the newest sector. */
  readonly newest: Reading = createReading();
  /** Sequence of the next reading. */
  next: number;
  /** Whether the newest reading's record may be one that a cut has torn. */
  doubtful = false;
  /** Whether `newest` holds a reading. */
  found = false;
  private readonly medium: Medium;
  private readonly ring: SectorRing;
  private readonly fold: Fold;
  private readonly seedSum: number;
  /** Oldest first; the last one is being filled. */
  private readonly sectors: JournalSector[] = [];
  /** Where the last reading looked for was found: the next one follows in most cases. */
  private hintSector = -1;
  private hintSequence = 0;
  private hintSlot = 0;

  constructor(medium: Medium, ring: SectorRing, firstSequence: number, seedSum: number, fold: Fold) {
    this.medium = medium;
    this.ring = ring;
    this.next = firstSequence;
    this.seedSum = seed(seedSum, RECORD_SEED);
    this.fold = fold;
  }

  /**
   * Mount: takes the sectors that were found, oldest first, and finds the newest reading. Returns how many records at
   * the end are damaged; their sequences are not used again.
   */
  mount(headers: readonly (SectorHeader & { readonly sector: number })[]): number {
    for (const header of headers) this.add(header.sector, header);
    const last = this.sectors.length - 1;
    if (last < 0) return 0;
    for (let index = 0; index < last; index += 1) {
      const sector = this.sectors[index]!;
      sector.used = sector.slots;
      sector.empty = false;
      sector.spoilt = this.sectors[index + 1]!.firstSequence !== (sector.firstSequence + sector.slots) >>> 0;
    }
    const { readings, lost } = this.scan(this.sectors[last]!);
    this.next = (this.sectors[last]!.firstSequence + readings + lost) >>> 0;
    this.findNewest(last, readings);
    this.doubtful &&= lost === 0;
    return lost;
  }

  /** Finds the newest reading, which is in an older sector when the last one holds none yet. */
  private findNewest(last: number, readingsInLast: number): void {
    let readings = readingsInLast;
    let index = last;
    while (readings === 0 && index > 0) {
      index -= 1;
      readings = this.scan(this.sectors[index]!).readings;
    }
    if (readings === 0) return;
    const sequence = (this.sectors[index]!.firstSequence + readings - 1) >>> 0;
    if (((sequence + 1 - this.next) | 0) > 0) this.next = (sequence + 1) >>> 0;
    this.newest.sequence = sequence;
    this.found = true;
    this.doubtful = sequence === (this.next - 1) >>> 0;
  }

  get isEmpty(): boolean {
    return this.sectors.length === 0;
  }

  /** Sequence of the first reading that the journal may still hold. */
  get firstSequence(): number {
    return this.sectors[0]?.firstSequence ?? this.next;
  }

  /** What was said of the newest reading; null when the journal holds none. */
  get context(): Context | null {
    for (let index = this.sectors.length - 1; index >= 0; index -= 1) {
      const sector = this.sectors[index]!;
      if (!sector.empty) return sector;
    }
    return null;
  }

  /** What is said of a reading; null when its sector has gone. */
  contextOf(sequence: number): Context | null {
    return this.sectors[this.indexOf(sequence)] ?? null;
  }

  get isFull(): boolean {
    return this.sectors.length >= MAXIMUM_JOURNAL_SECTORS;
  }

  includes(sector: number): boolean {
    return this.sectors.some((each) => each.sector === sector);
  }

  /** Stores the next reading. Errors: `needs-idle` (nothing is stored). */
  append(reading: Reading, context: Context): void {
    this.confirm();
    const sector = this.sectorWithRoom(this.next, context);
    this.program(sector, this.next, reading);
    copyReading(reading, this.newest, context.channels);
    this.newest.sequence = this.next;
    this.found = true;
    this.next = (this.next + 1) >>> 0;
  }

  /** Writes the newest reading once more if its record may be torn. Errors: `needs-idle`. */
  confirm(): void {
    if (!this.doubtful) return;
    const { sequence } = this.newest;
    // Behind the sector of the newest reading there are at most such without any.
    const own = this.sectors[this.indexOf(sequence)]!;
    const sector = own.used < own.slots ? own : this.sectorWithRoom(sequence, own);
    this.program(sector, sequence, this.newest);
    sector.spoilt = true;
    this.doubtful = false;
  }

  /** As `confirm`, for `idle`; true when it wrote. */
  confirmIfThereIsRoom(): boolean {
    if (!this.doubtful) return false;
    const own = this.sectors[this.indexOf(this.newest.sequence)]!;
    if (own.used >= own.slots && (this.isFull || this.ring.free.length === 0)) return false;
    this.confirm();
    return true;
  }

  /** Lets go of the sectors whose readings are all before `sequence`; the newest sector stays. */
  dropBefore(sequence: number): void {
    while (this.sectors.length > 1 && ((this.sectors[1]!.firstSequence - sequence) | 0) <= 0) {
      if (this.sectors[1]!.empty) return;
      // A newest reading that is to be written again may still stand in the older sector only.
      if (this.doubtful && ((this.sectors[1]!.firstSequence - this.newest.sequence) | 0) >= 0) return;
      this.sectors.shift();
      this.hintSector = -1;
    }
  }

  /** Reads a reading; false when it is not here, or damaged. */
  find(sequence: number, into: Reading): boolean {
    if (((sequence - this.next) | 0) >= 0) return false;
    if (this.found && sequence === this.newest.sequence) {
      copyReading(this.newest, into, MAXIMUM_CHANNELS);
      return true;
    }
    for (let index = this.indexOf(sequence); index >= 0; index -= 1) {
      const sector = this.sectors[index]!;
      if (!this.locate(sector, sequence)) continue;
      decode(sector.frame.bytes, sector.channels, into);
      into.sequence = sequence;
      return true;
    }
    return false;
  }

  /** Index of the newest sector that may hold a reading, or -1. */
  private indexOf(sequence: number): number {
    let index = this.sectors.length - 1;
    while (index >= 0 && ((sequence - this.sectors[index]!.firstSequence) | 0) < 0) index -= 1;
    return index;
  }

  /** Reads the last record of a sequence in a sector; its frame holds it then. */
  private locate(sector: JournalSector, sequence: number): boolean {
    const { frame } = sector;
    const hinted = sector.sector === this.hintSector && ((sequence - this.hintSequence) | 0) >= 0;
    const from = hinted
      ? this.hintSlot + ((sequence - this.hintSequence) >>> 0)
      : (sequence - sector.firstSequence) >>> 0;
    let found = -1;
    for (let slot = from; slot < sector.used; slot += 1) {
      frame.read(this.slotAddress(sector, slot));
      const complete = frame.isComplete();
      if (complete && frame.checks(this.seedOf(sector, slot, sequence))) found = slot;
      else if (complete && found >= 0 && frame.checks(this.seedOf(sector, slot, sequence + 1))) break;
      if (!sector.spoilt) break;
    }
    if (found < 0) return false;
    this.hintSector = sector.sector;
    this.hintSequence = sequence;
    this.hintSlot = found;
    frame.read(this.slotAddress(sector, found));
    return true;
  }

  /**
   * Finds the end of a sector: how many readings it holds, and how many records at the end are damaged. A newest record
   * that does not read whole every time is torn (`tornSlot`, found by a first pass).
   */
  private scan(sector: JournalSector, tornSlot = -1): { readings: number; lost: number } {
    const { frame, slots } = sector;
    let readings = 0;
    let end = 0;
    let gap = 0;
    let torn = 0;
    let newestSlot = -1;
    for (let slot = 0; slot < slots && slot < end + BLANK_SLOTS; slot += 1) {
      frame.read(this.slotAddress(sector, slot));
      if (frame.isBlank()) {
        sector.spoilt = true;
        torn = 0;
        continue;
      }
      end = slot + 1;
      const whole = slot !== tornSlot && frame.isComplete();
      const count = whole ? this.identify(sector, slot, readings, gap) : 0;
      if (count === 0) {
        sector.spoilt = true;
        gap += 1;
        torn += 1;
        continue;
      }
      sector.spoilt ||= count !== readings + 1;
      readings = count;
      newestSlot = slot;
      // Kept from here on: a record that a cut has torn may not read whole another time.
      decode(frame.bytes, sector.channels, this.newest);
      gap = 0;
      torn = 0;
    }
    if (newestSlot >= 0 && tornSlot < 0) {
      const place = this.seedOf(sector, newestSlot, sector.firstSequence + readings - 1);
      if (!frame.findsWhole(this.slotAddress(sector, newestSlot), place))
        return this.scan(sector, newestSlot);
    }
    // The record behind the last may have been cut off so early that it looks blank: leave that slot alone.
    sector.used = end + 1;
    while (sector.used < slots && !frame.findsBlank(this.slotAddress(sector, sector.used))) sector.used += 1;
    if (sector.used > slots || sector.used >= end + BLANK_SLOTS) sector.used = slots;
    sector.empty = readings === 0;
    // A cut tears one record, and a slot behind it stays blank; more in a row are damage.
    return { readings, lost: Math.max(0, torn - 1) };
  }

  /** Which reading of its sector (counted from 1) a record is: one further, the same or the one before; 0: none. */
  private identify(sector: JournalSector, slot: number, readings: number, gap: number): number {
    for (let step = 1; step >= -1; step -= 1) {
      if (readings + step > 0 && this.isReading(sector, slot, readings + step)) return readings + step;
    }
    for (let step = 2; step <= gap + 1; step += 1) {
      if (this.isReading(sector, slot, readings + step)) return readings + step;
    }
    return 0;
  }

  private isReading(sector: JournalSector, slot: number, count: number): boolean {
    return sector.frame.checks(this.seedOf(sector, slot, sector.firstSequence + count - 1));
  }

  private program(sector: JournalSector, sequence: number, reading: Reading): void {
    encode(reading, sector.frame, sector.channels);
    sector.frame.seal(this.seedOf(sector, sector.used, sequence));
    const slot = sector.used;
    assert(slot < sector.slots, 'a journal sector has room');
    // The slot counts as used whatever becomes of the write.
    sector.used += 1;
    sector.empty = false;
    sector.frame.program(this.slotAddress(sector, slot));
  }

  private sectorWithRoom(sequence: number, context: Context): JournalSector {
    const last = this.sectors[this.sectors.length - 1];
    if (last !== undefined && last.used < last.slots && sameContext(last, context)) return last;
    // A sector that was opened for other readings and got none is left to be erased.
    if (last?.empty) this.sectors.pop();
    const sector = this.isFull ? -1 : this.open(sequence, context);
    if (sector < 0) {
      throw new LimfsError(
        'needs-idle',
        'no erased sector is left for the journal; call idle() until it returns false',
      );
    }
    return this.sectors[this.sectors.length - 1]!;
  }

  private open(sequence: number, context: Context): number {
    const header = createHeader();
    header.kind = SectorKind.journal;
    header.firstSequence = sequence;
    header.intervalSeconds = context.intervalSeconds;
    header.revision = context.revision;
    header.channels = context.channels;
    const sector = this.ring.open(header);
    if (sector >= 0) {
      const last = this.sectors[this.sectors.length - 1];
      if (last !== undefined && last.used < last.slots) last.spoilt = true;
      this.add(sector, header);
    }
    return sector;
  }

  private add(sector: number, header: SectorHeader): void {
    const { firstSequence, intervalSeconds, revision, channels } = header;
    const { geometry } = this.ring;
    const before = this.sectors[this.sectors.length - 1];
    // Sectors with records of one size share their buffer.
    const frame =
      before !== undefined && before.channels === channels
        ? before.frame
        : new Frame(this.medium, recordBytes(geometry, channels), this.fold);
    const slots = recordsPerSector(geometry, channels);
    this.sectors.push({
      sector,
      firstSequence,
      intervalSeconds,
      revision,
      channels,
      frame,
      slots,
      used: 0,
      spoilt: false,
      empty: true,
    });
  }

  private slotAddress(sector: JournalSector, slot: number): number {
    return this.ring.contentAddress(sector.sector) + slot * recordBytes(this.ring.geometry, sector.channels);
  }

  private seedOf(sector: JournalSector, slot: number, sequence: number): number {
    return seed(seed(this.seedSum, this.slotAddress(sector, slot)), sequence);
  }
}

export function copyReading(from: Reading, to: Reading, channels: number): void {
  to.sequence = from.sequence;
  to.timeSeconds = from.timeSeconds;
  to.status = from.status;
  to.valid = from.valid;
  to.run = from.run;
  for (let channel = 0; channel < channels; channel += 1) to.values[channel] = from.values[channel]!;
}

export function sameContext(a: Context, b: Context): boolean {
  return a.intervalSeconds === b.intervalSeconds && a.revision === b.revision && a.channels === b.channels;
}

function encode(reading: Reading, frame: Frame, channels: number): void {
  const { bytes } = frame;
  frame.clear();
  for (let channel = 0; channel < channels; channel += 1) {
    putValue(bytes, valueAt(channel), reading.valid ? reading.values[channel]! : 0);
  }
  if (!reading.valid) bytes[0] = bytes[0]! | HOLE;
  putUint32(bytes, TIME_AT, reading.timeSeconds);
  bytes[STATUS_AT] = reading.status;
  bytes[RUN_AT] = reading.run;
}

function decode(bytes: Uint8Array, channels: number, into: Reading): void {
  into.valid = (bytes[0]! & HOLE) === 0;
  for (let channel = 0; channel < channels; channel += 1) {
    into.values[channel] = getValue(bytes, valueAt(channel));
  }
  into.timeSeconds = getUint32(bytes, TIME_AT);
  into.status = bytes[STATUS_AT]!;
  into.run = bytes[RUN_AT]!;
}

function valueAt(channel: number): number {
  return channel === 0 ? 0 : MORE_VALUES_AT + (channel - 1) * VALUE_BYTES;
}

/** 54 bits in two's complement: 22 above the lower 32. */
function putValue(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / TWO_TO_32);
  bytes[at] = (high >> 16) & 0x3f;
  bytes[at + 1] = high >> 8;
  bytes[at + 2] = high;
  putUint32(bytes, at + 3, value >>> 0);
}

function getValue(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  return ((high << 10) >> 10) * TWO_TO_32 + getUint32(bytes, at + 3);
}
