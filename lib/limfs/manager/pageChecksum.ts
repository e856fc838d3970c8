import { type StoreId, storeSeed } from '../areas/superblock.js';
import { type Fold, foldDown, seed, stored } from '../checksum.js';
import { CELL_HEAD_BYTES, MAXIMUM_CELL_BYTES } from './cell.js';
import { REPORT_KIND } from './reports.js';

/**
 * The checksum of a reported page, made from its cells as they arrive, in order: what `report` names and `acknowledge`
 * asks for. Whoever takes a page over checks it so before it says that the page is durable.
 */
export class PageChecksum {
  private readonly bytes = new Uint8Array(MAXIMUM_CELL_BYTES);
  private readonly words = new Uint16Array(this.bytes.buffer);
  private readonly fold: Fold;
  private sum = 0;

  constructor(fold: Fold = foldDown) {
    this.fold = fold;
  }

  /** Begins a page of a local manager's store. */
  begin(storeId: StoreId, pageCounter: number): void {
    this.sum = seed(seed(storeSeed(storeId), REPORT_KIND), pageCounter);
  }

  /** Adds the cell in bytes[offset, offset + length), head and block; an empty cell is left out. */
  add(bytes: Uint8Array, offset: number, length: number): void {
    for (let index = 0; index < length; index += 1) this.bytes[index] = bytes[offset + index]!;
    // An odd cell is checked as if a zero followed.
    this.bytes[length] = 0;
    this.sum = this.fold(this.sum, this.words, (length + 1) >> 1, 0);
  }

  get value(): number {
    return stored(this.sum);
  }
}

/** Bytes of the cell that begins at bytes[offset], of which `left` are there; 0 when that is no whole cell. */
export function cellBytes(bytes: Uint8Array, offset: number, left: number): number {
  if (left < CELL_HEAD_BYTES) return 0;
  const length = CELL_HEAD_BYTES + bytes[offset + 6]!;
  return length <= left && length <= MAXIMUM_CELL_BYTES ? length : 0;
}
