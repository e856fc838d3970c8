import { getUint32 } from '../areas/bytes.js';
import { LimfsError } from '../errors.js';
import { Status } from '../meter/reading.js';
import type { Natives } from '../natives.js';
import { BlockUnpacker } from '../window/packedBlock.js';
import { scanRawBlock } from '../window/rawBlock.js';
import type { ManagerSettings } from './managerLayout.js';

/** The head of a block in a packet. */
const RAW_HEAD_BYTES = 12;
const PACKED_HEAD_BYTES = 8;
/** A cell counts its readings in a byte. */
const MAXIMUM_READINGS = 255;
/** The paper's errors (section 3.2): meter reading error, incorrect time data, null data. */
const ERRORS = Status.readingError | Status.timeIncorrect | Status.nullData;

/** Looks into a block that came in a packet: which readings it holds, and whether one carries an error. */
export class BlockScanner {
  /** The first sequence, and the one after the last. */
  first = 0;
  end = 0;
  count = 0;
  hasError = false;
  readonly headBytes: number;
  private readonly unpacker: BlockUnpacker | null;
  private readonly blockBytes: number;

  constructor(settings: ManagerSettings, natives: Natives) {
    const { readingBytes, blockBytes } = settings;
    this.unpacker = readingBytes === 0 ? new BlockUnpacker(natives) : null;
    this.headBytes = readingBytes === 0 ? PACKED_HEAD_BYTES : RAW_HEAD_BYTES;
    this.blockBytes = blockBytes;
  }

  /** Errors: `packet`, when the block makes no sense, does not fit a cell, or holds more than `most` readings. */
  scan(block: Uint8Array, most = MAXIMUM_READINGS): void {
    const room = this.headBytes + this.blockBytes;
    const { length } = block;
    if (length <= this.headBytes || length > room) {
      throw new LimfsError('packet', `a block of ${length} bytes; there is room for ${room}`);
    }
    const { unpacker } = this;
    const statuses = unpacker === null ? this.scanRaw(block) : this.scanPacked(unpacker, block, most);
    if (this.count > most) throw new LimfsError('packet', `a block of ${this.count} readings, not ${most}`);
    this.hasError = (statuses & ERRORS) !== 0;
  }

  /** Returns the bits of all statuses. */
  private scanRaw(block: Uint8Array): number {
    const scan = scanRawBlock(block, 0, block.length);
    this.count = scan & 0xffff;
    this.end = (getUint32(block, 0) + 1) >>> 0;
    this.first = (this.end - this.count) >>> 0;
    return scan >> 16;
  }

  private scanPacked(unpacker: BlockUnpacker, block: Uint8Array, most: number): number {
    unpacker.scan(block, 0, block.length, most);
    this.count = unpacker.count;
    this.first = getUint32(block, 0);
    this.end = (this.first + this.count) >>> 0;
    return unpacker.statuses;
  }
}
