import { type Fold, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { copyReading, createReading, type Reading } from '../meter/reading.js';
import { type Context, JournalSector, sameContext } from './journalSector.js';
import { MAXIMUM_JOURNAL_SECTORS } from './layout.js';
import { createHeader, type SectorHeader, SectorKind, type SectorRing } from './sectorRing.js';

const RECORD_SEED = 0x0420;

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
    const { readings, lost } = this.sectors[last]!.scan(this.newest);
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
      readings = this.sectors[index]!.scan(this.newest).readings;
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
    sector.program(this.next, reading);
    copyReading(reading, this.newest);
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
    const sector = own.isFull ? this.sectorWithRoom(sequence, own) : own;
    sector.program(sequence, this.newest);
    sector.spoilt = true;
    this.doubtful = false;
  }

  /** As `confirm`, for `idle`; true when it wrote. */
  confirmIfThereIsRoom(): boolean {
    if (!this.doubtful) return false;
    const own = this.sectors[this.indexOf(this.newest.sequence)]!;
    if (own.isFull && (this.isFull || this.ring.free.length === 0)) return false;
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
    }
  }

  /** Reads a reading; false when it is not here, or damaged. */
  find(sequence: number, into: Reading): boolean {
    if (((sequence - this.next) | 0) >= 0) return false;
    if (this.found && sequence === this.newest.sequence) {
      copyReading(this.newest, into);
      return true;
    }
    for (let index = this.indexOf(sequence); index >= 0; index -= 1) {
      if (this.sectors[index]!.find(sequence, into)) return true;
    }
    return false;
  }

  /** Index of the newest sector that may hold a reading, or -1. */
  private indexOf(sequence: number): number {
    let index = this.sectors.length - 1;
    while (index >= 0 && ((sequence - this.sectors[index]!.firstSequence) | 0) < 0) index -= 1;
    return index;
  }

  private sectorWithRoom(sequence: number, context: Context): JournalSector {
    const last = this.sectors[this.sectors.length - 1];
    if (last !== undefined && !last.isFull && sameContext(last, context)) return last;
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
      if (last !== undefined && !last.isFull) last.spoilt = true;
      this.add(sector, header);
    }
    return sector;
  }

  private add(sector: number, header: SectorHeader): void {
    const { medium, ring, seedSum, fold, sectors } = this;
    const neighbour = sectors[sectors.length - 1];
    sectors.push(new JournalSector(medium, ring, sector, header, seedSum, fold, neighbour));
  }
}
