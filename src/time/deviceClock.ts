import type { ClockSource } from '../firmware.js';

/** An error from here on is stepped, a smaller one slewed. */
export const STEP_SECONDS = 60;
/** A clock is slewed by at most so much at a time. */
const longestSlewMilliseconds = 1000;

export type ClockChange =
  /** The clock is right to a second. */
  | 'kept'
  /** It gains or loses up to a second. */
  | 'slewed'
  /** It was set; a new run of readings begins. */
  | 'stepped';

/**
 * Keeps a device's clock at the true time: a small error is slewed, so that no interval of readings is skipped or
 * repeated, a large one is stepped. Measures the drift between two times that it was told.
 */
export class DeviceClock {
  readonly #source: ClockSource;
  #isSet: boolean;
  /** The time when it was last told, and what was corrected since then by slewing. */
  #toldSeconds: number | undefined;
  /** Seconds that the clock gains in a million; undefined until it was told twice. */
  driftMillionths: number | undefined;

  /** `isSet`: the host's clock has kept the time; else it counts from power-up. */
  constructor(source: ClockSource, isSet: boolean) {
    this.#source = source;
    this.#isSet = isSet;
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** The clock shows `timeSeconds`, and it is `trueSeconds`. */
  tell(timeSeconds: number, trueSeconds: number): ClockChange {
    const error = trueSeconds - timeSeconds;
    if (!this.#isSet || Math.abs(error) >= STEP_SECONDS) {
      this.#isSet = true;
      this.#toldSeconds = undefined;
      this.#source.step(error);
      return 'stepped';
    }
    this.#measureDrift(trueSeconds, error);
    if (error === 0) return 'kept';
    this.#source.slew(Math.max(-longestSlewMilliseconds, Math.min(longestSlewMilliseconds, error * 1000)));
    return 'slewed';
  }

  /** What is left of the last error has been slewed away already, but for what does not fit into one step. */
  #measureDrift(trueSeconds: number, error: number): void {
    const passed = this.#toldSeconds === undefined ? 0 : trueSeconds - this.#toldSeconds;
    if (passed > 0) this.driftMillionths = Math.round((-error * 1_000_000) / passed);
    this.#toldSeconds = trueSeconds;
  }
}
