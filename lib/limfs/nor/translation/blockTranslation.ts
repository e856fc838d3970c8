import { getUint16, getUint32 } from '../../areas/bytes.js';
import { storeSeed } from '../../areas/superblock.js';
import type { Fold } from '../../checksum.js';
import { assert, LimfsError } from '../../errors.js';
import type { Medium } from '../../medium/medium.js';
import { addFinding, type Finding } from '../../meter/finding.js';
import { type TransactionMedium, WRITE_HEAD_BYTES } from '../../transaction/transactionMedium.js';
import type { NorSuperblock } from '../superblock.js';
import { BlockLog } from './blockLog.js';
import { MAXIMUM_ROW_BLOCKS, NOWHERE, translationGeometry } from './layout.js';
import { Recovery } from './recovery.js';

/**
 * NOR flash as a medium whose bytes can be rewritten, for the stores that need one. Writes go to an endless log of
 * blocks; where each block stands is kept in RAM, two bytes a block. Made by `mountTranslation`.
 *
 * A write of up to 16 blocks is stored whole or not at all; a longer one leaves a prefix. write() never erases and never
 * moves what is stored: call `idle` until it returns false. Between two such times `roomBlocks` blocks can be written,
 * then writes throw `needs-idle` and store nothing. After a write that failed all throw `needs-mount`.
 */
export class BlockTranslation implements TransactionMedium {
  readonly sizeBytes: number;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly blockBytes: number;
  /** What mount found wrong: heads that are missing. Their blocks show older content, or none. */
  readonly findings: readonly Finding[] = [];
  private readonly medium: Medium;
  private readonly log: BlockLog;
  private readonly places: Uint16Array;
  private readonly row = new Uint16Array(MAXIMUM_ROW_BLOCKS);
  /** The block that is loaded, to be changed. */
  private block = 0;
  /** Blocks before this one are not in the oldest sector. */
  private moved = 0;
  private failed = false;

  /** Mounts; writes nothing. `superblock` comes from `identifyNor`. Errors: `parameter-range`. */
  constructor(medium: Medium, superblock: NorSuperblock, fold: Fold) {
    const { sizeBytes, pageBytes, firstSequence: blocks, storeId } = superblock;
    const geometry = translationGeometry(medium, sizeBytes, pageBytes, blocks);
    this.medium = medium;
    this.blockBytes = pageBytes;
    this.sizeBytes = blocks * pageBytes;
    this.places = new Uint16Array(blocks);
    this.log = new BlockLog(medium, geometry, storeSeed(storeId), fold);
    const recovery = new Recovery(this.log, this.places);
    recovery.run();
    this.log.dropUseless(this.places);
    if (recovery.missingHeads > 0) addFinding(this.findings as Finding[], 'record-damaged', -1);
  }

  /** Whether anything was ever written. */
  get isUsed(): boolean {
    return this.log.oldest >= 0;
  }

  /** Blocks that can be written before the next idle time. */
  get roomBlocks(): number {
    return this.log.roomBlocks;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.checkRange(address, length);
    assert(offset >= 0 && offset + length <= into.length, 'a transfer lies inside its buffer');
    const { blockBytes } = this;
    for (let done = 0; done < length; ) {
      const within = (address + done) % blockBytes;
      const count = Math.min(blockBytes - within, length - done);
      const place = this.places[(address + done - within) / blockBytes]!;
      if (place === NOWHERE) into.fill(0xff, offset + done, offset + done + count);
      else this.medium.read(this.log.addressOf(place) + within, into, offset + done, count);
      done += count;
    }
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.checkRange(address, length);
    assert(offset >= 0 && offset + length <= from.length, 'a transfer lies inside its buffer');
    if (length === 0) return;
    const first = Math.floor(address / this.blockBytes);
    const end = Math.ceil((address + length) / this.blockBytes);
    this.begin(end - first);
    for (let block = first; block < end; block += 1) {
      this.load(block);
      this.change(address, from, offset, length);
      const left = (end - block - 1) % MAXIMUM_ROW_BLOCKS;
      this.store(block === first || left === MAXIMUM_ROW_BLOCKS - 1, left);
    }
    this.failed = false;
  }

