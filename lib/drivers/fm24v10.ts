import { AssertionError, assert, LimfsError } from '../limfs/errors.js';
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
const chipBytes = 2 * bankBytes;
const addressBytes = 2;
/** Frames for writes up to this length, nearly all that a file system writes, are found in a table. */
const keptBytes = 32;
/**
 * On XS a byte copied by hand costs 1,400 instructions, copying with a view 4,000: up to here by hand, and up to
 * the second length too unless the bytes begin their buffer, for views of places that change would be garbage.
 */
const loopBytes = 4;
const loopBytesElsewhere = 16;

/**
 * FRAM FM24V10 on I2C: 128 KiB in two banks, each with a slave address of its own (A16 is a bit of the slave
 * address). A transfer is split at the bank's end and at the host's limit, always in ascending order. A failed
 * read is tried once more; a failed write is not, because the caller must know that it may be there in part.
 */
export class FM24V10 implements Medium {
  readonly sizeBytes = chipBytes;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly #low: I2C;
  readonly #high: I2C;
  readonly #transferBytes: number;
  /** The memory address of a read. */
  readonly #place = new Uint8Array(addressBytes);
  /** The memory address and the data of a write; its beginnings by the number of data bytes. */
  readonly #frame: Uint8Array;
  readonly #frames: (Uint8Array | undefined)[] = new Array(keptBytes + 1).fill(undefined);
  readonly #views = new ViewCache();

  /** Opens the chip and probes both banks; throws `medium-failed` if one does not answer. */
  constructor(options: FM24V10Options) {
    const { io, ...pins } = options.memory;
    const address = options.address ?? 0x50;
    const hz = options.hz ?? 1_000_000;
    this.#transferBytes = options.transferBytes ?? 256 + addressBytes;
    assert(this.#transferBytes > addressBytes, 'a transfer holds more than an address');
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

  // One transaction is the rule. The checks for it stand in full in read and write, because a call costs XS as
  // much as all of them.

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    const end = address + length;
    const whole = address >= 0 && end <= chipBytes && (address ^ (end - 1)) < bankBytes && length > 0;
    if (!whole || length > this.#transferBytes) {
      this.#readInPieces(address, into, offset, length);
      return;
    }
    const view = this.#views.view(into, offset, length);
    const bank = address < bankBytes ? this.#low : this.#high;
    const place = this.#place;
    place[0] = address >> 8;
    place[1] = address;
    try {
      bank.writeRead(place, view);
    } catch (error) {
      this.#readAgain(error, bank, view, address);
    }
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    const end = address + length;
    const frame = this.#frames[length] ?? this.#frameOf(length);
    const whole = address >= 0 && end <= chipBytes && (address ^ (end - 1)) < bankBytes;
    if (!whole || frame === undefined) {
      this.#writeInPieces(address, from, offset, length);
      return;
    }
    if (length <= loopBytes || (length <= loopBytesElsewhere && offset !== 0)) {
      for (let index = 0; index < length; index++) {
        const byte = from[offset + index];
        if (byte === undefined) throw new AssertionError('a transfer lies inside its buffer');
        frame[addressBytes + index] = byte;
      }
    } else {
      frame.set(this.#views.view(from, offset, length), addressBytes);
    }
    frame[0] = address >> 8;
    frame[1] = address;
    try {
      (address < bankBytes ? this.#low : this.#high).write(frame);
    } catch (error) {
      throw failure(error, 'write', address);
    }
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
  }

  close(): void {
    this.#low.close();
    this.#high.close();
  }

  #readInPieces(address: number, into: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, chipBytes);
    for (let done = 0; done < length; ) {
      const count = pieceOf(address + done, length - done, this.#transferBytes);
      this.read(address + done, into, offset + done, count);
      done += count;
    }
  }

  #writeInPieces(address: number, from: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, chipBytes);
    for (let done = 0; done < length; ) {
      const count = pieceOf(address + done, length - done, this.#transferBytes - addressBytes);
      this.write(address + done, from, offset + done, count);
      done += count;
    }
  }

  #readAgain(firstError: unknown, bank: I2C, view: Uint8Array, address: number): void {
    if (!isTransferFault(firstError)) throw firstError;
    try {
      bank.writeRead(this.#place, view);
    } catch (error) {
      throw failure(error, 'read', address);
    }
  }

  /** The frame for a number of data bytes; undefined if they do not fit into one transaction. */
  #frameOf(length: number): Uint8Array | undefined {
    if (!(length > 0 && length <= this.#transferBytes - addressBytes)) return undefined;
    if (length > keptBytes) return this.#views.view(this.#frame, 0, addressBytes + length);
    const frame = this.#frame.subarray(0, addressBytes + length);
    this.#frames[length] = frame;
    return frame;
  }
}

/** How many of `length` bytes the next transaction takes: it ends at the bank's end and at the host's limit. */
function pieceOf(address: number, length: number, limit: number): number {
  const toBankEnd = bankBytes - (address & (bankBytes - 1));
  return Math.min(length, limit, toBankEnd);
}

function failure(error: unknown, what: string, address: number): unknown {
  if (!isTransferFault(error)) return error;
  return new LimfsError('medium-failed', `FM24V10: ${what} at ${address} failed: ${error.message}`);
}
