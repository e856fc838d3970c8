/**
 * Remembers what bytes were before they changed, so that a test that cuts the power at every byte can go back to
 * the state before the operation without copying the whole chip each time.
 */
export class UndoLog {
  #addresses = new Uint32Array(256);
  #bytes = new Uint8Array(256);
  #count = 0;
  #open = false;

  /** Forgets everything; from now on changes are remembered. */
  checkpoint(): void {
    this.#count = 0;
    this.#open = true;
  }

  /** To be called before `image[address]` changes. */
  remember(address: number, byte: number): void {
    if (!this.#open) return;
    if (this.#count === this.#bytes.length) this.#grow();
    this.#addresses[this.#count] = address;
    this.#bytes[this.#count] = byte;
    this.#count++;
  }

  /** Brings `image` back to the checkpoint; the checkpoint stays. */
  rollBack(image: Uint8Array): void {
    for (let index = this.#count - 1; index >= 0; index--) {
      image[this.#addresses[index]!] = this.#bytes[index]!;
    }
    this.#count = 0;
  }

  #grow(): void {
    const addresses = new Uint32Array(2 * this.#count);
    const bytes = new Uint8Array(2 * this.#count);
    addresses.set(this.#addresses);
    bytes.set(this.#bytes);
    this.#addresses = addresses;
    this.#bytes = bytes;
  }
}
