import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import type { StoreId } from '../areas/superblock.js';
import { type Fold, seed, stored } from '../checksum.js';
import { LINE_BYTES, LineList } from '../lines/lineList.js';
import type { Medium } from '../medium/medium.js';
import { GapList, MAXIMUM_GAPS } from './gapList.js';

/** The newest lines that are remembered of a meter, so that the place is found where a new one parts from them. */
export const KNOWN_LINES = 6;

/** What a manager knows of one meter, and behind it its gaps and lines, which are written only when they change. */
const FACTS_BYTES = 64;
const GAPS_BYTES = 4 + 8 * MAXIMUM_GAPS;
const LINES_BYTES = 2 + KNOWN_LINES * LINE_BYTES;
export const METER_BYTES = FACTS_BYTES + GAPS_BYTES + LINES_BYTES;
/** Where the store id, high half first, ends in the facts. */
const ID_END = 12;

const FACTS_KIND = 0x0311;
const GAPS_KIND = 0x0312;
const LINES_KIND = 0x0317;

export const MeterState = Object.freeze({ free: 0, active: 1, quarantined: 2 } as const);
export type MeterState = (typeof MeterState)[keyof typeof MeterState];

/** In the state's byte: the cell of this place in the open page is not to be replaced; the lines are still to be told. */
const CELL_TAKEN = 0x80;
const LINES_UNTOLD = 0x40;
const STATE_MASK = 0x1f;
/** In the byte of the gaps: how often the meter was set back. */
const SET_BACKS_SHIFT = 4;
const GAP_COUNT_MASK = 0x0f;

/** One meter's record; created once by its user and loaded again and again. */
export class Meter {
  state: MeterState = MeterState.free;
  storeHigh = 0;
  storeLow = 0;
  /** The sequence after the newest one known. */
  next = 0;
  /** The window page with this meter's newest cell: its position. */
  page = 0;
  /** The sequences in that cell: first, and after the last. */
  cellFirst = 0;
  cellEnd = 0;
  /** That cell holds a window of an earlier meter at this place, or of an earlier line, which must stay. */
  cellTaken = false;
  /** Everything before this sequence stands in another page than that cell, was reported, is a gap or is lost. */
  settled = 0;
  /** So does everything in [islandFirst, islandEnd). */
  islandFirst = 0;
  islandEnd = 0;
  /** When this meter last made the manager roll. */
  rolledSeconds = 0;
  /** Readings that were reported lost. */
  lost = 0;
  /** The line that the meter is on: blocks are taken under this name only; 0: none is known yet. */
  line = 0;
  /** No page says yet which lines there are. */
  linesUntold = false;
  /** How often the meter was set back, each time within a day of the time before; and when that was. */
  setBacks = 0;
  setBackSeconds = 0;
  readonly gaps = new GapList();
  /** That line and those before it; only what `MeterTable.loadLines` has loaded. */
  readonly lines = new LineList(KNOWN_LINES);
}

/** The table of meters, one record a place. */
export class MeterTable {
  readonly places: number;
  private readonly medium: Medium;
  private readonly address: number;
  private readonly seedSum: number;
  private readonly fold: Fold;
  private readonly bytes = new Uint8Array(FACTS_BYTES);
  private readonly words = new Uint16Array(this.bytes.buffer);
  private readonly gapBytes = new Uint8Array(GAPS_BYTES);
  private readonly gapWords = new Uint16Array(this.gapBytes.buffer);
  private readonly lineBytes = new Uint8Array(LINES_BYTES);
  private readonly lineWords = new Uint16Array(this.lineBytes.buffer);

  constructor(medium: Medium, address: number, places: number, seedSum: number, fold: Fold) {
    this.medium = medium;
    this.address = address;
    this.places = places;
    this.seedSum = seedSum;
    this.fold = fold;
  }

  /** Whether a place's record may be that of a meter: for most it is not, and need not be loaded. */
  mayHold(place: number, storeId: StoreId): boolean {
    const { bytes } = this;
    this.medium.read(this.address + place * METER_BYTES, bytes, 0, ID_END);
    return getUint32(bytes, ID_END - 4) === storeId[1] && getUint32(bytes, ID_END - 8) === storeId[0];
  }

  /** Loads a place's record, its gaps only if it has any; false when it is damaged. */
  load(place: number, into: Meter): boolean {
    const { bytes } = this;
    const address = this.address + place * METER_BYTES;
    this.medium.read(address, bytes, 0, FACTS_BYTES);
    if (getUint16(bytes, 0) !== this.factsCheck(place)) return false;
    const state = bytes[2]!;
    into.state = (state & STATE_MASK) as MeterState;
    into.cellTaken = (state & CELL_TAKEN) !== 0;
    into.linesUntold = (state & LINES_UNTOLD) !== 0;
    const gaps = bytes[3]! & GAP_COUNT_MASK;
    into.setBacks = bytes[3]! >> SET_BACKS_SHIFT;
    into.storeHigh = getUint32(bytes, 4);
    into.storeLow = getUint32(bytes, 8);
    into.next = getUint32(bytes, 12);
    into.page = getUint32(bytes, 16);
    into.cellFirst = getUint32(bytes, 20);
    into.cellEnd = getUint32(bytes, 24);
    into.settled = getUint32(bytes, 28);
    into.islandFirst = getUint32(bytes, 32);
    into.islandEnd = getUint32(bytes, 36);
    into.rolledSeconds = getUint32(bytes, 40);
    into.lost = getUint32(bytes, 44);
    into.line = getUint32(bytes, 48);
    into.setBackSeconds = getUint32(bytes, 52);
    return this.loadGaps(place, gaps, into.gaps);
  }

