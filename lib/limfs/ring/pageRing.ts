import { ENTRY_BYTES, type Geometry } from '../areas/layout.js';
import { MODULUS, stored } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { ShortBuffer } from '../medium/shortBuffer.js';
import { NO_LAP } from './lap.js';

/** 32-bit words of an entry: checksum and time, time and sequence, sequence, run and lap. */
const ENTRY_WORDS = ENTRY_BYTES >> 2;
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
  readonly pages: number;
  readonly geometry: Geometry;
  readonly short = new ShortBuffer();
  private readonly medium: Medium;
  private readonly seedSum: number;
  private readonly bytes = new Uint8Array(WINDOW_ENTRIES * ENTRY_BYTES);
  private readonly words = new Int32Array(this.bytes.buffer);

  constructor(medium: Medium, geometry: Geometry, seedSum: number) {
    this.pages = geometry.pages;
    this.medium = medium;
    this.geometry = geometry;
    this.seedSum = seedSum;
  }

  pageAddress(slot: number): number {
    return this.geometry.dataAddress + slot * this.geometry.pageBytes;
  }

  /** The address above a page, where a stream that grows downwards starts. */
  topAddress(slot: number): number {
    const { geometry } = this;
    return geometry.dataAddress + (slot + 1) * geometry.pageBytes;
  }

  slotAfter(slot: number): number {
    return slot + 1 === this.geometry.pages ? 0 : slot + 1;
  }

  slotBefore(slot: number): number {
    return (slot === 0 ? this.geometry.pages : slot) - 1;
  }

  /** Seed of the checksum of the page that `entry` describes: a page of another place, lap or time never passes. */
  pageSeed(entry: Entry): number {
    const { sequence, timeSeconds } = entry;
    // Four times `seed` in one expression, which stays below 2^30: a call costs XS more than all of it.
    return (
      (this.seedSum * 6561 +
        (PAGE_KIND | entry.lap) * 2187 +
        entry.slot * 243 +
        (sequence & 0xffff) * 27 +
        (sequence >>> 16) * 9 +
        (timeSeconds & 0xffff) * 3 +
        (timeSeconds >>> 16)) %
      MODULUS
    );
  }

  /** Reads one lap byte: what mount's binary search looks at. */
  lapAt(slot: number): number {
    this.medium.read(this.geometry.tableAddress + slot * ENTRY_BYTES + LAP_OFFSET, this.bytes, 0, 1);
    return this.bytes[0]!;
  }

  /** Reads up to two consecutive entries (fewer at the end of the table) in one transfer; returns their number. */
  readEntries(slot: number): number {
    const count = slot + WINDOW_ENTRIES <= this.pages ? WINDOW_ENTRIES : this.pages - slot;
    this.medium.read(this.geometry.tableAddress + slot * ENTRY_BYTES, this.bytes, 0, count * ENTRY_BYTES);
    return count;
  }

  /**
   * Takes the `index`-th entry of the last `readEntries(slot)` into `into`; false when it is none, or damaged. With
   * `lapGiven` the entry is checked as if its lap byte were that.
   */
  take(index: number, slot: number, into: Entry, lapGiven = -1): boolean {
    const { words } = this;
    const word = index * ENTRY_WORDS;
    const first = words[word]!;
    const second = words[word + 1]!;
    const third = words[word + 2]!;
    const lap = lapGiven < 0 ? third >>> 24 : lapGiven;
    const runAndLap = ((third >>> 16) & 0xff) | (lap << 8);
    into.slot = slot + index;
    into.lap = lap;
    into.timeSeconds = ((first >>> 16) | (second << 16)) >>> 0;
    into.sequence = ((second >>> 16) | (third << 16)) >>> 0;
    into.run = runAndLap & 0xff;
    return (
      lap !== NO_LAP &&
      (first & 0xffff) === this.check(into.slot, first >>> 16, second, third & 0xffff, runAndLap)
    );
  }

  lapOf(index: number): number {
    return this.words[index * ENTRY_WORDS + 2]! >>> 24;
  }

  /** Makes a page unreadable before it is overwritten: its entry must never describe other data. */
  invalidate(slot: number): void {
    this.short.words[0] = NO_LAP;
    this.medium.write(this.geometry.tableAddress + slot * ENTRY_BYTES + LAP_OFFSET, this.short.bytes, 0, 1);
  }

  /** Writes an entry whose lap byte, written last, makes its page part of the store. */
  commit(entry: Entry): void {
    const { short } = this;
    const { words } = short;
    const { slot, timeSeconds, sequence } = entry;
    const runAndLap = entry.run | (entry.lap << 8);
    const middle = (timeSeconds >>> 16) | (sequence << 16);
    words[0] =
      this.check(slot, timeSeconds & 0xffff, middle, sequence >>> 16, runAndLap) | (timeSeconds << 16);
    words[1] = middle;
    words[2] = (sequence >>> 16) | (runAndLap << 16);
    this.medium.write(this.geometry.tableAddress + slot * ENTRY_BYTES, short.bytes, 0, ENTRY_BYTES);
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

  /** An entry's checksum: `seed` for its kind and slot, and a fold of the five words behind it, in one expression. */
  private check(slot: number, time: number, middle: number, sequence: number, runAndLap: number): number {
    const sum =
      this.seedSum * 2187 +
      ENTRY_KIND * 729 +
      slot * 243 +
      runAndLap * 81 +
      sequence * 27 +
      (middle >>> 16) * 9 +
      (middle & 0xffff) * 3 +
      time;
    return stored(sum % MODULUS);
  }
}
