import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { type Fold, seed, stored } from '../checksum.js';
import { LINE_BYTES, type LineList } from '../lines/lineList.js';
import type { Medium } from '../medium/medium.js';

/** What lies in front of a block: whose it is, and the block's own head as it came in the packet. */
export const CELL_HEAD_BYTES = 32;
/** Where the block's own head begins, and where it ends at the latest. */
export const BLOCK_HEAD = 16;
export const LINE_AT = 28;
/** Of a note of a loss: where its reason stands, and in three bytes how far the meter had got behind its first sequence. */
export const REASON_AT = BLOCK_HEAD + 8;
export const DISTANCE_AT = BLOCK_HEAD + 9;
const MOST_DISTANCE = 0xff_ffff;

/** The paper's Table 1: the largest block. */
export const MAXIMUM_BLOCK_BYTES = 100;
export const MAXIMUM_CELL_BYTES = CELL_HEAD_BYTES + MAXIMUM_BLOCK_BYTES;

export const CELL_KIND = 0x0313;

export const CellKind = Object.freeze({
  window: 1,
  fill: 2,
  lost: 3,
  /** Lines of the meter, the oldest first. */
  lines: 4,
} as const);
export type CellKind = (typeof CellKind)[keyof typeof CellKind];

/** Why readings are lost. */
export const LostReason = Object.freeze({
  /** The meter has overwritten them. */
  overwrittenAtMeter: 1,
  /** The meter was removed or replaced before it gave them. */
  meterRemoved: 2,
  /** The meter's sequences began anew. */
  meterRejoined: 3,
  /** The meter keeps their place, and cannot read them any more. */
  damagedAtMeter: 4,
  /** The meter's chip was set back, and its readings of these sequences are others now. */
  meterSetBack: 5,
} as const);
export type LostReason = (typeof LostReason)[keyof typeof LostReason];
/** Added to a reason when some of the readings may have been delivered. */
export const LOST_UNCERTAIN = 0x80;

/** So many bytes more or less are written: few lengths, for which buffers and views are kept. */
const WRITE_STEP_BYTES = 32;

/** Where the cells of a store lie. */
export interface CellPlaces {
  /** k of raw blocks; 0: blocks are packed. */
  readonly readingBytes: number;
  readonly cellBytes: number;
  cellAddress(position: number): number;
  /** How often the tape had gone round the data area, modulo 65,536. */
  lapOf(position: number): number;
}

/** The meter that a cell is of: its store id, and the line that it is on. */
export interface CellOwner {
  readonly storeHigh: number;
  readonly storeLow: number;
  readonly line: number;
}

/**
 * One cell of the data area in RAM: a block and its head. The block is kept as the meter sent it; what the paper calls
 * a data block is `body`, without the head that every block has in a packet.
 */
export class Cell {
  readonly bytes: Uint8Array;
  private readonly words: Uint16Array;
  /** The cell's first 32 bytes, its first 64, and so on to all of it; made when they are needed. */
  private readonly beginnings: Uint8Array[] = [];
  private readonly layout: CellPlaces;
  private readonly medium: Medium;
  private readonly seedSum: number;
  private readonly fold: Fold;

  constructor(medium: Medium, layout: CellPlaces, seedSum: number, fold: Fold) {
    this.bytes = new Uint8Array(layout.cellBytes);
    this.words = new Uint16Array(this.bytes.buffer);
    this.layout = layout;
    this.medium = medium;
    this.seedSum = seed(seedSum, CELL_KIND);
    this.fold = fold;
  }

  get kind(): CellKind {
    return this.bytes[4] as CellKind;
  }

  get place(): number {
    return this.bytes[5]!;
  }

  /** Bytes of head and block. */
  get length(): number {
    return CELL_HEAD_BYTES + this.bytes[6]!;
  }

  get storeHigh(): number {
    return getUint32(this.bytes, 8);
  }

  get storeLow(): number {
    return getUint32(this.bytes, 12);
  }

  /** The line that the meter was on; readings from before it began are of those before. */
  get line(): number {
    return getUint32(this.bytes, LINE_AT);
  }

  /** The first sequence in the cell, and the one after the last; the same where it holds no readings. */
  get first(): number {
    const sequence = getUint32(this.bytes, BLOCK_HEAD);
    const newestFirst = this.layout.readingBytes > 0 && this.kind < CellKind.lost;
    return newestFirst ? (sequence - this.bytes[7]! + 1) >>> 0 : sequence;
  }

