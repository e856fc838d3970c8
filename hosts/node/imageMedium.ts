import { LimfsError } from '../../lib/limfs/errors.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';

/** The image of a chip, to be looked at: nothing can be written. */
export class ImageMedium implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly #image: Uint8Array;

  constructor(image: Uint8Array) {
    this.#image = image;
    this.sizeBytes = image.length;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    if (address + length > this.sizeBytes) {
      throw new LimfsError('medium-range', `the image ends at ${this.sizeBytes}: it was cut short`);
    }
    into.set(this.#image.subarray(address, address + length), offset);
  }

  write(): never {
    throw new LimfsError('medium-failed', 'an image is only looked at, never written');
  }

  erase(): never {
    this.write();
  }
}
