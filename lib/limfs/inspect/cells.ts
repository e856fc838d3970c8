import { getUint32 } from '../areas/bytes.js';
import type { StoreId } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';
import { BLOCK_HEAD, CELL_HEAD_BYTES, CellKind } from '../manager/cell.js';
import { type Batch, createBatch } from '../meter/reading.js';
import { BlockUnpacker } from '../window/packedBlock.js';
import { readRawBlock } from '../window/rawBlock.js';

/** A cell counts its readings in a byte. */
const MOST_READINGS = 255;
/** Head of a packed block; in a cell four zeros follow it, where a raw block names its channels and bytes a reading. */
const PACKED_HEAD_BYTES = 8;
const RAW_CHANNELS_AT = BLOCK_HEAD + 10;

/** What a cell says: readings, or that readings are lost. */
export interface OpenedCell {
  readonly storeId: StoreId;
  readonly kind: CellKind;
  readonly place: number;
  readonly first: number;
  readonly count: number;
  /** `LostReason`; 0 where nothing is lost. */
  readonly reason: number;
}

/** Opens cells of a local manager, on its medium or in a report. */
export class CellOpener {
  /** The readings of the cell that was opened last. */
  readonly batch: Batch = createBatch(MOST_READINGS);
  private readonly unpacker = new BlockUnpacker();
  private readonly block = new Uint8Array(BLOCK_HEAD + MOST_READINGS);

  /** Opens the cell at `bytes[at...]` of `length` bytes; null when it makes no sense. */
  open(bytes: Uint8Array, at: number, length: number): OpenedCell | null {
    if (length < CELL_HEAD_BYTES) return null;
    const kind = bytes[at + 4] as CellKind;
    const storeId: StoreId = [getUint32(bytes, at + 8), getUint32(bytes, at + 12)];
    const place = bytes[at + 5]!;
    this.batch.count = 0;
    if (kind === CellKind.lost) {
      const first = getUint32(bytes, at + BLOCK_HEAD);
      const count = getUint32(bytes, at + BLOCK_HEAD + 4);
      return { storeId, kind, place, first, count, reason: bytes[at + BLOCK_HEAD + 8]! };
    }
    if (kind !== CellKind.window && kind !== CellKind.fill) return null;
    if (!this.unpack(bytes, at, length) || this.batch.count !== bytes[at + 7]) return null;
    return { storeId, kind, place, first: this.batch.firstSequence, count: this.batch.count, reason: 0 };
  }

  private unpack(bytes: Uint8Array, at: number, length: number): boolean {
    const { batch, block } = this;
    try {
      if (bytes[at + RAW_CHANNELS_AT] !== 0) {
        readRawBlock(bytes, at + BLOCK_HEAD, length - BLOCK_HEAD, batch);
        return true;
      }
      const body = length - CELL_HEAD_BYTES;
      if (PACKED_HEAD_BYTES + body > block.length) return false;
      block.set(bytes.subarray(at + BLOCK_HEAD, at + BLOCK_HEAD + PACKED_HEAD_BYTES));
      block.set(bytes.subarray(at + CELL_HEAD_BYTES, at + length), PACKED_HEAD_BYTES);
      this.unpacker.unpack(block, 0, PACKED_HEAD_BYTES + body, batch);
      return true;
    } catch (error) {
      if (error instanceof LimfsError) return false;
      throw error;
    }
  }
}
