import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';

/** A part of a medium as a medium of its own: a log beside a store on one chip. Begins and ends on erase units. */
export class MediumRegion implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes: number;
  readonly writeBytes: number;
  private readonly medium: Medium;
  private readonly from: number;

  /** Errors: `medium-range`, `medium-rule`. */
  constructor(medium: Medium, fromAddress: number, sizeBytes: number) {
    if (!(fromAddress >= 0 && sizeBytes > 0 && fromAddress + sizeBytes <= medium.sizeBytes)) {
      throw new LimfsError(
        'medium-range',
        `a region [${fromAddress}, +${sizeBytes}) lies outside the medium`,
      );
    }
    if (fromAddress % medium.eraseBytes !== 0 || sizeBytes % medium.eraseBytes !== 0) {
      throw new LimfsError(
        'medium-rule',
        `a region consists of whole erase units of ${medium.eraseBytes} bytes`,
      );
    }
    this.medium = medium;
    this.from = fromAddress;
    this.sizeBytes = sizeBytes;
    this.eraseBytes = medium.eraseBytes;
    this.writeBytes = medium.writeBytes;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.checkRange(address, length);
    this.medium.read(this.from + address, into, offset, length);
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.checkRange(address, length);
    this.medium.write(this.from + address, from, offset, length);
  }

  erase(address: number, length: number): void {
    this.checkRange(address, length);
    this.medium.erase(this.from + address, length);
  }

  private checkRange(address: number, length: number): void {
    if (address >= 0 && length >= 0 && address + length <= this.sizeBytes) return;
    throw new LimfsError(
      'medium-range',
      `[${address}, ${address + length}) lies outside ${this.sizeBytes} bytes`,
    );
  }
}
