import type { RegisterSource } from '../simulator/readings/registerSource.js';
import { measureAppend, measureAppendAfterCut } from './append.js';
import { type Kept, measureCapacity, summaryOf } from './capacity.js';
import type { Contender, StoreSize } from './contender.js';
import { Costs } from './costs.js';
import { type FindEffort, measureFind } from './find.js';
import { measureMount } from './mount.js';
import { measureStoreRam } from './ram.js';
import { Rig } from './rig.js';
import { type Profile, Series } from './series.js';

/** How much work goes into the figures. */
export interface Effort {
  readonly find: FindEffort;
  readonly appendsBetweenMounts: number;
  readonly cutsPerStore: number;
}

/** Is told that one more part of the work is done. */
export type Progress = () => void;
export const busParts = 5;

export type BusFigures = ReturnType<typeof busFigures>;
export type CapacityFigures = ReturnType<typeof capacityFigures>;

/** A store that has just gone round once, with the readings of one meter. */
export function filledRig(
  contender: Contender,
  source: RegisterSource,
  meter: number,
  profile: Profile,
  size: StoreSize,
): Rig {
  const series = new Series(source, meter, profile);
  const shape = { ...size, channels: profile.channels, intervalSeconds: source.intervalSeconds };
  const rig = new Rig(contender, series, shape);
  rig.fill();
  return rig;
}

/** What some meters' stores cost at the bus, and one of them in RAM. */
export function busFigures(full: readonly Rig[], effort: Effort, progress: Progress) {
  const append = measureAppend(full);
  progress();
  const mounts = new Costs();
  const appendAfterCut = measureAppendAfterCut(full, mounts, effort.cutsPerStore);
  progress();
  const { newest, find, day } = measureFind(full, effort.find);
  progress();
  const mount = measureMount(full, mounts, effort.appendsBetweenMounts);
  progress();
  const ram = measureStoreRam(full[0]!);
  progress();
  return { append, appendAfterCut, newest, find, day, mount, ram };
}

export interface CapacityWork {
  readonly fine: Profile;
  readonly coarse: Profile;
  readonly whole: StoreSize;
  readonly small: StoreSize;
}
export const capacityParts = 3;

/**
 * How many hours of readings the stores keep, over all meters of the source. On the whole chip the first figure is the
 * mean of the meters' minima; in the small store, where a page is a seventh of all, it is the mean over time, as in the
 * paper's T(I). The worst meter's is its minimum in both.
 */
export function capacityFigures(
  contender: Contender,
  source: RegisterSource,
  work: CapacityWork,
  progress: Progress,
) {
  const over = (profile: Profile, size: StoreSize) => {
    const meters = source.meters.map((_, meter): Kept => {
      const kept = measureCapacity(filledRig(contender, source, meter, profile, size));
      progress();
      return kept;
    });
    return summaryOf(meters);
  };
  const whole = over(work.fine, work.whole);
  const coarse = over(work.coarse, work.whole);
  const small = over(work.fine, work.small);
  return {
    hours131072: whole.minimumMean,
    hours131072WorstMeter: whole.minimumWorst,
    hours131072Mean: whole.timeMean,
    hours131072At10Wh: coarse.minimumMean,
    hours131072At10WhWorstMeter: coarse.minimumWorst,
    hours131072At10WhMean: coarse.timeMean,
    hours1500: small.timeMean,
    hours1500WorstMeter: small.minimumWorst,
    hours1500Minimum: small.minimumMean,
  };
}
