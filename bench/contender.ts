import type { Medium } from '../lib/limfs/medium/medium.js';
import type { DueReading } from './series.js';

/** A store as the bench drives it. Sequences count from 1, without gaps. */
export interface BenchStore {
  readonly oldestSequence: number;
  readonly nextSequence: number;
  /** The object whose RAM counts. */
  readonly root: object;
  append(reading: DueReading): void;
  /** Time of the newest reading. */
  newest(): number;
  /** Time of the newest reading that is not after `timeSeconds`. */
  find(timeSeconds: number): number;
  /** How many readings lie in [fromSeconds, toSeconds); each is decoded. */
  range(fromSeconds: number, toSeconds: number): number;
}

/** A kind of store. */
export interface Contender {
  format(medium: Medium, shape: StoreShape): void;
  mount(medium: Medium, shape: StoreShape): BenchStore;
}

export interface StoreSize {
  readonly sizeBytes: number;
  /** Left to the store where it is not given. */
  readonly pageBytes?: number;
}

export interface StoreShape extends StoreSize {
  readonly channels: number;
  readonly intervalSeconds: number;
}
