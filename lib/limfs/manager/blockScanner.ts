import { getUint16, getUint32 } from '../areas/bytes.js';
import { LimfsError } from '../errors.js';
import { Status } from '../meter/reading.js';
import type { Natives } from '../natives.js';
import { BlockUnpacker } from '../window/packedBlock.js';
import { rawReadingSeconds, scanRawBlock } from '../window/rawBlock.js';
import { ahead } from './gapList.js';
import type { ManagerSettings } from './managerLayout.js';

/** The head of a block in a packet. */
const RAW_HEAD_BYTES = 12;
const PACKED_HEAD_BYTES = 8;
/** A cell counts its readings in a byte. */
const MAXIMUM_READINGS = 255;
/** The paper's errors (section 3.2): meter reading error, incorrect time data, null data. */
const ERRORS = Status.readingError | Status.timeIncorrect | Status.nullData;

/** Looks into a block that came in a packet: which readings it holds, of what time, and whether one carries an error. */
export class BlockScanner {
  /** The first sequence, and the one after the last. */
  first = 0;
  end = 0;
  count = 0;
  hasError = false;
  intervalSeconds = 0;
  /** The time of the first reading, as far as the block tells: the paper's raw coding has that of the newest one only. */
  firstSeconds = 0;
  /** The time of the newest reading; 0: its meter did not know the time. */
  newestSeconds = 0;
  /** The meter knew the time when it took these readings, and those before them: it was not set among them. */
  isDated = false;
  /** The time of the reading that was marked; -1: it is not in the block, or has no time of its own. */
  markSeconds = -1;
  readonly headBytes: number;
  private readonly unpacker: BlockUnpacker | null;
  private readonly blockBytes: number;

  constructor(settings: ManagerSettings, natives: Natives) {
    const { readingBytes, blockBytes } = settings;
    this.unpacker = readingBytes === 0 ? new BlockUnpacker(natives) : null;
    this.headBytes = readingBytes === 0 ? PACKED_HEAD_BYTES : RAW_HEAD_BYTES;
    this.blockBytes = blockBytes;
  }

  /**
   * Keeps the time of the reading with the sequence `mark`. Errors: `packet`, when the block makes no sense, does not fit
   * a cell, or holds more than `most` readings.
   */
  scan(bytes: Uint8Array, offset: number, length: number, mark: number, most = MAXIMUM_READINGS): void {
    const room = this.headBytes + this.blockBytes;
    if (length <= this.headBytes || length > room || offset + length > bytes.length) {
      throw new LimfsError('packet', `a block of ${length} bytes; there is room for ${room}`);
    }
    const statuses =
      this.unpacker === null
        ? this.scanRaw(bytes, offset, length, mark)
        : this.scanPacked(this.unpacker, bytes, offset, length, mark, most);
    if (this.count > most) throw new LimfsError('packet', `a block of ${this.count} readings, not ${most}`);
    this.hasError = (statuses & ERRORS) !== 0;
    this.isDated = (statuses & (Status.timeSinceBoot | Status.clockStepped)) === 0;
  }

  /** Returns the bits of all statuses. */
  private scanRaw(bytes: Uint8Array, offset: number, length: number, mark: number): number {
    const scan = scanRawBlock(bytes, offset, length);
    const statuses = scan >> 16;
    this.count = scan & 0xffff;
    this.end = (getUint32(bytes, offset) + 1) >>> 0;
    this.first = (this.end - this.count) >>> 0;
    this.intervalSeconds = getUint16(bytes, offset + 8);
    // One reading without a time makes the whole block doubtful: the paper's coding has one status or none.
    this.newestSeconds = (statuses & Status.timeSinceBoot) === 0 ? getUint32(bytes, offset + 4) : 0;
    const firstSeconds = rawReadingSeconds(bytes, offset, this.count - 1);
    const span = (this.count - 1) * this.intervalSeconds;
    this.firstSeconds = firstSeconds < 0 ? getUint32(bytes, offset + 4) - span : firstSeconds;
    const age = ahead(this.end, mark) - 1;
    this.markSeconds = age < 0 || age >= this.count ? -1 : rawReadingSeconds(bytes, offset, age);
    return statuses;
  }

  private scanPacked(
    unpacker: BlockUnpacker,
    bytes: Uint8Array,
    offset: number,
    length: number,
    mark: number,
    most: number,
  ): number {
    this.first = getUint32(bytes, offset);
    this.firstSeconds = getUint32(bytes, offset + 4);
    unpacker.scan(bytes, offset, length, most, ahead(mark, this.first));
    this.count = unpacker.count;
    this.end = (this.first + this.count) >>> 0;
    this.intervalSeconds = unpacker.intervalSeconds;
    this.newestSeconds = (unpacker.newestStatus & Status.timeSinceBoot) === 0 ? unpacker.newestSeconds : 0;
    this.markSeconds = unpacker.markSeconds;
    return unpacker.statuses;
  }
}
