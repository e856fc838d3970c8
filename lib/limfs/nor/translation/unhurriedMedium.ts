import type { TransactionMedium } from '../../transaction/transactionMedium.js';
import type { BlockTranslation } from './blockTranslation.js';
import { MAXIMUM_ROW_BLOCKS } from './layout.js';

/**
 * A translation that does its background work between writes, however long that takes: for format() of a store and
 * for tools on a PC.
 */
export class UnhurriedMedium implements TransactionMedium {
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  private readonly translation: BlockTranslation;

  constructor(translation: BlockTranslation) {
    this.translation = translation;
  }

  get sizeBytes(): number {
    return this.translation.sizeBytes;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.translation.read(address, into, offset, length);
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    const { translation } = this;
    const most = (MAXIMUM_ROW_BLOCKS - 1) * translation.blockBytes;
    for (let done = 0; done < length || done === 0; done += most) {
      this.settle();
      translation.write(address + done, from, offset + done, Math.min(most, length - done));
    }
  }

  writeTogether(list: Uint8Array, length: number): void {
    this.settle();
    this.translation.writeTogether(list, length);
  }

  refuseWhenFull(): void {
    this.settle();
  }

  private settle(): void {
    while (this.translation.idle());
  }

  erase(address: number, length: number): void {
    this.translation.erase(address, length);
  }
}