  /** Adds the record to the transaction; the gaps only if they changed. */
  store(place: number, from: Meter): void {
    const { bytes } = this;
    const address = this.address + place * METER_BYTES;
    if (from.gaps.changed && from.gaps.count > 0) this.storeGaps(place, from.gaps);
    bytes[2] = from.state | (from.cellTaken ? CELL_TAKEN : 0) | (from.linesUntold ? LINES_UNTOLD : 0);
    bytes[3] = from.gaps.count | (from.setBacks << SET_BACKS_SHIFT);
    putUint32(bytes, 4, from.storeHigh);
    putUint32(bytes, 8, from.storeLow);
    putUint32(bytes, 12, from.next);
    putUint32(bytes, 16, from.page);
    putUint32(bytes, 20, from.cellFirst);
    putUint32(bytes, 24, from.cellEnd);
    putUint32(bytes, 28, from.settled);
    putUint32(bytes, 32, from.islandFirst);
    putUint32(bytes, 36, from.islandEnd);
    putUint32(bytes, 40, from.rolledSeconds);
    putUint32(bytes, 44, from.lost);
    putUint32(bytes, 48, from.line);
    putUint32(bytes, 52, from.setBackSeconds);
    putUint16(bytes, 0, this.factsCheck(place));
    this.medium.write(address, bytes, 0, FACTS_BYTES);
  }

  /** Loads the lines of the meter at a place; none when they are damaged. */
  loadLines(place: number, into: LineList): void {
    const { lineBytes } = this;
    this.medium.read(this.linesAddress(place), lineBytes, 0, LINES_BYTES);
    if (getUint16(lineBytes, 0) === this.linesCheck(place)) into.read(lineBytes, 2, KNOWN_LINES);
    else into.clear();
  }

  /** Adds the lines to the transaction. */
  storeLines(place: number, from: LineList): void {
    const { lineBytes } = this;
    lineBytes.fill(0);
    from.write(lineBytes, 2, 0, from.count);
    putUint16(lineBytes, 0, this.linesCheck(place));
    this.medium.write(this.linesAddress(place), lineBytes, 0, LINES_BYTES);
  }

  private linesAddress(place: number): number {
    return this.address + place * METER_BYTES + FACTS_BYTES + GAPS_BYTES;
  }

  private loadGaps(place: number, count: number, into: GapList): boolean {
    into.count = 0;
    into.changed = false;
    if (count === 0) return true;
    const { gapBytes } = this;
    this.medium.read(this.address + place * METER_BYTES + FACTS_BYTES, gapBytes, 0, GAPS_BYTES);
    if (count > MAXIMUM_GAPS || getUint16(gapBytes, 0) !== this.gapsCheck(place)) return false;
    for (let gap = 0; gap < count; gap += 1) {
      into.firsts[gap] = getUint32(gapBytes, 4 + 8 * gap);
      into.ends[gap] = getUint32(gapBytes, 8 + 8 * gap);
      into.uncertain[gap] = (gapBytes[2]! >> gap) & 1;
    }
    into.count = count;
    return true;
  }

  private storeGaps(place: number, from: GapList): void {
    const { gapBytes } = this;
    gapBytes.fill(0);
    for (let gap = 0; gap < from.count; gap += 1) {
      putUint32(gapBytes, 4 + 8 * gap, from.firsts[gap]!);
      putUint32(gapBytes, 8 + 8 * gap, from.ends[gap]!);
      gapBytes[2]! |= from.uncertain[gap]! << gap;
    }
    putUint16(gapBytes, 0, this.gapsCheck(place));
    this.medium.write(this.address + place * METER_BYTES + FACTS_BYTES, gapBytes, 0, GAPS_BYTES);
    from.changed = false;
  }

  private factsCheck(place: number): number {
    const sum = seed(this.seedSum, FACTS_KIND | (place << 16));
    return stored(this.fold(sum, this.words, FACTS_BYTES >> 1, 1));
  }

  private gapsCheck(place: number): number {
    const sum = seed(this.seedSum, GAPS_KIND | (place << 16));
    return stored(this.fold(sum, this.gapWords, GAPS_BYTES >> 1, 1));
  }

  private linesCheck(place: number): number {
    const sum = seed(this.seedSum, LINES_KIND | (place << 16));
    return stored(this.fold(sum, this.lineWords, LINES_BYTES >> 1, 1));
  }
}
