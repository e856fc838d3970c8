import { getUint16, getUint32, putUint16, putUint32 } from '../../areas/bytes.js';
import { type Fold, seed } from '../../checksum.js';
import { LimfsError } from '../../errors.js';
import type { Medium } from '../../medium/medium.js';
import { Frame } from '../frame.js';
import { sectorAddress } from '../layout.js';
import { createHeader, type SectorHeader, SectorKind, SectorRing } from '../sectorRing.js';
import { NOWHERE, type TranslationGeometry } from './layout.js';

const HEAD_SEED = 0x0430;
const FIRST = 0x10;

/** What the head of a block says. */
export interface BlockHead {
  /** Whether it begins a row, and how many blocks of the row follow: the head with 0 commits it. */
  isFirst: boolean;
  left: number;
  block: number;
  /** Counts heads: those with this number and later ones that stand before this head do not count. */
  serial: number;
  /** What the head before says. */
  previousBlock: number;
  previousPlace: number;
}

/**
 * The endless log of blocks in a ring of sectors. A block is programmed first and its head second, so a head proves its
 * block, and the next head, or anything behind it, proves a head. A *place* numbers the slots of all sectors.
 */
export class BlockLog {
  readonly geometry: TranslationGeometry;
  /** The block that is being programmed: plain bytes, without the frame's tail. */
  readonly content: Frame;
  readonly head: BlockHead = {
    isFirst: true,
    left: 0,
    block: 0,
    serial: 0,
    previousBlock: NOWHERE,
    previousPlace: NOWHERE,
  };
  /** The serial of the next head, and the newest block that counts. */
  serial = 1;
  previousBlock = NOWHERE;
  previousPlace = NOWHERE;
  /** False as long as the newest head may be one that a cut has torn: the next one, which repeats it, ends that. */
  isProven = true;
  /** The oldest sector with heads; -1: no sector was ever opened. */
  oldest = -1;
  private readonly ring: SectorRing;
  private readonly frame: Frame;
  private readonly seedSum: number;
  private readonly header: SectorHeader = createHeader();
  /** The sector that is being filled, its generation and its slots that may have been programmed. */
  private sector = -1;
  private generation = 0;
  private used = 0;
  /** The sector was opened before the mount: a cut may have begun to program where it looks blank. */
  private suspect = false;

  constructor(medium: Medium, geometry: TranslationGeometry, seedSum: number, fold: Fold) {
    this.geometry = geometry;
    this.seedSum = seed(seedSum, HEAD_SEED);
    this.ring = new SectorRing(medium, geometry, seedSum, fold);
    this.frame = new Frame(medium, geometry.entryBytes, fold);
    this.content = new Frame(medium, geometry.pageBytes, fold);
  }

  /**
   * Mount: finds the sectors, and calls `visit` with the place of each whole head in the order of the log; `head` holds
   * it. `sectorsBefore` counts the sectors with heads before its own.
   */
  mount(visit: (place: number, sectorsBefore: number) => void): void {
    const { ring, header, geometry } = this;
    this.sector = this.newestSector();
    if (this.sector >= 0) ring.head = this.sector;
    let sectors = 0;
    for (let distance = 0; distance < geometry.sectors; distance += 1) {
      const sector = ring.sectorAt(distance);
      const kind = ring.examine(sector, header);
      if (kind === SectorKind.free) ring.addFree(sector);
      if (kind !== SectorKind.page) continue;
      this.generation = header.generation;
      this.visitHeads(sector, (place) => visit(place, sectors));
      if (this.used === 0) continue;
      if (this.oldest < 0) this.oldest = sector;
      sectors += 1;
    }
    this.suspect = this.sector >= 0;
    // A cut at the very beginning of a program may leave no trace: one slot is left alone.
    this.used += 1;
  }

  /** A sector that was opened and has no head holds nothing, and its header may be one that a cut has torn. */
  private newestSector(): number {
    const { ring, header, geometry } = this;
    let newest = -1;
    let generation = 0;
    for (let sector = 0; sector < geometry.sectors; sector += 1) {
      if (ring.examine(sector, header) !== SectorKind.page) continue;
      if (newest >= 0 && ((header.generation - generation) | 0) < 0) continue;
      if (!this.hasHeads(sector)) continue;
      newest = sector;
      generation = header.generation;
    }
    return newest;
  }

  private hasHeads(sector: number): boolean {
    const slots = this.geometry.pagesPerSector;
    for (let slot = 0; slot < slots; slot += 1) {
      this.frame.read(this.headAddress(sector * slots + slot));
      if (!this.frame.isBlank()) return true;
    }
    return false;
  }

  private visitHeads(sector: number, visit: (place: number) => void): void {
    const slots = this.geometry.pagesPerSector;
    this.used = 0;
    for (let slot = 0; slot < slots; slot += 1) {
      const place = sector * slots + slot;
      const whole = this.frame.load(this.headAddress(place), this.seedOf(place));
      if (!this.frame.isBlank()) this.used = slot + 1;
      if (!whole) continue;
      this.takeHead();
      visit(place);
    }
  }

