/** So many packets are remembered. */
const REMEMBERED = 32;

/** Knows a packet that has been here before by its source and counter, as long as not too many others came since. */
export class RecentPackets {
  readonly #sources = new Uint16Array(REMEMBERED);
  readonly #counters = new Uint32Array(REMEMBERED);
  #filled = 0;
  #next = 0;

  has(source: number, counter: number): boolean {
    for (let index = 0; index < this.#filled; index += 1) {
      if (this.#counters[index] === counter && this.#sources[index] === source) return true;
    }
    return false;
  }

  add(source: number, counter: number): void {
    this.#sources[this.#next] = source;
    this.#counters[this.#next] = counter;
    this.#next = (this.#next + 1) % REMEMBERED;
    this.#filled = Math.max(this.#filled, this.#next === 0 ? REMEMBERED : this.#next);
  }
}
