/** Bits of a reading's status byte (the paper's error field, section 3.2; order as in a DLMS profile status). */
export const Status = Object.freeze({
  readingError: 1,
  timeIncorrect: 2,
  nullData: 4,
  clockStepped: 8,
  powerFailed: 16,
  onDemand: 32,
  estimated: 64,
  timeSinceBoot: 128,
} as const);

/** At most this many values in one reading. */
export const MAXIMUM_CHANNELS = 8;

/** One reading; created once by its user and filled again and again, so that reading a store makes no garbage. */
export interface Reading {
  /** Identity together with the store id; u32, serial-number arithmetic. */
  sequence: number;
  /** UTC seconds of the device's clock, or seconds since boot when `Status.timeSinceBoot` is set. */
  timeSeconds: number;
  /** Bits of `Status`. */
  status: number;
  /** False for a hole: a due reading that could not be taken; its values mean nothing. */
  valid: boolean;
  /** One integer a channel, in the channel's unit and scale. */
  values: number[];
  /** Number of the run (pages of monotone time) modulo 256. */
  run: number;
}

export function createReading(): Reading {
  return {
    sequence: 0,
    timeSeconds: 0,
    status: 0,
    valid: false,
    values: new Array<number>(MAXIMUM_CHANNELS).fill(0),
    run: 0,
  };
}

export function copyReading(from: Reading, to: Reading): void {
  to.sequence = from.sequence;
  to.timeSeconds = from.timeSeconds;
  to.status = from.status;
  to.valid = from.valid;
  to.run = from.run;
  for (let channel = 0; channel < MAXIMUM_CHANNELS; channel += 1) to.values[channel] = from.values[channel]!;
}

/** A block of consecutive readings in columns; created once by its user, filled by `ReadingStore.read`. */
export interface Batch {
  readonly capacity: number;
  /** Readings that it takes of as many channels as these have: `capacity`, or fewer where that is too many values. */
  rows: number;
  count: number;
  firstSequence: number;
  channels: number;
  run: number;
  readonly times: number[];
  readonly statuses: number[];
  /** 1, or 0 for a hole. */
  readonly valids: number[];
  /** Row after row, `channels` values each. */
  readonly values: number[];
}

/** With room for so many readings of so many channels; of readings with more channels it takes fewer. */
export function createBatch(capacity: number, channels = MAXIMUM_CHANNELS): Batch {
  return {
    capacity,
    rows: capacity,
    count: 0,
    firstSequence: 0,
    channels: 1,
    run: 0,
    // Plain arrays: reading an element costs half of a typed array's on XS.
    times: new Array<number>(capacity).fill(0),
    statuses: new Array<number>(capacity).fill(0),
    valids: new Array<number>(capacity).fill(0),
    // One reading fits always.
    values: new Array<number>(Math.max(capacity * channels, MAXIMUM_CHANNELS)).fill(0),
  };
}

/** Empties a batch for readings from a sequence on. */
export function startBatch(batch: Batch, firstSequence: number, channels: number, run: number): void {
  batch.count = 0;
  batch.firstSequence = firstSequence;
  batch.run = run;
  if (channels === batch.channels) return;
  batch.channels = channels;
  batch.rows = Math.min(batch.capacity, Math.floor(batch.values.length / channels));
}
