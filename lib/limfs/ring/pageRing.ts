import { ENTRY_BYTES, type Geometry } from '../areas/layout.js';
import { type Fold, seed, stored } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { NO_LAP } from './lap.js';

const ENTRY_WORDS = ENTRY_BYTES >> 1;
/** Entries that one transfer reads at most: a page and its successor. */
const WINDOW_ENTRIES = 2;
const LAP_OFFSET = ENTRY_BYTES - 1;

/** Kinds that seed checksums apart. */
const ENTRY_KIND = 0x0100;
const PAGE_KIND = 0x0200;

/** What a PVT entry says of its page; kept by its user and filled again and again. */
export interface Entry {
  slot: number;
  lap: number;
  timeSeconds: number;
  sequence: number;
  run: number;
}

export function createEntry(): Entry {
  return { slot: 0, lap: NO_LAP, timeSeconds: 0, sequence: 0, run: 0 };
}

export function copyEntry(from: Entry, to: Entry): void {
  to.slot = from.slot;
  to.lap = from.lap;
  to.timeSeconds = from.timeSeconds;
  to.sequence = from.sequence;
  to.run = from.run;
}

/**
 * The circular Pointer Vector Table and its circular data area (the paper's section 3, Figures 2 and 3): slot s of the
 * table describes page s, so adding or removing a page adds or removes its entry. An entry is committed by its last
 * byte, the lap; its checksum guards against damage only.
 */
export class PageRing {
  readonly geometry: Geometry;
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly seedSum: number;
  private readonly bytes = new Uint8Array(WINDOW_ENTRIES * ENTRY_BYTES);
  private readonly words = new Uint16Array(this.bytes.buffer);

  constructor(medium: Medium, geometry: Geometry, seedSum: number, fold: Fold) {
    this.medium = medium;
    this.geometry = geometry;
    this.seedSum = seedSum;
    this.fold = fold;
  }

  get pages(): number {
    return this.geometry.pages;
  }

  pageAddress(slot: number): number {
    return this.geometry.dataAddress + slot * this.geometry.pageBytes;
  }

  /** The address above a page, where a stream that grows downwards starts. */
  topAddress(slot: number): number {
    return this.pageAddress(slot + 1);
  }

  slotAfter(slot: number): number {
    return slot + 1 === this.geometry.pages ? 0 : slot + 1;
  }

  slotBefore(slot: number): number {
    return (slot === 0 ? this.geometry.pages : slot) - 1;
  }

  /** Seed of the checksum of the page that `entry` describes: a page of another place, lap or time never passes. */
  pageSeed(entry: Entry): number {
    const place = seed(seed(this.seedSum, PAGE_KIND | entry.lap), entry.slot);
    return seed(seed(place, entry.sequence), entry.timeSeconds);
  }

  /** Reads one lap byte: what mount's binary search looks at. */
  lapAt(slot: number): number {
    this.medium.read(this.geometry.tableAddress + slot * ENTRY_BYTES + LAP_OFFSET, this.bytes, 0, 1);
    return this.bytes[0]!;
  }

  /** Reads up to two consecutive entries (fewer at the end of the table) in one transfer; returns their number. */
  readEntries(slot: number): number {
    const count = Math.min(WINDOW_ENTRIES, this.geometry.pages - slot);
    this.medium.read(this.geometry.tableAddress + slot * ENTRY_BYTES, this.bytes, 0, count * ENTRY_BYTES);
    return count;
  }

  /**
   * Takes the `index`-th entry of the last `readEntries(slot)` into `into`; false when it is none, or damaged. With
   * `lap` given the entry is checked as if its lap byte were that.
   */
  take(index: number, slot: number, into: Entry, lap = this.lapOf(index)): boolean {
    const word = index * ENTRY_WORDS;
    const words = this.words;
    into.slot = slot + index;
    into.lap = lap;
    into.timeSeconds = (words[word + 1]! | (words[word + 2]! << 16)) >>> 0;
    into.sequence = (words[word + 3]! | (words[word + 4]! << 16)) >>> 0;
    into.run = words[word + 5]! & 0xff;
    if (lap === NO_LAP) return false;
    words[word + 5] = into.run | (lap << 8);
    return words[word] === this.entryCheck(into.slot, word);
  }

  lapOf(index: number): number {
    return this.bytes[index * ENTRY_BYTES + LAP_OFFSET]!;
  }

  /** Makes a page unreadable before it is overwritten: its entry must never describe other data. */
  invalidate(slot: number): void {
    this.bytes[0] = NO_LAP;
    this.medium.write(this.geometry.tableAddress + slot * ENTRY_BYTES + LAP_OFFSET, this.bytes, 0, 1);
  }

  /** Writes an entry whose lap byte, written last, makes its page part of the store. */
  commit(entry: Entry): void {
    const words = this.words;
    words[1] = entry.timeSeconds;
    words[2] = entry.timeSeconds >>> 16;
    words[3] = entry.sequence;
    words[4] = entry.sequence >>> 16;
    words[5] = entry.run | (entry.lap << 8);
    words[0] = this.entryCheck(entry.slot, 0);
    this.medium.write(this.geometry.tableAddress + entry.slot * ENTRY_BYTES, this.bytes, 0, ENTRY_BYTES);
  }

  /** format(): no slot belongs to any lap. */
  clear(): void {
    const zeros = new Uint8Array(256);
    const { pages, tableAddress } = this.geometry;
    const end = tableAddress + pages * ENTRY_BYTES;
    for (let address = tableAddress; address < end; address += zeros.length) {
      this.medium.write(address, zeros, 0, Math.min(zeros.length, end - address));
    }
  }

  private entryCheck(slot: number, word: number): number {
    const sum = seed(this.seedSum, ENTRY_KIND | (slot << 16));
    return stored(this.fold(sum, this.words, word + ENTRY_WORDS, word + 1));
  }
}
