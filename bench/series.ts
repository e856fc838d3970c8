import { Status } from '../lib/limfs/index.js';
import { createRandom } from '../simulator/random/random.js';
import type { RegisterSource } from '../simulator/readings/registerSource.js';

/** How the readings of a source are changed before they are stored. */
export interface Profile {
  readonly name: string;
  /** One unit of the stored register. */
  readonly wattHours: number;
  readonly channels: number;
  /** Readings come up to so many seconds early or late. */
  readonly jitterSeconds: number;
  /** Share of the readings that carry a status flag. */
  readonly flaggedMillionths: number;
}

export const plain: Profile = {
  name: 'plain',
  wattHours: 1,
  channels: 1,
  jitterSeconds: 0,
  flaggedMillionths: 0,
};
export const coarse: Profile = { ...plain, name: '10 Wh', wattHours: 10 };
export const noisy: Profile = {
  ...plain,
  name: 'with noise',
  channels: 2,
  jitterSeconds: 2,
  flaggedMillionths: 10_000,
};
export const noisyCoarse: Profile = { ...noisy, name: 'with noise, 10 Wh', wattHours: 10 };

/** A reading that is due; not valid where the source has a hole. */
export interface DueReading {
  timeSeconds: number;
  status: number;
  valid: boolean;
  readonly values: number[];
}

/**
 * The readings of one meter without end: after its last slot the source starts again, with the register carried on
 * and the holes kept. A second channel is the register of the next meter of the source.
 */
export class Series {
  readonly channels: number;
  readonly intervalSeconds: number;
  private readonly firstTimeSeconds: number;
  private readonly laps: readonly Lap[];
  private readonly profile: Profile;
  private readonly jitters: number[] = [];
  private readonly statuses: number[] = [];
  private readonly noise;

  constructor(source: RegisterSource, meter: number, profile: Profile) {
    this.channels = profile.channels;
    this.intervalSeconds = source.intervalSeconds;
    this.firstTimeSeconds = source.firstTimeSeconds;
    this.profile = profile;
    this.noise = createRandom(1, 'bench noise', meter);
    this.laps = Array.from({ length: profile.channels }, (_, channel) =>
      lapOf(source, (meter + channel) % source.meters.length),
    );
  }

  /** Time of the reading with this number, counted from 0. */
  timeSeconds(index: number): number {
    return this.firstTimeSeconds + index * this.intervalSeconds + this.jitterSeconds(index);
  }

  /** Number of the newest reading whose time is not after `timeSeconds`. */
  indexAt(timeSeconds: number): number {
    const { jitterSeconds } = this.profile;
    let index = Math.floor((timeSeconds + jitterSeconds - this.firstTimeSeconds) / this.intervalSeconds);
    while (this.timeSeconds(index) > timeSeconds) index -= 1;
    return index;
  }

  read(index: number, into: DueReading): void {
    into.timeSeconds = this.timeSeconds(index);
    into.status = this.statuses[index]!;
    into.valid = true;
    for (let channel = 0; channel < this.channels; channel += 1) {
      const { registers, gain, holes } = this.laps[channel]!;
      const slot = index % registers.length;
      const register = registers[slot]! + Math.floor(index / registers.length) * gain;
      into.values[channel] = Math.floor(register / this.profile.wattHours);
      if (channel === 0 && holes[slot]) into.valid = false;
    }
  }

  private jitterSeconds(index: number): number {
    const { jitterSeconds, flaggedMillionths } = this.profile;
    while (this.jitters.length <= index) {
      this.jitters.push(jitterSeconds === 0 ? 0 : this.noise.below(2 * jitterSeconds + 1) - jitterSeconds);
      this.statuses.push(this.noise.chance(flaggedMillionths) ? Status.estimated : 0);
    }
    return this.jitters[index]!;
  }
}

/** The registers of one meter, holes filled with the value before, and what one lap of them adds. */
interface Lap {
  readonly registers: readonly number[];
  readonly holes: readonly boolean[];
  readonly gain: number;
}

function lapOf(source: RegisterSource, meter: number): Lap {
  const registers: number[] = [];
  const holes: boolean[] = [];
  let first: number | undefined;
  let last = 0;
  for (let slot = 0; slot < source.slots; slot += 1) {
    const value = source.value(meter, slot);
    holes.push(value === undefined);
    if (value !== undefined) last = value;
    first ??= value;
    registers.push(last);
  }
  if (first === undefined)
    throw new Error(`${source.name}: meter ${source.meters[meter]} has no value at all`);
  // A hole at the start stands at the first value; the step between two laps is an average one.
  for (let slot = 0; holes[slot]; slot += 1) registers[slot] = first;
  return { registers, holes, gain: last - first + Math.round((last - first) / source.slots) };
}
