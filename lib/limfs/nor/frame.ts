import { type Fold, foldWord, stored } from '../checksum.js';
import type { Medium } from '../medium/medium.js';

/** Frames up to this length count their zero bits in one byte: there are at most 248. */
const SHORT_BYTES = 32;
const BLANK_WORD = 0xffff;
/**
 * What a program that was cut off leaves may read one way now and another way then. So a place is programmed only after
 * it has read blank so many times, and the newest record counts at mount only after it has read whole so many times.
 */
const STEADY_READS = 16;

/** Length of a frame for a payload on a medium with this write unit: checksum and zero count stand behind the payload. */
export function frameBytes(payloadBytes: number, writeBytes: number): number {
  const short = roundUp(payloadBytes + 3, Math.max(2, writeBytes));
  return short <= SHORT_BYTES ? short : roundUp(payloadBytes + 4, Math.max(2, writeBytes));
}

export function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

/**
 * What is programmed on NOR flash as one piece: a payload, a checksum against damage, and last the number of zero bits
 * of all before, a Berger code. A program that was cut off, wherever and in whatever order its cells change, has ones
 * where zeros were meant: fewer zeros in front, and a count that can only be too high. So a torn frame never passes,
 * with certainty, which a checksum alone cannot promise.
 */
export class Frame {
  readonly bytes: Uint8Array;
  private readonly words: Uint16Array;
  private readonly length: number;
  private readonly medium: Medium;
  private readonly fold: Fold;

  constructor(medium: Medium, length: number, fold: Fold) {
    this.medium = medium;
    this.length = length;
    this.fold = fold;
    this.bytes = new Uint8Array(length);
    this.words = new Uint16Array(this.bytes.buffer);
  }

  read(address: number): void {
    this.medium.read(address, this.bytes, 0, this.length);
  }

  /** Fills the payload with ones, which cost nothing to program. */
  clear(): void {
    this.bytes.fill(0xff);
  }

  isBlank(): boolean {
    for (const word of this.words) if (word !== BLANK_WORD) return false;
    return true;
  }

  /** Completes the frame behind its payload; `seedSum` stands for store, kind and place. */
  seal(seedSum: number): void {
    const { bytes, length } = this;
    const check = stored(this.checkOf(seedSum));
    const at = length - this.tailBytes;
    bytes[at] = check;
    bytes[at + 1] = check >>> 8;
    const zeros = this.zeros();
    bytes[at + 2] = zeros;
    if (length > SHORT_BYTES) bytes[at + 3] = zeros >>> 8;
  }

  /** Programs the frame with one write. */
  program(address: number): void {
    this.medium.write(address, this.bytes, 0, this.length);
  }

  /** Whether no program of this frame was cut off; what `checks` does not ask. */
  isComplete(): boolean {
    const { bytes, length } = this;
    const count = length > SHORT_BYTES ? bytes[length - 2]! | (bytes[length - 1]! << 8) : bytes[length - 1]!;
    return count === this.zeros();
  }

  /** Whether the checksum is that of store, kind and place. */
  checks(seedSum: number): boolean {
    const { bytes, length } = this;
    const at = length - this.tailBytes;
    return stored(this.checkOf(seedSum)) === (bytes[at]! | (bytes[at + 1]! << 8));
  }

  /** Reads a frame; true when it is whole and belongs there. */
  load(address: number, seedSum: number): boolean {
    this.read(address);
    return this.isComplete() && this.checks(seedSum);
  }

  /** Whether the place reads blank again and again; leaves the frame blank if so. */
  findsBlank(address: number): boolean {
    for (let time = 0; time < STEADY_READS; time += 1) {
      this.read(address);
      if (!this.isBlank()) return false;
    }
    return true;
  }

  /** Whether the frame reads whole again and again; leaves it loaded if so. */
  findsWhole(address: number, seedSum: number): boolean {
    for (let time = 0; time < STEADY_READS; time += 1) {
      if (!this.load(address, seedSum)) return false;
    }
    return true;
  }

  private get tailBytes(): number {
    return this.length > SHORT_BYTES ? 4 : 3;
  }

  private checkOf(seedSum: number): number {
    const last = (this.length >> 1) - 2;
    const start = this.length > SHORT_BYTES ? seedSum : foldWord(seedSum, this.words[last]! & 0xff);
    return this.fold(start, this.words, last, 0);
  }

  /** Zero bits in front of the count. */
  private zeros(): number {
    const { words, length } = this;
    const last = (length >> 1) - 1;
    let ones = length > SHORT_BYTES ? 0 : onesOf(words[last]! & 0xff);
    for (let index = 0; index < last; index += 1) ones += onesOf(words[index]!);
    return (length > SHORT_BYTES ? length - 2 : length - 1) * 8 - ones;
  }
}

function onesOf(word: number): number {
  const pairs = word - ((word >> 1) & 0x5555);
  const fours = (pairs & 0x3333) + ((pairs >> 2) & 0x3333);
  const eights = (fours + (fours >> 4)) & 0x0f0f;
  return (eights + (eights >> 8)) & 0x1f;
}
