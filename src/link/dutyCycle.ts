const HOUR_SECONDS = 3600;

/**
 * Keeps a radio below the share of time that it may send (ETSI EN 300 220: counted over an hour). An account of
 * seconds on air: it fills evenly and holds at most an hour's share, so a long silence is worth no more than that.
 */
export class DutyCycle {
  /** Packets that were not sent. */
  refused = 0;
  readonly #share: number;
  readonly #bitsPerSecond: number;
  #secondsLeft: number;
  #timeSeconds: number;

  /** `permille` of the time may be used; 1000: all of it. */
  constructor(permille: number, bitsPerSecond: number, timeSeconds: number) {
    this.#share = permille / 1000;
    this.#bitsPerSecond = bitsPerSecond;
    this.#secondsLeft = this.#share * HOUR_SECONDS;
    this.#timeSeconds = timeSeconds;
  }

  /** Takes the time for so many bytes from the account; false when there is too little: nothing may be sent. */
  take(timeSeconds: number, bytes: number): boolean {
    // A clock that was set back has earned nothing.
    const passed = Math.max(0, timeSeconds - this.#timeSeconds);
    const most = this.#share * HOUR_SECONDS;
    this.#timeSeconds = timeSeconds;
    this.#secondsLeft = Math.min(most, this.#secondsLeft + passed * this.#share);
    const needed = (8 * bytes) / this.#bitsPerSecond;
    if (needed > this.#secondsLeft && this.#share < 1) {
      this.refused += 1;
      return false;
    }
    this.#secondsLeft -= needed;
    return true;
  }
}
