import { Tally } from './costs.js';
import type { Rig } from './rig.js';

export interface Kept {
  /** Smallest number of hours kept at any moment of a lap, and the mean over the lap. */
  readonly minimum: number;
  readonly mean: number;
}

/** Hours from the oldest kept reading to the newest, both included, after each append of one lap. */
export function measureCapacity(full: Rig): Kept {
  const rig = full.fork();
  const hours = new Tally();
  const hourIntervals = rig.shape.intervalSeconds / 3600;
  for (let left = rig.newest; left > 0; left -= 1) {
    rig.append();
    hours.add((rig.newest - rig.oldest + 1) * hourIntervals);
  }
  return { minimum: hours.min, mean: hours.mean };
}

/** Over all meters: the mean of their minima, the smallest minimum, and the mean of their means over time. */
export function summaryOf(meters: readonly Kept[]) {
  const minima = new Tally();
  const means = new Tally();
  for (const { minimum, mean } of meters) {
    minima.add(minimum);
    means.add(mean);
  }
  return { minimumMean: minima.mean, minimumWorst: minima.min, timeMean: means.mean };
}
