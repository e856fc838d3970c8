import { getUint16, getUint32 } from '../areas/bytes.js';
import type { StoreId } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';
import { LINE_BYTES, LineList } from '../lines/lineList.js';
import {
  BLOCK_HEAD,
  CELL_HEAD_BYTES,
  CellKind,
  DISTANCE_AT,
  LINE_AT,
  MAXIMUM_BLOCK_BYTES,
  REASON_AT,
} from '../manager/cell.js';
import { type Batch, createBatch } from '../meter/reading.js';
import { advance } from '../sequence.js';
import { BlockUnpacker } from '../window/packedBlock.js';
import { readRawBlock } from '../window/rawBlock.js';

/** A cell counts its readings in a byte. */
const MOST_READINGS = 255;
const MOST_LINES = Math.floor(MAXIMUM_BLOCK_BYTES / LINE_BYTES);
/** Head of a packed block; in a cell four zeros follow it, where a raw block names its channels and bytes a reading. */
const PACKED_HEAD_BYTES = 8;
const RAW_HEAD_BYTES = 12;
const RAW_CHANNELS_AT = BLOCK_HEAD + 10;

/** What a cell says: readings, that readings are lost, or which lines there are. */
export interface OpenedCell {
  readonly storeId: StoreId;
  readonly kind: CellKind;
  readonly place: number;
  /** The line that the meter was on. */
  readonly line: number;
  readonly first: number;
  readonly count: number;
  /** `LostReason`; 0 where nothing is lost. */
  readonly reason: number;
  /** The meter's next sequence when these were found to be lost. */
  readonly nextSequence: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Opens cells of a local manager, on its medium or in a report. */
export class CellOpener {
  /** The readings of the cell that was opened last. */
  readonly batch: Batch = createBatch(MOST_READINGS);
  /** The lines of the cell that was opened last; none where it told of none. */
  readonly lines = new LineList(MOST_LINES);
  private readonly unpacker = new BlockUnpacker();
  private readonly block = new Uint8Array(BLOCK_HEAD + MOST_READINGS);

  /** Opens the cell at `bytes[at...]` of `length` bytes; null when it makes no sense. */
  open(bytes: Uint8Array, at: number, length: number): OpenedCell | null {
    if (length < CELL_HEAD_BYTES) return null;
    const kind = bytes[at + 4] as CellKind;
    const cell: Mutable<OpenedCell> = {
      storeId: [getUint32(bytes, at + 8), getUint32(bytes, at + 12)],
      kind,
      place: bytes[at + 5]!,
      line: getUint32(bytes, at + LINE_AT),
      first: 0,
      count: 0,
      reason: 0,
      nextSequence: 0,
    };
    this.batch.count = 0;
    this.lines.clear();
    if (kind === CellKind.lost) {
      cell.first = getUint32(bytes, at + BLOCK_HEAD);
      cell.count = getUint32(bytes, at + BLOCK_HEAD + 4);
      cell.reason = bytes[at + REASON_AT]!;
      const distance = getUint16(bytes, at + DISTANCE_AT) | (bytes[at + DISTANCE_AT + 2]! << 16);
      cell.nextSequence = advance(cell.first, distance);
    } else if (kind === CellKind.lines) {
      this.lines.read(bytes, at + CELL_HEAD_BYTES, Math.floor((length - CELL_HEAD_BYTES) / LINE_BYTES));
    } else if (kind === CellKind.window || kind === CellKind.fill) {
      if (!this.unpack(bytes, at, length) || this.batch.count !== bytes[at + 7]) return null;
      cell.first = this.batch.firstSequence;
      cell.count = this.batch.count;
    } else return null;
    return cell;
  }

  private unpack(bytes: Uint8Array, at: number, length: number): boolean {
    const { batch, block } = this;
    const isRaw = bytes[at + RAW_CHANNELS_AT] !== 0;
    const headBytes = isRaw ? RAW_HEAD_BYTES : PACKED_HEAD_BYTES;
    const blockBytes = headBytes + length - CELL_HEAD_BYTES;
    if (blockBytes > block.length) return false;
    block.set(bytes.subarray(at + BLOCK_HEAD, at + BLOCK_HEAD + headBytes));
    block.set(bytes.subarray(at + CELL_HEAD_BYTES, at + length), headBytes);
    try {
      if (isRaw) readRawBlock(block, 0, blockBytes, batch);
      else this.unpacker.unpack(block, 0, blockBytes, batch);
      return true;
    } catch (error) {
      if (error instanceof LimfsError) return false;
      throw error;
    }
  }
}
