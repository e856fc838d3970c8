const HOUR_SECONDS = 3600;

/**
 * Keeps a radio below the share of time that it may send (ETSI EN 300 220: counted over an hour). An account of
 * time on air: it fills evenly and holds at most an hour's share, so a long silence is worth no more than that.
 */
export class DutyCycle {
  /** Packets that were not sent. */
  refused = 0;
  /** Thousandths of a bit: so the account is exact. */
  readonly #perSecond: number;
  readonly #isLimited: boolean;
  #left: number;
  #timeSeconds: number;

  /** `permille` of the time may be used; 1000: all of it. */
  constructor(permille: number, bitsPerSecond: number, timeSeconds: number) {
    this.#isLimited = permille < 1000;
    this.#perSecond = permille * bitsPerSecond;
    this.#left = this.#perSecond * HOUR_SECONDS;
    this.#timeSeconds = timeSeconds;
  }

  /** Takes the time for so many bytes from the account; false when there is too little: nothing may be sent. */
  take(timeSeconds: number, bytes: number): boolean {
    if (!this.#isLimited) return true;
    // A clock that was set back has earned nothing.
    const passed = Math.max(0, timeSeconds - this.#timeSeconds);
    this.#timeSeconds = timeSeconds;
    this.#left = Math.min(this.#perSecond * HOUR_SECONDS, this.#left + passed * this.#perSecond);
    const needed = 8000 * bytes;
    if (needed > this.#left) {
      this.refused += 1;
      return false;
    }
    this.#left -= needed;
    return true;
  }
}
