import { foldWord, MODULUS, stored } from '../../checksum.js';

/** Checksums of any stretch of an image at once: sums of all tails of the image, and powers of 3. */
export class Sums {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  private readonly tails: Uint32Array;
  private readonly powers: Uint32Array;

  /** Stretches begin and end at even addresses. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const words = bytes.length >> 1;
    this.tails = new Uint32Array(words + 1);
    this.powers = new Uint32Array(words + 1);
    this.powers[0] = 1;
    for (let index = 1; index <= words; index += 1)
      this.powers[index] = (this.powers[index - 1]! * 3) % MODULUS;
    for (let index = words - 1; index >= 0; index -= 1) {
      this.tails[index] = (this.tails[index + 1]! * 3 + this.view.getUint16(index * 2, true)) % MODULUS;
    }
  }

  /** Whether a length stands where a sealed page at an address would have one. */
  looksSealed(address: number, pageBytes: number): boolean {
    return this.lengthOf(address, pageBytes) > 0;
  }

  /** Whether a sealed page of a meter at an address, which is even, checks with this seed. */
  pageChecks(address: number, pageBytes: number, seedSum: number): boolean {
    const length = this.lengthOf(address, pageBytes);
    if (length === 0) return false;
    const sum = (seedSum * this.powers[length >> 1]! + this.streamSum(address, pageBytes, length)) % MODULUS;
    return stored(this.close(sum, address, pageBytes, length)) === this.view.getUint16(address, true);
  }

  /** The seed with which the page checks; -1 when it is none. A check of 0 stands for 0 only: it is rare. */
  pageSeed(address: number, pageBytes: number, inverses: Uint32Array): number {
    const length = this.lengthOf(address, pageBytes);
    if (length === 0) return -1;
    const check = this.view.getUint16(address, true);
    const last = this.close(0, address, pageBytes, length);
    const before = (length & 1) === 0 ? check : ((check - last + MODULUS) * inverses[1]!) % MODULUS;
    const rest = (before - this.streamSum(address, pageBytes, length) + MODULUS) % MODULUS;
    return (rest * inverses[length >> 1]!) % MODULUS;
  }

  /** Length of the stream of a page; 0 when it cannot be one. */
  private lengthOf(address: number, pageBytes: number): number {
    if (address < 0 || address + pageBytes > this.bytes.length) return 0;
    const length = this.view.getUint16(address + 2, true);
    return length <= pageBytes - 4 ? length : 0;
  }

  /** Sum of the whole words of a stream, seeded with 0. */
  private streamSum(address: number, pageBytes: number, length: number): number {
    const top = (address + pageBytes) >> 1;
    const count = length >> 1;
    const above = (this.tails[top]! * this.powers[count]!) % MODULUS;
    return (this.tails[top - count]! - above + MODULUS) % MODULUS;
  }

  /** The last byte of a stream of odd length is the upper half of a word. */
  private close(sum: number, address: number, pageBytes: number, length: number): number {
    if ((length & 1) === 0) return sum;
    return foldWord(sum, this.view.getUint8(address + pageBytes - length) << 8);
  }
}
