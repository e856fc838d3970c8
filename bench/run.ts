import type { RegisterSource } from '../simulator/readings/registerSource.js';
import type { Contender } from './contender.js';
import {
  busFigures,
  busParts,
  type CapacityWork,
  capacityFigures,
  capacityParts,
  type Effort,
  filledRig,
  type Progress,
} from './figures.js';
import { limfs, smallStore } from './limfs.js';
import { measureNor } from './nor.js';
import { rawRing } from './rawRing.js';
import type { BenchResults, StoreFigures } from './results.js';
import { coarse, noisy, noisyCoarse, type Profile, plain } from './series.js';
import type { BenchSource } from './source.js';

const chip = { sizeBytes: 131_072 };
const effort: Effort = { find: { states: 100, finds: 200 }, appendsBetweenMounts: 5, cutsPerStore: 30_000 };

/** The bus figures are those of four meters together; the capacities those of all. */
const busMeters = [0, 6, 12, 18];

/** Four runs of everything: LIMFS and the raw ring, plain and with noise. */
export function stepsOf(source: RegisterSource): number {
  return 4 * (busParts + capacityParts * source.meters.length);
}

export function runBench({ source, real }: BenchSource, progress: Progress): BenchResults {
  const figuresOf = (contender: Contender, fine: Profile, coarse: Profile): StoreFigures => {
    const small = contender === limfs ? smallStore : { sizeBytes: 1_500 };
    const work: CapacityWork = { fine, coarse, whole: chip, small };
    const full = busMeters.map((meter) => filledRig(contender, source, meter, fine, chip));
    const bus = busFigures(full, effort, progress);
    return { ...bus, capacity: capacityFigures(contender, source, work, progress) };
  };
  return {
    readings: { source: source.name, real, meters: source.meters.length },
    ...figuresOf(limfs, plain, coarse),
    rawRing: figuresOf(rawRing, plain, coarse),
    nor: measureNor(source),
    withNoise: {
      ...figuresOf(limfs, noisy, noisyCoarse),
      rawRing: figuresOf(rawRing, noisy, noisyCoarse),
    },
  };
}
