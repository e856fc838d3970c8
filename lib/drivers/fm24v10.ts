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
/** A frame's data begin on a word's border; the memory address lies in front of them. */
const wordBytes = 4;
const placeInFrame = wordBytes - addressBytes;
/** A buffer of so few bytes, in whole words, is known again by the next write, and copied in words. */
const shortBytes = 16;
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
 *
 * `write` and `read` are functions over closure variables, because XS finds an own property before any method and
 * reads a variable faster than a field: together 700 instructions of 7,000.
 */
export class FM24V10 implements Medium {
  readonly write: Medium['write'];
  readonly read: Medium['read'];
  readonly sizeBytes = chipBytes;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly #low: I2C;
  readonly #high: I2C;

  /** Opens the chip and probes both banks; throws `medium-failed` if one does not answer. */
  constructor(options: FM24V10Options) {
    const { io, ...pins } = options.memory;
    const address = options.address ?? 0x50;
    const hz = options.hz ?? 1_000_000;
    const transferBytes = options.transferBytes ?? 256 + addressBytes;
    assert(transferBytes > addressBytes, 'a transfer holds more than an address');
    this.#low = new io({ ...pins, address, hz });
    this.#high = new io({ ...pins, address: address | 1, hz });
    this.write = createWrite(this.#low, this.#high, transferBytes);
    this.read = createRead(this.#low, this.#high, transferBytes);
    try {
      // One byte of each bank.
      this.read(bankBytes - 1, new Uint8Array(2), 0, 2);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  erase(address: number, length: number): void {
    checkRange(address, length, this.sizeBytes);
  }

  close(): void {
    this.#low.close();
    this.#high.close();
  }
}

// One transaction is the rule. The checks for it stand in full in read and write, because a call costs XS as much as
// all of them.

function createRead(low: I2C, high: I2C, transferBytes: number): Medium['read'] {
  const place = new Uint8Array(addressBytes);
  const placeView = new DataView(place.buffer);
  const views = new ViewCache();
  /** The part of a buffer that was read last, and the view of it. */
  let source: Uint8Array = place;
  let sourceOffset = 0;
  let sourceLength = addressBytes;
  let view: Uint8Array = place;

  function read(address: number, into: Uint8Array, offset: number, length: number): void {
    const end = address + length;
    const bank =
      address >= 0 && end <= bankBytes ? low : address >= bankBytes && end <= chipBytes ? high : undefined;
    if (bank === undefined || into !== source || length !== sourceLength || offset !== sourceOffset) {
      if (bank === undefined || !(length > 0 && length <= transferBytes)) {
        readInPieces(address, into, offset, length);
        return;
      }
      view = views.view(into, offset, length);
      source = into;
      sourceOffset = offset;
      sourceLength = length;
    }
    placeView.setUint16(0, address);
    try {
      bank.writeRead(place, view);
    } catch (error) {
      readAgain(error, bank, address);
    }
  }

  function readInPieces(address: number, into: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, chipBytes);
    for (let done = 0; done < length; ) {
      const count = pieceOf(address + done, length - done, transferBytes);
      read(address + done, into, offset + done, count);
      done += count;
    }
  }

  function readAgain(firstError: unknown, bank: I2C, address: number): void {
    if (!isTransferFault(firstError)) throw firstError;
    try {
      bank.writeRead(place, view);
    } catch (error) {
      throw failure(error, 'read', address);
    }
  }

  return read;
}

function createWrite(low: I2C, high: I2C, transferBytes: number): Medium['write'] {
  const frameBytes = new Uint8Array(placeInFrame + Math.max(transferBytes, addressBytes + shortBytes));
  const frameView = new DataView(frameBytes.buffer);
  const frameWords = new Int32Array(frameBytes.buffer, wordBytes, shortBytes / wordBytes);
  const views = new ViewCache();
  /** The frame's beginnings by their number of data bytes, the short ones once more by themselves. */
  const frames: (Uint8Array | undefined)[] = new Array(keptBytes + 1).fill(undefined);
  const shortFrames: (Uint8Array | undefined)[] = [];
  for (let length = 0; length <= shortBytes; length += 1) shortFrames[length] = frameOf(length);
  let short: Uint8Array = new Uint8Array(wordBytes);
  let shortLength = wordBytes;
  let shortWords: Int32Array = new Int32Array(short.buffer);

  function write(address: number, from: Uint8Array, offset: number, length: number): void {
    const end = address + length;
    const bank =
      address >= 0 && end <= bankBytes ? low : address >= bankBytes && end <= chipBytes ? high : undefined;
    let frame = shortFrames[length];
    if (from === short && offset === 0 && frame !== undefined && bank !== undefined) {
      frameWords[0] = shortWords[0]!;
      if (length > wordBytes) copyWords(length);
    } else {
      frame = bank === undefined ? undefined : fill(from, offset, length);
      if (frame === undefined || bank === undefined) {
        writeInPieces(address, from, offset, length);
        return;
      }
    }
    frameView.setUint16(placeInFrame, address);
    try {
      bank.write(frame);
    } catch (error) {
      throw failure(error, 'write', address);
    }
  }

  /** Copies the second and later words of the short buffer. */
  function copyWords(length: number): void {
    if (length > shortLength) throw new AssertionError('a transfer lies inside its buffer');
    frameWords[1] = shortWords[1]!;
    if (length > 2 * wordBytes) frameWords[2] = shortWords[2]!;
    if (length > 3 * wordBytes) frameWords[3] = shortWords[3]!;
  }

  /** Knows a buffer again, if it is short and made of words. */
  function know(from: Uint8Array): void {
    const { length } = from;
    if (length === 0 || length > shortBytes || ((from.byteOffset | length) & (wordBytes - 1)) !== 0) return;
    short = from;
    shortLength = length;
    shortWords = new Int32Array(from.buffer, from.byteOffset, length / wordBytes);
  }

  /** Fills and returns the frame for some bytes; undefined if they do not fit into one transaction. */
  function fill(from: Uint8Array, offset: number, length: number): Uint8Array | undefined {
    const frame = frames[length] ?? frameOf(length);
    if (frame === undefined) return undefined;
    if (length <= shortBytes && from !== short) know(from);
    if (length <= loopBytes || (length <= loopBytesElsewhere && offset !== 0)) {
      for (let index = 0; index < length; index++) {
        const byte = from[offset + index];
        if (byte === undefined) throw new AssertionError('a transfer lies inside its buffer');
        frameBytes[wordBytes + index] = byte;
      }
    } else frameBytes.set(views.view(from, offset, length), wordBytes);
    return frame;
  }

  function frameOf(length: number): Uint8Array | undefined {
    if (!(length > 0 && length <= transferBytes - addressBytes)) return undefined;
    if (length > keptBytes) return views.view(frameBytes, placeInFrame, addressBytes + length);
    const frame = frameBytes.subarray(placeInFrame, wordBytes + length);
    frames[length] = frame;
    return frame;
  }

  function writeInPieces(address: number, from: Uint8Array, offset: number, length: number): void {
    checkRange(address, length, chipBytes);
    for (let done = 0; done < length; ) {
      const count = pieceOf(address + done, length - done, transferBytes - addressBytes);
      write(address + done, from, offset + done, count);
      done += count;
    }
  }

  return write;
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
