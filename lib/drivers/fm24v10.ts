import { AssertionError, LimfsError } from '../limfs/errors.js';
import type { Medium } from '../limfs/medium/medium.js';
import { type I2C, type I2CClass, isTransferFault } from './io.js';
import { checkRange } from './range.js';
import { ViewCache } from './viewCache.js';

export interface FM24V10Options {
  /** The host's I2C class with the pins it wants, by the drivers' convention of the Moddable SDK. */
  readonly memory: { readonly io: I2CClass; readonly [pin: string]: unknown };
  /** Slave address with the A16 bit clear: 0x50, 0x52, 0x54 or 0x56 by the pins A2 and A1. */
  readonly address?: number;
  /** Bus clock; the chip takes up to 1 MHz without the high-speed code (data sheet, page 1). */
  readonly hz?: number;
  /** The most bytes that the host's I2C class moves in one write or read, the two address bytes included. */
  readonly transferBytes?: number;
}

const bankBytes = 0x1_0000;
const addressBytes = 2;
/** Frames up to this length, nearly all that a file system writes, are kept in a table by their length. */
const tableBytes = 34;
/** Up to here bytes are copied one by one: a view for a place that is used once would be garbage. */
const loopBytes = 16;

/**
 * FRAM FM24V10 on I2C: 128 KiB in two banks, each with a slave address of its own (A16 is a bit of the slave
 * address). A transfer is split at the bank's end and at the host's limit, always in ascending order. A failed
 * read is tried once more; a failed write is not, because the caller must know that it may be there in part.
 */
export class FM24V10 implements Medium {
  readonly sizeBytes = 2 * bankBytes;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly #low: I2C;
  readonly #high: I2C;
  readonly #transferBytes: number;
  readonly #frame: Uint8Array;
  readonly #frames: (Uint8Array | undefined)[] = new Array(tableBytes + 1).fill(undefined);
  readonly #views = new ViewCache(8);

  /** Opens the chip and probes both banks; throws `medium-failed` if one does not answer. */
  constructor(options: FM24V10Options) {
    const { io, ...pins } = options.memory;
    const address = options.address ?? 0x50;
    const hz = options.hz ?? 1_000_000;
    this.#transferBytes = options.transferBytes ?? 256 + addressBytes;
    if (this.#transferBytes <= addressBytes)
      throw new AssertionError('a transfer holds more than an address');
    this.#frame = new Uint8Array(this.#transferBytes);
    this.#low = new io({ ...pins, address, hz });
    this.#high = new io({ ...pins, address: address | 1, hz });
    try {
      // One byte of each bank.
      this.read(bankBytes - 1, new Uint8Array(2), 0, 2);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    while (length > 0) {
      const count = this.#chunk(address, length, this.#transferBytes);
      this.#readChunk(address, this.#views.view(into, offset, count));
      address += count;
      offset += count;
      length -= count;
    }
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
    while (length > 0) {
      const count = this.#chunk(address, length, this.#transferBytes - addressBytes);
      this.#fillFrame(from, offset, count);
      this.#writeChunk(address, this.#frameOf(addressBytes + count));
      address += count;
      offset += count;
      length -= count;
    }
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
  }

  close(): void {
    this.#low.close();
    this.#high.close();
  }

  /** How many of `length` bytes the next transaction takes. */
  #chunk(address: number, length: number, limit: number): number {
    // Compared by hand: a call of Math.min costs XS five times as much.
    const toBankEnd = bankBytes - (address & (bankBytes - 1));
    let count = length;
    if (count > limit) count = limit;
    if (count > toBankEnd) count = toBankEnd;
    return count;
  }

  #readChunk(address: number, into: Uint8Array): void {
    const bank = address < bankBytes ? this.#low : this.#high;
    this.#setAddress(address);
    const frame = this.#frameOf(addressBytes);
    try {
      bank.writeRead(frame, into);
      return;
    } catch (error) {
      if (!isTransferFault(error)) throw error;
    }
    try {
      bank.writeRead(frame, into);
    } catch (error) {
      throw failure(error, 'read', address);
    }
  }

  #writeChunk(address: number, frame: Uint8Array): void {
    this.#setAddress(address);
    try {
      (address < bankBytes ? this.#low : this.#high).write(frame);
    } catch (error) {
      throw failure(error, 'write', address);
    }
  }

  #setAddress(address: number): void {
    this.#frame[0] = (address >> 8) & 0xff;
    this.#frame[1] = address & 0xff;
  }

  #fillFrame(from: Uint8Array, offset: number, length: number): void {
    const frame = this.#frame;
    if (length > loopBytes || (offset === 0 && length === from.length)) {
      frame.set(this.#views.view(from, offset, length), addressBytes);
      return;
    }
    for (let index = 0; index < length; index++) {
      const byte = from[offset + index];
      if (byte === undefined) throw new AssertionError('a transfer lies inside its buffer');
      frame[addressBytes + index] = byte;
    }
  }

  #frameOf(length: number): Uint8Array {
    if (length > tableBytes) return this.#views.view(this.#frame, 0, length);
    let frame = this.#frames[length];
    if (frame === undefined) {
      frame = this.#frame.subarray(0, length);
      this.#frames[length] = frame;
    }
    return frame;
  }
}

function failure(error: unknown, what: string, address: number): unknown {
  if (!isTransferFault(error)) return error;
  return new LimfsError('medium-failed', `FM24V10: ${what} at ${address} failed: ${error.message}`);
}
