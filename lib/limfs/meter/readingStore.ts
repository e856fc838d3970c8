import type { StoreId } from '../areas/superblock.js';
import type { Channel } from './channels.js';
import type { Finding } from './finding.js';
import type { Batch, Reading } from './reading.js';

/**
 * A meter's store as its user sees it, whatever the medium: `MeterStore` on FRAM, `NorMeterStore` on NOR flash.
 * Every method that touches the medium may throw `medium-failed`; after a write that failed all throw `needs-mount`.
 */
export interface ReadingStore {
  readonly storeId: StoreId;
  /** What is wrong with the store, found by mount and by later reads; empty when all is well. */
  readonly findings: readonly Finding[];
  /** Sequence of the next reading. */
  readonly nextSequence: number;
  /** Sequence of the oldest reading; `nextSequence` when there is none. */
  readonly oldestSequence: number;
  /** Readings between oldest and next; damaged ones count. */
  readonly count: number;
  readonly intervalSeconds: number;
  /** Values of each reading from the next one on. */
  readonly channelCount: number;
  /** The channel list of a revision, by default the newest; empty when it is not kept any more. */
  channels(revision?: number): Channel[];
  /**
   * Stores a reading and returns its sequence; durable when it returns. Errors: `value-range`, `reading-range` (nothing
   * is stored), `needs-idle` (nothing is stored), `medium-failed`, `needs-mount`.
   */
  append(timeSeconds: number, values: ArrayLike<number>, status?: number): number;
  /** Stores a hole: a due reading that could not be taken. */
  appendHole(timeSeconds: number, status: number): number;
  /** The next reading starts a run: the clock was stepped, or the meter exchanged. */
  startRun(): void;
  /** From the next reading on the interval is another one; starts a run. Errors: `parameter-range`. */
  setInterval(intervalSeconds: number): void;
  /** From the next reading on there is another channel list. Errors: `parameter-range`, `channel-lists-full`. */
  reviseChannels(channels: readonly Channel[]): void;
  /** The newest reading; false when there is none. */
  newest(into: Reading): boolean;
  /** The newest reading not later than `timeSeconds` in the newest run that covers it, else the nearest before. */
  find(timeSeconds: number, into: Reading): boolean;
  /** Reads consecutive readings of one run from `firstSequence` on; returns their number, 0 behind the newest. */
  read(firstSequence: number, batch: Batch): number;
  /** Calls `visit` with each reading of [fromSeconds, toSeconds), run after run in sequence order. */
  range(fromSeconds: number, toSeconds: number, visit: (reading: Reading) => void): number;
  /** Keeps the current time across a reset; meant for once a minute. */
  checkpoint(timeSeconds: number): void;
  /** Time of the last `checkpoint`; 0 when there was none. */
  lastCheckpointSeconds(): number;
  /**
   * Does one bounded piece of background work, at most one erased sector or one programmed page; to be called when
   * there is time, until it returns false: nothing is left to do. On FRAM there never is.
   */
  idle(): boolean;
}
