import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { type Fold, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import type { FindingCode } from '../meter/finding.js';
import type { PageReader } from '../meter/pageReader.js';
import { Frame } from './frame.js';
import { createHeader, SectorKind, type SectorRing } from './sectorRing.js';

const ENTRY_SEED = 0x0430;
const PAGE_SEED = 0x0431;

/** What a PVT entry says of its page. */
export interface PageEntry {
  /** Number of the page's place: sector of the ring times pages in a sector, plus place in the sector. */
  place: number;
  timeSeconds: number;
  sequence: number;
  run: number;
  revision: number;
  /** Readings in the page. */
  count: number;
}

export function createPageEntry(): PageEntry {
  return { place: -1, timeSeconds: 0, sequence: 0, run: 0, revision: 0, count: 0 };
}

function copyPageEntry(from: PageEntry, to: PageEntry): void {
  to.place = from.place;
  to.timeSeconds = from.timeSeconds;
  to.sequence = from.sequence;
  to.run = from.run;
  to.revision = from.revision;
  to.count = from.count;
}

/** Seed of a page's checksum: a page of another store or time never passes. Its entry binds it to its place. */
export function pageSeed(seedSum: number, sequence: number, timeSeconds: number): number {
  return seed(seed(seed(seedSum, PAGE_SEED), sequence), timeSeconds);
}

/** Seed of the checksum of an entry, and of its copy in front of the page, at an address. */
export function entrySeed(seedSum: number, address: number): number {
  return seed(seed(seedSum, ENTRY_SEED), address);
}

/** What the table asks of the store, about damaged entries only. */
export interface PageTableUser {
  /** Whether the journal has a reading. */
  journalHolds(sequence: number): boolean;
  report(code: FindingCode, slot: number): void;
}

/**
 * The PVT on NOR flash: each page sector begins with one entry a page. A page carries its entry in front of it, too:
 * first the page is programmed, then its entry, so an entry proves that its page is whole, and a damaged or torn entry
 * is found again with its page.
 *
 * Pages are counted by positions: 0 is the first place behind the head sector, the highest the last place in it.
 */
export class PageTable {
  /** The newest page; `place` is -1 when there is none. */
  readonly last: PageEntry = createPageEntry();
  /** The entry that `load` found. */
  readonly entry: PageEntry = createPageEntry();
  readonly reader: PageReader;
  private readonly medium: Medium;
  private readonly ring: SectorRing;
  private readonly seedSum: number;
  private readonly frame: Frame;
  private readonly user: PageTableUser;
  private readonly header = createHeader();
  private readonly probe: PageEntry = createPageEntry();
  /** First place of the head sector to which nothing has been programmed. */
  private nextInSector: number;
  /** Where the oldest page is, or a place before it that holds none. */
  private oldestPlace = 0;
  /** The oldest page once it was looked for; `place` is -1 before. */
  private readonly firstEntry: PageEntry = createPageEntry();

  constructor(
    medium: Medium,
    ring: SectorRing,
    reader: PageReader,
    seedSum: number,
    fold: Fold,
    user: PageTableUser,
  ) {
    this.medium = medium;
    this.ring = ring;
    this.reader = reader;
    this.seedSum = seedSum;
    this.frame = new Frame(medium, ring.geometry.entryBytes, fold);
    this.user = user;
    this.nextInSector = ring.geometry.pagesPerSector;
  }

  /** Mount: finds the newest page and the next place; `oldestSector` is the first page sector behind the head. */
  mount(oldestSector: number): void {
    const { pagesPerSector } = this.ring.geometry;
    const first = this.ring.head * pagesPerSector;
    let used = pagesPerSector;
    while (used > 0 && this.looksBlank(first + used - 1)) used -= 1;
    this.nextInSector = used;
    this.oldestPlace = oldestSector * pagesPerSector;
    const position = this.loadUpTo(this.highestPosition);
    if (position >= 0) copyPageEntry(this.entry, this.last);
  }

  get isEmpty(): boolean {
    return this.last.place < 0;
  }

  get highestPosition(): number {
    const { sectors, pagesPerSector } = this.ring.geometry;
    return this.isEmpty ? sectors * pagesPerSector - 1 : this.positionOf(this.last.place);
  }

  /** Position of the oldest page; its entry is in `entry`. -1 when there is none. */
  oldest(): number {
    if (this.isEmpty) return -1;
    let position = this.positionOf(this.oldestPlace);
    while (!this.load(position)) position += 1;
    this.oldestPlace = this.entry.place;
    copyPageEntry(this.entry, this.firstEntry);
    return position;
  }

  /** Takes the newest page at or before a position into `entry`; returns its position, or -1. */
  loadUpTo(position: number): number {
    const oldest = this.positionOf(this.oldestPlace);
    for (let at = position; at >= oldest; at -= 1) if (this.load(at)) return at;
    return -1;
  }

  /** Reads the page that an entry describes, and tells whether it matches its checksum. */
  isWhole(entry: PageEntry): boolean {
    this.reader.load(this.pageAddress(entry.place) + this.ring.geometry.entryBytes);
    return this.reader.verify(pageSeed(this.seedSum, entry.sequence, entry.timeSeconds));
  }

  /**
   * Programs a page, whose first `entryBytes` are left for its entry, and then its entry. False when there is no place
   * and no erased sector for more; then nothing was programmed.
   */
  add(entry: PageEntry, page: Uint8Array): boolean {
    if (!this.findPlace(entry)) return false;
    const { frame } = this;
    frame.clear();
    encode(entry, frame.bytes);
    frame.seal(this.entrySeed(this.pageAddress(entry.place)));
    page.set(frame.bytes);
    this.medium.write(this.pageAddress(entry.place), page, 0, page.length);
    frame.seal(this.entrySeed(this.entryAddress(entry.place)));
    frame.program(this.entryAddress(entry.place));
    const first = this.isEmpty;
    copyPageEntry(entry, this.last);
    if (first) this.oldestPlace = entry.place;
    return true;
  }

  /** A sector is about to be erased: its pages, the oldest, are gone. */
  dropSector(sector: number): void {
    const { pagesPerSector } = this.ring.geometry;
    const behind = (this.ring.distance(sector) + 1) * pagesPerSector;
    if (this.positionOf(this.oldestPlace) < behind) {
      this.oldestPlace = this.placeAt(behind);
      this.firstEntry.place = -1;
    }
    if (!this.isEmpty && this.positionOf(this.last.place) < behind) this.last.place = -1;
  }

  /** The next place that reads blank, in the head sector or a new one. */
  private findPlace(entry: PageEntry): boolean {
    const { pagesPerSector } = this.ring.geometry;
    for (;;) {
      while (this.nextInSector < pagesPerSector) {
        entry.place = this.ring.head * pagesPerSector + this.nextInSector;
        this.nextInSector += 1;
        if (this.isBlank(entry.place)) return true;
      }
      const header = createHeader();
      header.kind = SectorKind.page;
      header.firstSequence = entry.sequence;
      const sector = this.ring.open(header);
      if (sector < 0) return false;
      this.ring.head = sector;
      this.nextInSector = 0;
    }
  }

  private looksBlank(place: number): boolean {
    this.frame.read(this.pageAddress(place));
    return this.frame.isBlank();
  }

  /** A page whose program was cut off need not show at its beginning: look at all of it. */
  private isBlank(place: number): boolean {
    const { entryBytes, pageBytes } = this.ring.geometry;
    const address = this.pageAddress(place);
    for (let at = 0; at < entryBytes + pageBytes; at += entryBytes) {
      this.frame.read(Math.min(address + at, address + pageBytes));
      if (!this.frame.isBlank()) return false;
    }
    return this.frame.findsBlank(address);
  }

  /** Takes the page at a position into `entry`; false when there is none. */
  private load(position: number): boolean {
    const place = this.placeAt(position);
    if (place === this.last.place || place === this.firstEntry.place) {
      copyPageEntry(place === this.last.place ? this.last : this.firstEntry, this.entry);
      return true;
    }
    return this.loadPlace(place, this.entry) || this.rebuild(place);
  }

  private loadPlace(place: number, into: PageEntry): boolean {
    const address = this.entryAddress(place);
    if (!this.frame.load(address, this.entrySeed(address))) return false;
    decodeEntry(this.frame.bytes, place, into);
    return true;
  }

  /**
   * Takes the copy of an entry that stands in front of the page, if the page is whole. Where a cut came between page
   * and entry the page does not count, as long as the journal holds its readings; they are packed once more.
   */
  private rebuild(place: number): boolean {
    const { frame, probe, user } = this;
    const wasBlank = frame.isBlank();
    const { pagesPerSector } = this.ring.geometry;
    // Sectors of the journal may lie between those of pages.
    const sector = Math.floor(place / pagesPerSector);
    if (this.ring.examine(sector, this.header) !== SectorKind.page) return false;
    const address = this.pageAddress(place);
    const named = frame.load(address, this.entrySeed(address));
    if (named) decodeEntry(frame.bytes, place, probe);
    if (!named || !this.isWhole(probe)) {
      if (!wasBlank) user.report('entry-damaged', place);
      return false;
    }
    copyPageEntry(probe, this.entry);
    if (user.journalHolds(probe.sequence) || this.isPackedAgain(this.entry)) return false;
    if (!wasBlank) user.report('entry-rebuilt', place);
    return true;
  }

  private isPackedAgain({ place, sequence }: PageEntry): boolean {
    const { pagesPerSector, sectors } = this.ring.geometry;
    for (let step = 1; step <= pagesPerSector; step += 1) {
      if (this.loadPlace((place + step) % (sectors * pagesPerSector), this.probe)) {
        return this.probe.sequence === sequence;
      }
    }
    return false;
  }

  private placeAt(position: number): number {
    const { sectors, pagesPerSector } = this.ring.geometry;
    return ((this.ring.head + 1) * pagesPerSector + position) % (sectors * pagesPerSector);
  }

  positionOf(place: number): number {
    const { pagesPerSector } = this.ring.geometry;
    const sector = Math.floor(place / pagesPerSector);
    return this.ring.distance(sector) * pagesPerSector + (place % pagesPerSector);
  }

  private entryAddress(place: number): number {
    const { pagesPerSector, entryBytes } = this.ring.geometry;
    const sector = Math.floor(place / pagesPerSector);
    return this.ring.contentAddress(sector) + (place % pagesPerSector) * entryBytes;
  }

  private pageAddress(place: number): number {
    const { pagesPerSector, entryBytes, pageBytes } = this.ring.geometry;
    const sector = Math.floor(place / pagesPerSector);
    const pages = this.ring.contentAddress(sector) + pagesPerSector * entryBytes;
    return pages + (place % pagesPerSector) * (entryBytes + pageBytes);
  }

  private entrySeed(address: number): number {
    return entrySeed(this.seedSum, address);
  }
}

function encode(entry: PageEntry, bytes: Uint8Array): void {
  // A first byte with many zeros: programming it leaves a trace wherever it is cut off.
  bytes[0] = entry.revision;
  bytes[1] = entry.run;
  putUint16(bytes, 2, entry.count);
  putUint32(bytes, 4, entry.timeSeconds);
  putUint32(bytes, 8, entry.sequence);
}

/** Takes what a whole frame says. */
export function decodeEntry(bytes: Uint8Array, place: number, into: PageEntry): void {
  into.place = place;
  into.revision = bytes[0]!;
  into.run = bytes[1]!;
  into.count = getUint16(bytes, 2);
  into.timeSeconds = getUint32(bytes, 4);
  into.sequence = getUint32(bytes, 8);
}