  get end(): number {
    const count = this.kind === CellKind.lost ? getUint32(this.bytes, BLOCK_HEAD + 4) : this.bytes[7]!;
    return (this.first + count) >>> 0;
  }

  /** Reads a cell: 'empty' when nothing was stored at this position, 'damaged' when it does not check. */
  read(position: number): 'whole' | 'empty' | 'damaged' {
    const { bytes, layout } = this;
    this.medium.read(layout.cellAddress(position), bytes, 0, bytes.length);
    if (getUint16(bytes, 2) !== layout.lapOf(position)) return 'empty';
    if (this.length > bytes.length) return 'damaged';
    return getUint16(bytes, 0) === this.check(position) ? 'whole' : 'damaged';
  }

  /** Fills the cell with a block of a packet, `blockHeadBytes` of which are its head. */
  setBlock(kind: CellKind, count: number, block: Uint8Array, blockHeadBytes: number): void {
    const { bytes } = this;
    const { length } = block;
    bytes.fill(0, BLOCK_HEAD, LINE_AT);
    bytes[4] = kind;
    bytes[6] = length - blockHeadBytes;
    bytes[7] = count;
    for (let index = 0; index < blockHeadBytes; index += 1) bytes[BLOCK_HEAD + index] = block[index]!;
    const body = CELL_HEAD_BYTES - blockHeadBytes;
    for (let index = blockHeadBytes; index < length; index += 1) bytes[body + index] = block[index]!;
  }

  /** Fills the cell with a note that `count` readings from a sequence on are lost; `next` is the meter's next sequence. */
  setLost(first: number, count: number, reason: number, next: number): void {
    const { bytes } = this;
    bytes.fill(0, BLOCK_HEAD, LINE_AT);
    bytes[4] = CellKind.lost;
    bytes[6] = 0;
    bytes[7] = 0;
    putUint32(bytes, BLOCK_HEAD, first);
    putUint32(bytes, BLOCK_HEAD + 4, count);
    bytes[REASON_AT] = reason;
    const distance = Math.min(MOST_DISTANCE, (next - first) >>> 0);
    bytes[DISTANCE_AT] = distance;
    bytes[DISTANCE_AT + 1] = distance >>> 8;
    bytes[DISTANCE_AT + 2] = distance >>> 16;
  }

  /** Fills the cell with the lines [from, end) of a meter. */
  setLines(lines: LineList, from: number, end: number): void {
    const { bytes } = this;
    bytes.fill(0, BLOCK_HEAD, LINE_AT);
    bytes[4] = CellKind.lines;
    bytes[6] = (end - from) * LINE_BYTES;
    bytes[7] = 0;
    lines.write(bytes, CELL_HEAD_BYTES, from, end);
  }

  /** Adds the cell to the transaction, as that of a meter. */
  write(position: number, place: number, { storeHigh, storeLow, line }: CellOwner): void {
    const { bytes } = this;
    bytes[5] = place;
    putUint16(bytes, 2, this.layout.lapOf(position));
    putUint32(bytes, 8, storeHigh);
    putUint32(bytes, 12, storeLow);
    putUint32(bytes, LINE_AT, line);
    bytes.fill(0, this.length);
    putUint16(bytes, 0, this.check(position));
    const from = this.beginning();
    this.medium.write(this.layout.cellAddress(position), from, 0, from.length);
  }

  /** Folds the cell into the checksum of a report. */
  foldInto(sum: number): number {
    this.clearPad();
    return this.fold(sum, this.words, (this.length + 1) >> 1, 0);
  }

  private beginning(): Uint8Array {
    const steps = Math.ceil(this.length / WRITE_STEP_BYTES);
    let from = this.beginnings[steps];
    if (from === undefined) {
      from = this.bytes.subarray(0, steps * WRITE_STEP_BYTES);
      this.beginnings[steps] = from;
    }
    return from;
  }

  private check(position: number): number {
    this.clearPad();
    return stored(this.fold(seed(this.seedSum, position), this.words, (this.length + 1) >> 1, 1));
  }

  /** An odd cell is checked as if a zero followed. */
  private clearPad(): void {
    const { bytes, length } = this;
    if ((length & 1) === 1) bytes[length] = 0;
  }
}