  writeTogether(list: Uint8Array, length: number): void {
    const { row } = this;
    const count = this.blocksOf(list, length);
    this.begin(count);
    for (let index = 0; index < count; index += 1) {
      this.load(row[index]!);
      for (let at = 0; at < length; at += WRITE_HEAD_BYTES + getUint16(list, at + 4)) {
        this.change(getUint32(list, at), list, at + WRITE_HEAD_BYTES, getUint16(list, at + 4));
      }
      this.store(index === 0, count - index - 1);
    }
    this.failed = false;
  }

  /** Puts the blocks that a list of writes touches into `row`, each once; returns their number. */
  private blocksOf(list: Uint8Array, length: number): number {
    let count = 0;
    for (let at = 0; at < length; at += WRITE_HEAD_BYTES + getUint16(list, at + 4)) {
      const address = getUint32(list, at);
      const bytes = getUint16(list, at + 4);
      this.checkRange(address, bytes);
      const end = Math.ceil((address + bytes) / this.blockBytes);
      for (let block = Math.floor(address / this.blockBytes); block < end; block += 1) {
        if (this.isInRow(block, count)) continue;
        assert(count < MAXIMUM_ROW_BLOCKS, 'a transaction fits a row of blocks');
        this.row[count] = block;
        count += 1;
      }
    }
    return count;
  }

  private isInRow(block: number, count: number): boolean {
    for (let index = 0; index < count; index += 1) if (this.row[index] === block) return true;
    return false;
  }

  refuseWhenFull(blocks = 2 * MAXIMUM_ROW_BLOCKS): void {
    if (blocks <= this.roomBlocks) return;
    throw new LimfsError('needs-idle', 'no room is erased: call idle() until it returns false');
  }

  erase(address: number, length: number): void {
    this.checkRange(address, length);
  }

  /**
   * Does a piece of background work: erases one sector, or moves one block out of the oldest sector. False: nothing is
   * left to do.
   */
  idle(): boolean {
    this.refuseWhenFailed();
    this.failed = true;
    const more = this.log.wantsSectors && (this.log.eraseAhead() || this.emptyOldest());
    this.failed = false;
    return more;
  }

  /** Errors: `needs-mount`, `needs-idle`. */
  private begin(blocks: number): void {
    this.refuseWhenFailed();
    this.refuseWhenFull(blocks);
    this.failed = true;
  }

  private refuseWhenFailed(): void {
    if (this.failed) throw new LimfsError('needs-mount', 'an earlier write failed; mount the medium again');
  }

  /** Moves one block out of the oldest sector, or gives that up when none is left in it. */
  private emptyOldest(): boolean {
    const { log, places } = this;
    if (log.isOneSector) return false;
    for (; this.moved < places.length; this.moved += 1) {
      const place = places[this.moved]!;
      if (place === NOWHERE || log.sectorOf(place) !== log.oldest) continue;
      this.move(this.moved);
      return true;
    }
    if (!log.isProven) {
      // What makes the oldest sector useless may be the one head that could read torn after the next mount.
      this.move(log.previousBlock);
      return true;
    }
    log.dropOldest();
    this.moved = 0;
    return true;
  }

  private move(block: number): void {
    this.load(block);
    this.store(true, 0);
  }

  /** Makes a slot ready, and reads a block's content. */
  private load(block: number): void {
    const { content } = this.log;
    this.log.prepare();
    this.block = block;
    const place = this.places[block]!;
    if (place === NOWHERE) content.clear();
    else content.read(this.log.addressOf(place));
  }

  /** Puts the part of a write that lies in the loaded block into it. */
  private change(address: number, from: Uint8Array, offset: number, length: number): void {
    const start = this.block * this.blockBytes;
    const first = Math.max(address, start);
    const end = Math.min(address + length, start + this.blockBytes);
    const { bytes } = this.log.content;
    for (let at = first; at < end; at += 1) bytes[at - start] = from[offset + at - address]!;
  }

  private store(isFirst: boolean, left: number): void {
    this.places[this.block] = this.log.append(this.block, isFirst, left);
  }

  private checkRange(address: number, length: number): void {
    if (address >= 0 && length >= 0 && address + length <= this.sizeBytes) return;
    throw new LimfsError(
      'medium-range',
      `[${address}, ${address + length}) lies outside ${this.sizeBytes} bytes`,
    );
  }
}
