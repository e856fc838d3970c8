import { PowerCut } from '../../simulator/chips/powerCut.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';

/** A medium whose supply fails after so many written bytes. */
export class CutMedium extends RamMedium {
  bytesLeft = Number.POSITIVE_INFINITY;

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    if (length <= this.bytesLeft) {
      this.bytesLeft -= length;
      super.write(address, from, offset, length);
      return;
    }
    super.write(address, from, offset, this.bytesLeft);
    this.bytesLeft = 0;
    throw new PowerCut('power is cut');
  }

  /** The supply is back. */
  revive(): this {
    this.bytesLeft = Number.POSITIVE_INFINITY;
    return this;
  }
}
