import { checkRange } from '../../lib/drivers/range.js';
import { assert } from '../../lib/limfs/errors.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';

/** A medium in plain memory, without a chip and a bus: for tests of what does not depend on either. */
export class RamMedium implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  /** The stored bytes; a test may copy, compare and change them. */
  readonly image: Uint8Array;

  /** Blank, of the given size; or with the bytes of an image, which is used and not copied. */
  constructor(sizeBytesOrImage: number | Uint8Array) {
    this.image = typeof sizeBytesOrImage === 'number' ? new Uint8Array(sizeBytesOrImage) : sizeBytesOrImage;
    this.sizeBytes = this.image.length;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.#check(address, into, offset, length);
    for (let index = 0; index < length; index++) into[offset + index] = this.image[address + index]!;
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.#check(address, from, offset, length);
    for (let index = 0; index < length; index++) this.image[address + index] = from[offset + index]!;
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
  }

  #check(address: number, buffer: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    assert(offset >= 0 && offset + length <= buffer.length, 'a transfer lies inside its buffer');
  }
}