  /** Whether the head of a place reads whole again and again. */
  findsWhole(place: number): boolean {
    if (this.ring.examine(this.sectorOf(place), this.header) !== SectorKind.page) return false;
    const seedSum = seed(seed(this.seedSum, place), this.header.generation);
    return this.frame.findsWhole(this.headAddress(place), seedSum);
  }

  sectorOf(place: number): number {
    return Math.floor(place / this.geometry.pagesPerSector);
  }

  /** Address of the block of a place. */
  addressOf(place: number): number {
    const { geometry } = this;
    const { pagesPerSector, entryBytes, pageBytes } = geometry;
    const slot = place % pagesPerSector;
    return this.startOf(place) + pagesPerSector * entryBytes + slot * pageBytes;
  }

  private headAddress(place: number): number {
    const { pagesPerSector, entryBytes } = this.geometry;
    return this.startOf(place) + (place % pagesPerSector) * entryBytes;
  }

  private startOf(place: number): number {
    return sectorAddress(this.geometry, this.sectorOf(place)) + this.geometry.contentOffset;
  }

  /** Blocks that can be stored while the reserve stays erased. */
  get roomBlocks(): number {
    const slots = this.geometry.pagesPerSector;
    const here = this.sector < 0 ? 0 : Math.max(0, slots - this.used);
    return here + slots * Math.max(0, this.ring.free.length - this.geometry.sectorsReserved);
  }

  /**
   * Makes sure that the next slot can be programmed; opens a sector if need be. Uses `content`. Errors: `needs-idle`,
   * when no erased sector is left.
   */
  prepare(): void {
    for (;;) {
      if (this.sector < 0 || this.used >= this.geometry.pagesPerSector) this.open();
      else if (!this.suspect || this.isNextBlank()) return;
      else this.used += 1;
    }
  }

  private isNextBlank(): boolean {
    const place = this.sector * this.geometry.pagesPerSector + this.used;
    return this.frame.findsBlank(this.headAddress(place)) && this.content.findsBlank(this.addressOf(place));
  }

  private open(): void {
    const { ring, header } = this;
    header.kind = SectorKind.page;
    const sector = ring.open(header);
    if (sector < 0) throw new LimfsError('needs-idle', 'no erased sector is left');
    ring.head = sector;
    this.sector = sector;
    this.generation = header.generation;
    this.used = 0;
    this.suspect = false;
    if (this.oldest < 0) this.oldest = sector;
  }

  /** Programs `content` and then its head into the slot that `prepare` found; returns its place. */
  append(block: number, isFirst: boolean, left: number): number {
    const { frame } = this;
    const place = this.sector * this.geometry.pagesPerSector + this.used;
    frame.clear();
    frame.bytes[0] = (isFirst ? FIRST : 0) | left;
    putUint16(frame.bytes, 1, block);
    putUint32(frame.bytes, 3, this.serial);
    putUint16(frame.bytes, 7, this.previousBlock);
    putUint16(frame.bytes, 9, this.previousPlace);
    frame.seal(this.seedOf(place));
    this.content.program(this.addressOf(place));
    frame.program(this.headAddress(place));
    this.serial = (this.serial + 1) >>> 0;
    this.previousBlock = block;
    this.previousPlace = place;
    this.isProven = true;
    this.used += 1;
    return place;
  }

  /** Whether background work has to erase or to empty sectors. */
  get wantsSectors(): boolean {
    return this.ring.free.length < this.geometry.sectorsAhead;
  }

  /** Erases the nearest sector between the newest and the oldest that is not erased; false when there is none. */
  eraseAhead(): boolean {
    const { ring } = this;
    const ahead = this.oldest < 0 ? this.geometry.sectors : ring.distance(this.oldest);
    for (let distance = 0; distance < ahead; distance += 1) {
      const sector = ring.sectorAt(distance);
      if (ring.free.includes(sector)) continue;
      ring.erase(sector);
      return true;
    }
    return false;
  }

  /** The oldest sector holds nothing that is needed any more. */
  dropOldest(): void {
    this.oldest = (this.oldest + 1) % this.geometry.sectors;
  }

  /**
   * Mount: gives up the newest sectors as long as none of their heads counts, so that cut after cut cannot use up the
   * erased ones; they are erased again.
   */
  dropUseless(places: Uint16Array): void {
    const { ring, geometry } = this;
    while (this.sector >= 0 && !places.some((place) => this.sectorOf(place) === this.sector)) {
      ring.head = (this.sector + geometry.sectors - 1) % geometry.sectors;
      this.used = geometry.pagesPerSector;
      if (this.sector === this.oldest) this.oldest = -1;
      this.sector = this.oldest < 0 ? -1 : ring.head;
    }
  }

  get isOneSector(): boolean {
    return this.oldest === this.sector;
  }

  private takeHead(): void {
    const { head } = this;
    const { bytes } = this.frame;
    head.isFirst = (bytes[0]! & FIRST) !== 0;
    head.left = bytes[0]! & ~FIRST;
    head.block = getUint16(bytes, 1);
    head.serial = getUint32(bytes, 3);
    head.previousBlock = getUint16(bytes, 7);
    head.previousPlace = getUint16(bytes, 9);
  }

  private seedOf(place: number): number {
    return seed(seed(this.seedSum, place), this.generation);
  }
}
