import { createNorTally, type NorGeometry, type NorTally, NorTrial } from './trial.js';

/** A part of the proof on NOR flash that can be done by itself. */
export interface NorUnit {
  readonly geometry: NorGeometry;
  readonly seed: number;
  /** Steps of the meter without a cut. */
  readonly skip: number;
  /** Steps, background work included, that are cut off. */
  readonly steps: number;
  /** Each so-manieth place inside a step; 1: all of them. */
  readonly stride: number;
}

const plain = { sectorBytes: 1024, sectors: 8, oddities: 40 } as const;

export const norGeometries: readonly NorGeometry[] = [
  { ...plain, name: 'unit1', unitBytes: 1 },
  { ...plain, name: 'unit2', unitBytes: 2, sectors: 9, firstSequence: 0xffff_ff00 },
  { ...plain, name: 'unit4', unitBytes: 4, sectors: 14, oddities: 200 },
  { ...plain, name: 'unit8', unitBytes: 8, sectors: 10, sectorBytes: 2048, channels: 3 },
  { ...plain, name: 'unit16', unitBytes: 16, sectors: 16, oddities: 0 },
  { ...plain, name: 'unit32', unitBytes: 32, sectors: 12, sectorBytes: 2048 },
  { ...plain, name: 'wild', unitBytes: 1, sectors: 14, oddities: 600, intervalSeconds: 1 },
  { ...plain, name: 'eight', unitBytes: 1, sectors: 12, sectorBytes: 2048, channels: 8 },
];

/** For `npm test`: stores from their first reading on, and in a later lap; of the first one a whole lap. */
export const norQuickPlan: readonly NorUnit[] = [
  { geometry: norGeometries[0]!, seed: 3, skip: 1500, steps: 1500, stride: 7 },
  ...norGeometries.flatMap((geometry): NorUnit[] => [
    { geometry, seed: 1, skip: 0, steps: 80, stride: 1 },
    { geometry, seed: 2, skip: 2000, steps: 120, stride: 7 },
  ]),
];

/** Does a unit; `progress` is told the states examined so far. */
export function runNorUnit(unit: NorUnit, progress: (states: number) => void = () => undefined): NorTally {
  const trial = new NorTrial(unit.geometry, unit.seed);
  trial.live(unit.skip);
  const tally = createNorTally();
  for (let step = 0; step < unit.steps; step += 1) {
    trial.cutStep(tally, unit.stride);
    progress(tally.cuts + tally.pairs);
  }
  return tally;
}
