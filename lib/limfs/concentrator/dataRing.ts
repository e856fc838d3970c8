import type { Geometry } from '../areas/layout.js';
import type { Medium } from '../medium/medium.js';

/**
 * The data area as one circle of bytes. A place in it is a running position, a u32 that starts again behind the last
 * whole lap below 2^32, so that positions and addresses never part. Positions are even.
 */
export class DataRing {
  readonly bytes: number;
  private readonly address: number;
  private readonly medium: Medium;
  private readonly modulus: number;

  constructor(medium: Medium, { dataAddress, pages, pageBytes }: Geometry) {
    this.medium = medium;
    this.address = dataAddress;
    this.bytes = pages * pageBytes;
    this.modulus = Math.floor(0x1_0000_0000 / this.bytes) * this.bytes;
  }

  advance(position: number, bytes: number): number {
    const sum = position + bytes;
    return sum >= this.modulus ? sum - this.modulus : sum;
  }

  /** Bytes from one position to a later one. */
  distance(from: number, to: number): number {
    const difference = to - from;
    return difference < 0 ? difference + this.modulus : difference;
  }

  read(position: number, into: Uint8Array, offset: number, length: number): void {
    const at = position % this.bytes;
    const first = Math.min(length, this.bytes - at);
    this.medium.read(this.address + at, into, offset, first);
    if (first < length) this.medium.read(this.address, into, offset + first, length - first);
  }

  write(position: number, from: Uint8Array, offset: number, length: number): void {
    const at = position % this.bytes;
    const first = Math.min(length, this.bytes - at);
    this.medium.write(this.address + at, from, offset, first);
    if (first < length) this.medium.write(this.address, from, offset + first, length - first);
  }
}
