import { checkRange } from '../../lib/drivers/range.js';
import { assert } from '../../lib/limfs/errors.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';
import { PowerCut } from './powerCut.js';

const BLOCK_SHIFT = 10;
const BLOCK_BYTES = 1 << BLOCK_SHIFT;
const BLOCK_MASK = BLOCK_BYTES - 1;
/** Longer pieces are copied as a whole, shorter ones byte by byte. */
const SHORT_BYTES = 24;

/** Bit times of a transfer on I2C beside nine for each byte: start, address bytes and stop (FM24V10). */
const WRITE_BITS = 29;
const READ_BITS = 39;
const BITS_PER_BYTE = 9;

/**
 * A FRAM chip at the level of its driver, for worlds of many devices: a power cut falls on any byte of a transfer, and
 * leaves the bytes before it, as the chip at bus level does. Its memory is taken as it is written.
 */
export class SparseFram implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  transfers = 0;
  bytesRead = 0;
  bytesWritten = 0;
  #reads = 0;
  readonly #blocks: (Uint8Array | undefined)[];
  #bytesToCut = Number.POSITIVE_INFINITY;
  #hasPower = true;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    this.#blocks = new Array<Uint8Array | undefined>(Math.ceil(sizeBytes / BLOCK_BYTES)).fill(undefined);
  }

  /** What all transfers took on a bus of 1 MHz. */
  get busMicroseconds(): number {
    return (
      this.transfers * WRITE_BITS +
      this.#reads * (READ_BITS - WRITE_BITS) +
      (this.bytesRead + this.bytesWritten) * BITS_PER_BYTE
    );
  }

  /** Bytes of memory that have ever been written, in blocks. */
  get usedBytes(): number {
    return this.#blocks.reduce((total, block) => total + (block === undefined ? 0 : BLOCK_BYTES), 0);
  }

  /** The power fails with so many bytes more, read or written: the one that is written then is not stored. */
  powerCutAfterBytes(bytes: number): void {
    this.#bytesToCut = bytes;
  }

  powerOn(): void {
    this.#hasPower = true;
    this.#bytesToCut = Number.POSITIVE_INFINITY;
  }

  /** Calls `visit` with each block that was ever written, in order of their addresses. */
  forEachBlock(visit: (block: Uint8Array) => void): void {
    for (const block of this.#blocks) if (block !== undefined) visit(block);
  }

  /** A copy of all bytes. */
  image(): Uint8Array {
    const image = new Uint8Array(this.sizeBytes);
    this.#blocks.forEach((block, index) => {
      const start = index * BLOCK_BYTES;
      if (block !== undefined) image.set(block.subarray(0, this.sizeBytes - start), start);
    });
    return image;
  }

  /** The chip holds these bytes from now on: an image was written to it, or another chip's copied. */
  restore(image: Uint8Array): void {
    assert(image.length === this.sizeBytes, 'an image of this size');
    for (let index = 0; index < this.#blocks.length; index += 1) {
      const piece = image.slice(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
      if (piece.every((byte) => byte === 0)) this.#blocks[index] = undefined;
      else {
        const block = new Uint8Array(BLOCK_BYTES);
        block.set(piece);
        this.#blocks[index] = block;
      }
    }
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.#begin(address, into, offset, length);
    this.#reads += 1;
    this.bytesRead += length;
    // Reading leaves no trace, so it does not matter on which of its bytes the power fails.
    if (this.#spend(length) < length) this.#fail();
    for (let done = 0; done < length; ) {
      const at = address + done;
      const start = at & BLOCK_MASK;
      const count = Math.min(length - done, BLOCK_BYTES - start);
      const block = this.#blocks[at >> BLOCK_SHIFT];
      const to = offset + done;
      if (block === undefined) into.fill(0, to, to + count);
      else if (count > SHORT_BYTES) into.set(block.subarray(start, start + count), to);
      else for (let index = 0; index < count; index += 1) into[to + index] = block[start + index]!;
      done += count;
    }
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.#begin(address, from, offset, length);
    const stored = this.#spend(length);
    this.bytesWritten += stored;
    for (let done = 0; done < stored; ) {
      const at = address + done;
      const start = at & BLOCK_MASK;
      const count = Math.min(stored - done, BLOCK_BYTES - start);
      const block = this.#blockFor(at >> BLOCK_SHIFT);
      for (let index = 0; index < count; index += 1) block[start + index] = from[offset + done + index]!;
      done += count;
    }
    if (stored < length) this.#fail();
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
  }

  #begin(address: number, buffer: Uint8Array, offset: number, length: number): void {
    if (!this.#hasPower) throw new PowerCut();
    checkRange(address, length, this.sizeBytes);
    assert(offset >= 0 && offset + length <= buffer.length, 'a transfer lies inside its buffer');
    this.transfers += 1;
  }

  /** How many of the bytes of a transfer go over the bus before the power fails. */
  #spend(length: number): number {
    const bytes = Math.min(length, this.#bytesToCut);
    this.#bytesToCut -= bytes;
    return bytes;
  }

  #fail(): never {
    this.#hasPower = false;
    throw new PowerCut();
  }

  #blockFor(index: number): Uint8Array {
    let block = this.#blocks[index];
    if (block === undefined) {
      block = new Uint8Array(BLOCK_BYTES);
      this.#blocks[index] = block;
    }
    return block;
  }
}
