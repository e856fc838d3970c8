import { isTransferFault } from '../../lib/drivers/io.js';
import { checkRange } from '../../lib/drivers/range.js';
import { assert, LimfsError } from '../../lib/limfs/errors.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';

/** The members of the SDK's posix File that the medium uses. */
export interface ImageFile {
  read(into: Uint8Array, position: number): number;
  write(bytes: Uint8Array, position: number): void;
  flush(): void;
  status(): { readonly size: number };
}

/** A file of fixed size as a medium without an erase unit, like a FRAM. Each write is on the disk when it returns. */
export class FileMedium implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly #file: ImageFile;

  constructor(file: ImageFile) {
    this.#file = file;
    this.sizeBytes = file.status().size;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    const count = this.#transfer(() => this.#file.read(partOf(into, offset, length), address));
    if (count !== length) throw new LimfsError('medium-failed', `the image file ended at ${address + count}`);
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    this.#transfer(() => {
      this.#file.write(partOf(from, offset, length), address);
      this.#file.flush();
    });
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
  }

  #transfer<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!isTransferFault(error)) throw error;
      throw new LimfsError('medium-failed', `the image file failed: ${error.message}`);
    }
  }
}

function partOf(buffer: Uint8Array, offset: number, length: number): Uint8Array {
  assert(offset >= 0 && offset + length <= buffer.length, 'a transfer lies inside its buffer');
  return buffer.subarray(offset, offset + length);
}
