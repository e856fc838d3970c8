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

/** A block of consecutive readings in columns; created once by its user, filled by `MeterStore.read`. */
export interface Batch {
  readonly capacity: number;
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

export function createBatch(capacity: number): Batch {
  return {
    capacity,
    count: 0,
    firstSequence: 0,
    channels: 1,
    run: 0,
    // Plain arrays: reading an element costs half of a typed array's on XS.
    times: new Array<number>(capacity).fill(0),
    statuses: new Array<number>(capacity).fill(0),
    valids: new Array<number>(capacity).fill(0),
    values: new Array<number>(capacity * MAXIMUM_CHANNELS).fill(0),
  };
}
