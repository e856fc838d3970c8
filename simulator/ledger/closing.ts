import type { Account } from './account.js';
import type { MeterWitness } from './meterWitness.js';
import type { StoreBook } from './storeBook.js';

/** A meter's side of the books. */
export interface LedgerMeter {
  readonly name: string;
  /** Row of the grid: meters that followed each other at one place share it. */
  readonly row: number;
  readonly witness: MeterWitness;
  readonly book: StoreBook;
  /** Opens the chip as it is at the end: whether it still gives the reading with a sequence. */
  readonly openChip: () => (sequence: number) => boolean;
  /** Whether an event told that it was set back; undefined: its local manager may not have known. */
  readonly isSetBackTold?: boolean | undefined;
}

export interface Schedule {
  readonly firstTimeSeconds: number;
  readonly intervalSeconds: number;
  readonly slots: number;
}

/** Delays are counted in classes by these upper limits, in seconds. */
export const delayLimits: readonly number[] = Object.freeze([
  300,
  3_600,
  7_200,
  10_800,
  21_600,
  43_200,
  86_400,
  172_800,
  Number.POSITIVE_INFINITY,
]);

export interface Closing {
  readonly account: Account;
  /** A row a metering point, a column a slot of the schedule. */
  readonly grid: readonly Uint8Array[];
  /** By way, and by class of delay. */
  readonly delays: Readonly<Record<'direct' | 'window' | 'backfill', number[]>>;
}
