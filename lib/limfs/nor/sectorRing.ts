import { getUint32, putUint32 } from '../areas/bytes.js';
import { type Fold, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { Frame } from './frame.js';
import { type NorGeometry, sectorAddress } from './layout.js';

/** What a sector of the ring is found to be. Garbage may be erased; nothing in it counts. */
export const SectorKind = { page: 0, journal: 1, free: 2, garbage: 3 } as const;
export type SectorKind = (typeof SectorKind)[keyof typeof SectorKind];

/** Kinds that seed checksums apart. */
const MARK_SEED = 0x0401;
export const HEADER_SEED = 0x0402;

/** What the header of a sector says; the fields from `firstSequence` on count in a journal sector only. */
export interface SectorHeader {
  kind: SectorKind;
  /** Counts all openings of sectors: the highest is the newest. */
  generation: number;
  /** No reading from this one on counts in older journal sectors. */
  firstSequence: number;
  intervalSeconds: number;
  revision: number;
  channels: number;
}

export function createHeader(): SectorHeader {
  return {
    kind: SectorKind.garbage,
    generation: 0,
    firstSequence: 0,
    intervalSeconds: 0,
    revision: 0,
    channels: 0,
  };
}

/**
 * The ring of sectors. Page sectors follow one another in it; the journal lives in the few sectors ahead of the newest
 * page sector and so moves around the ring with it, which spreads the wear. A sector counts as erased only with an
 * erase-done mark, and as opened only when its header was complete: the header stands there twice, and the second
 * copy, or anything behind it, proves that programming the first had ended.
 */
export class SectorRing {
  readonly geometry: NorGeometry;
  /** The newest page sector; without any the one before the first. */
  head: number;
  /** Erased sectors, nearest behind the head first. */
  readonly free: number[] = [];
  private nextGeneration = 1;
  private readonly medium: Medium;
  private readonly seedSum: number;
  private readonly header: Frame;
  private readonly mark: Frame;

  constructor(medium: Medium, geometry: NorGeometry, seedSum: number, fold: Fold) {
    this.medium = medium;
    this.geometry = geometry;
    this.seedSum = seedSum;
    this.header = new Frame(medium, geometry.headerBytes, fold);
    this.mark = new Frame(medium, geometry.markBytes, fold);
    this.head = geometry.sectors - 1;
  }

  contentAddress(sector: number): number {
    return sectorAddress(this.geometry, sector) + this.geometry.contentOffset;
  }

  /** Where the first thing behind the header is programmed: a journal record, or a page (its entry comes after it). */
  private firstContent(sector: number, kind: SectorKind): number {
    const { entryBytes, pagesPerSector } = this.geometry;
    return this.contentAddress(sector) + (kind === SectorKind.page ? entryBytes * pagesPerSector : 0);
  }

  /** Sectors between the head and another, in the direction of the ring. */
  distance(sector: number): number {
    const distance = sector - this.head - 1;
    return distance < 0 ? distance + this.geometry.sectors : distance;
  }

  sectorAt(distance: number): number {
    return (this.head + 1 + distance) % this.geometry.sectors;
  }

  /** Reads what a sector is; a header is in `into` when it was opened. */
  examine(sector: number, into: SectorHeader): SectorKind {
    const address = sectorAddress(this.geometry, sector);
    into.kind = this.loadHeader(sector, address, into);
    return into.kind;
  }

  private loadHeader(sector: number, address: number, into: SectorHeader): SectorKind {
    const { markBytes, headerBytes } = this.geometry;
    const first = address + markBytes;
    const second = first + headerBytes;
    const place = this.seedOf(HEADER_SEED, address);
    const { header, mark } = this;
    if (header.load(second, place)) return this.takeHeader(into);
    const secondBlank = header.isBlank();
    if (!header.load(first, place)) {
      const blank = secondBlank && header.isBlank();
      return blank && mark.load(address, this.seedOf(MARK_SEED, address))
        ? SectorKind.free
        : SectorKind.garbage;
    }
    const kind = this.takeHeader(into);
    if (!secondBlank) return kind;
    header.read(this.firstContent(sector, kind));
    return header.isBlank() ? SectorKind.garbage : kind;
  }

  private takeHeader(into: SectorHeader): SectorKind {
    const { bytes } = this.header;
    into.generation = getUint32(bytes, 1);
    into.firstSequence = getUint32(bytes, 5);
    into.intervalSeconds = getUint32(bytes, 9);
    into.revision = bytes[13]!;
    into.channels = bytes[14]!;
    if (((into.generation - this.nextGeneration) | 0) >= 0) this.nextGeneration = (into.generation + 1) >>> 0;
    return bytes[0] === SectorKind.page ? SectorKind.page : SectorKind.journal;
  }

  /** Remembers an erased sector that mount has found. */
  addFree(sector: number): void {
    let at = this.free.length;
    while (at > 0 && this.distance(this.free[at - 1]!) > this.distance(sector)) at -= 1;
    this.free.splice(at, 0, sector);
  }

  /**
   * Takes an erased sector and opens it: for pages the nearest, for the journal the farthest, so that pages follow one
   * another. False when none is left.
   */
  open(header: SectorHeader): number {
    for (;;) {
      const sector = header.kind === SectorKind.page ? this.free.shift() : this.free.pop();
      if (sector === undefined) return -1;
      const first = sectorAddress(this.geometry, sector) + this.geometry.markBytes;
      // A header whose program was cut off before may look blank; such a sector has to be erased again.
      if (!this.header.findsBlank(first)) continue;
      this.programHeader(sector, header);
      return sector;
    }
  }

  private programHeader(sector: number, from: SectorHeader): void {
    const address = sectorAddress(this.geometry, sector);
    const { header } = this;
    const { markBytes, headerBytes } = this.geometry;
    from.generation = this.nextGeneration;
    this.nextGeneration = (this.nextGeneration + 1) >>> 0;
    header.clear();
    header.bytes[0] = from.kind;
    putUint32(header.bytes, 1, from.generation);
    putUint32(header.bytes, 5, from.firstSequence);
    putUint32(header.bytes, 9, from.intervalSeconds);
    header.bytes[13] = from.revision;
    header.bytes[14] = from.channels;
    header.seal(this.seedOf(HEADER_SEED, address));
    header.program(address + markBytes);
    header.program(address + markBytes + headerBytes);
  }

  /** Erases a sector and marks it as erased. */
  erase(sector: number): void {
    const { geometry, mark } = this;
    const address = sectorAddress(geometry, sector);
    this.medium.erase(address, geometry.sectorBytes);
    mark.clear();
    mark.bytes[0] = 0;
    mark.seal(this.seedOf(MARK_SEED, address));
    mark.program(address);
    this.addFree(sector);
  }

  private seedOf(kind: number, address: number): number {
    return seed(seed(this.seedSum, kind), address);
  }
}
