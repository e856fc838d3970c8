import { assert, LimfsError } from '../limfs/errors.js';
import type { Medium } from '../limfs/medium/medium.js';
import { type FlashPartition, type FlashStorage, isTransferFault } from './io.js';
import { checkRange } from './range.js';
import { ViewCache } from './viewCache.js';

export interface NorFlashOptions {
  /** The host's `embedded:storage/flash` and the name of the partition that the file system owns. */
  readonly memory: { readonly io: FlashStorage; readonly path: string };
}

/**
 * NOR flash behind the host's flash storage, which splits a write at the pages of its chip in ascending order.
 * A failed read is tried once more; a failed write or erase is not, because a flash cell must not be programmed
 * again on suspicion.
 */
export class NorFlash implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes: number;
  readonly writeBytes: number;
  readonly #partition: FlashPartition;
  readonly #views = new ViewCache();

  constructor(options: NorFlashOptions) {
    const { io, path } = options.memory;
    this.#partition = io.open({ path, mode: 'r+' });
    const { blockLength, blocks, writeAlign } = this.#partition.status();
    assert(blockLength > 1 && blocks > 0, 'a flash partition has sectors');
    assert(writeAlign > 0 && blockLength % writeAlign === 0, 'write units fill a sector');
    this.sizeBytes = blockLength * blocks;
    this.eraseBytes = blockLength;
    this.writeBytes = writeAlign;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    const view = this.#views.view(into, offset, length);
    try {
      this.#partition.read(view, address);
      return;
    } catch (error) {
      if (!isTransferFault(error)) throw error;
    }
    try {
      this.#partition.read(view, address);
    } catch (error) {
      throw failure(error, 'read', address);
    }
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    checkUnits('write', address, length, this.writeBytes);
    const view = this.#views.view(from, offset, length);
    try {
      this.#partition.write(view, address);
    } catch (error) {
      throw failure(error, 'write', address);
    }
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    checkUnits('erase', address, length, this.eraseBytes);
    const start = address / this.eraseBytes;
    try {
      this.#partition.eraseBlock(start, start + length / this.eraseBytes);
    } catch (error) {
      throw failure(error, 'erase', address);
    }
  }

  close(): void {
    this.#partition.close();
  }
}

function checkUnits(what: string, address: number, length: number, unitBytes: number): void {
  if (address % unitBytes === 0 && length % unitBytes === 0) return;
  throw new LimfsError(
    'medium-rule',
    `flash: ${what} of ${address}+${length} is off the unit of ${unitBytes} bytes`,
  );
}

function failure(error: unknown, what: string, address: number): unknown {
  if (!isTransferFault(error)) return error;
  return new LimfsError('medium-failed', `flash: ${what} at ${address} failed: ${error.message}`);
}
