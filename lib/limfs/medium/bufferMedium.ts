import { LimfsError } from '../errors.js';
import type { Medium } from './medium.js';

/** A medium in a caller's buffer: pages are packed into RAM with it, and images are opened on a PC. */
export class BufferMedium implements Medium {
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get sizeBytes(): number {
    return this.bytes.length;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.checkRange(address, length);
    // On XS a copy of all costs as much as one of five bytes in a loop.
    if (length === this.bytes.length) into.set(this.bytes, offset);
    else for (let index = 0; index < length; index += 1) into[offset + index] = this.bytes[address + index]!;
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.checkRange(address, length);
    for (let index = 0; index < length; index += 1) this.bytes[address + index] = from[offset + index]!;
  }

  erase(address: number, length: number): void {
    this.checkRange(address, length);
  }

  private checkRange(address: number, length: number): void {
    if (address >= 0 && length >= 0 && address + length <= this.bytes.length) return;
    throw new LimfsError(
      'medium-range',
      `[${address}, ${address + length}) lies outside ${this.bytes.length} bytes`,
    );
  }
}
