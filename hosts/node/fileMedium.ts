import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkRange } from '../../lib/drivers/range.js';
import { assert, LimfsError } from '../../lib/limfs/errors.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';
import { FileLock } from './fileLock.js';

export interface FileMediumOptions {
  readonly path: string;
  /** Size of the image. A file that is missing is made, blank; one that is there must have this size. */
  readonly sizeBytes: number;
}

/**
 * A disk stores a sector as a whole but several in any order. A write is therefore made durable sector by sector:
 * so a power cut leaves a prefix of it, as the medium's contract asks.
 */
const sectorBytes = 512;

/**
 * An image of a medium in a file. A write is on the disk when it returns (fdatasync). One process at a time has an
 * image open; `close` gives it free.
 */
export class FileMedium implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly #path: string;
  readonly #lock: FileLock;
  readonly #file: number;

  /** Throws `medium-failed` if the image is in use or has another size; what the system refuses is its own error. */
  constructor({ path, sizeBytes }: FileMediumOptions) {
    assert(Number.isInteger(sizeBytes) && sizeBytes > 0, 'an image has a size');
    this.sizeBytes = sizeBytes;
    // Two names of one file must not have two locks.
    this.#path = existsSync(path) ? realpathSync(path) : resolve(path);
    this.#lock = new FileLock(this.#path);
    try {
      if (!existsSync(this.#path)) createBlank(this.#path, sizeBytes);
      this.#file = openWithSize(this.#path, sizeBytes);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.#check(address, into, offset, length);
    for (let done = 0; done < length; ) {
      const count = this.#transfer('read', address + done, () =>
        readSync(this.#file, into, offset + done, length - done, address + done),
      );
      if (count === 0) throw this.#failure('read', address + done, 'the file has become shorter');
      done += count;
    }
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.#check(address, from, offset, length);
    for (let done = 0; done < length; ) {
      const place = address + done;
      const toSectorEnd = sectorBytes - (place % sectorBytes);
      done += this.#transfer('write', place, () => {
        const count = writeSync(this.#file, from, offset + done, Math.min(toSectorEnd, length - done), place);
        fdatasyncSync(this.#file);
        return count;
      });
    }
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
  }

  close(): void {
    closeSync(this.#file);
    this.#lock.release();
  }

  #check(address: number, buffer: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    assert(offset >= 0 && offset + length <= buffer.length, 'a transfer lies inside its buffer');
  }

  #transfer(what: string, address: number, transfer: () => number): number {
    try {
      return transfer();
    } catch (error) {
      throw this.#failure(what, address, (error as Error).message);
    }
  }

  #failure(what: string, address: number, why: string): LimfsError {
    return new LimfsError('medium-failed', `${this.#path}: ${what} at ${address} failed: ${why}`);
  }
}

/** Makes the file under another name first, so that a power cut leaves no file of half the size. */
function createBlank(path: string, sizeBytes: number): void {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, 'w');
  try {
    // Written, not only extended: the disk's space is taken now and not missing later.
    const blank = new Uint8Array(Math.min(sizeBytes, 0x1_0000));
    for (let done = 0; done < sizeBytes; ) {
      done += writeSync(file, blank, 0, Math.min(blank.length, sizeBytes - done), done);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/** Makes a new name in the folder durable; Windows does so by itself and does not open folders. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function openWithSize(path: string, sizeBytes: number): number {
  const file = openSync(path, 'r+');
  const { size } = fstatSync(file);
  if (size === sizeBytes) return file;
  closeSync(file);
  throw new LimfsError(
    'medium-failed',
    `${path} has ${size} bytes, not ${sizeBytes}: give its own size, or another file`,
  );
}
