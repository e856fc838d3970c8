import type { MeterStore } from '../../lib/limfs/index.js';

/**
 * What the meter's clock is worth: `set` after a power-up, `resumed` from the time that the store kept last (late by
 * the time without power), or `unset`: seconds since boot.
 */
export type ClockState = 'set' | 'resumed' | 'unset';

/** The meter as its console sees it. */
export interface ConsoleMeter {
  /** The mounted store; undefined while nothing is mounted. */
  readonly store: MeterStore | undefined;
  /** Why nothing is mounted or what failed last, with the cure; undefined when all is well. */
  readonly fault: string | undefined;
  readonly clockState: ClockState;
  /** UTC seconds, or seconds since boot while the clock is unset. */
  timeSeconds(): number;
  setClock(timeSeconds: number): void;
  secondsToNextReading(): number;
  /** Takes a reading now and stores it; throws when the store cannot take it. */
  takeReading(): void;
  /** Makes a new, empty store on a medium that does not mount. */
  format(): void;
}
