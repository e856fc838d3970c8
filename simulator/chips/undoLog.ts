/**
 * Remembers what bytes were before they changed, so that a test that cuts the power at every byte can go back to
 * the state before the operation without copying the whole chip each time.
 */
export class UndoLog {
  readonly #addresses: number[] = [];
  readonly #bytes: number[] = [];
  #open = false;

  /** Forgets everything; from now on changes are remembered. */
  checkpoint(): void {
    this.#addresses.length = 0;
    this.#bytes.length = 0;
    this.#open = true;
  }

  /** To be called before `image[address]` changes. */
  remember(address: number, byte: number): void {
    if (!this.#open) return;
    this.#addresses.push(address);
    this.#bytes.push(byte);
  }

  /** Brings `image` back to the checkpoint; the checkpoint stays. */
  rollBack(image: Uint8Array): void {
    for (let index = this.#addresses.length - 1; index >= 0; index--) {
      image[this.#addresses[index]!] = this.#bytes[index]!;
    }
    this.#addresses.length = 0;
    this.#bytes.length = 0;
  }
}
