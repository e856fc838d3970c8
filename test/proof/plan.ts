import { identify, storeSeed } from '../../lib/limfs/areas/superblock.js';
import { findRingEnds } from '../../lib/limfs/ring/findHead.js';
import { PageRing } from '../../lib/limfs/ring/pageRing.js';
import { createTally, cutStep, type Pairs, type Tally } from './cuts.js';
import { geometries, geometryNamed } from './geometry.js';
import { Trial } from './trial.js';

/** A part of a proof that can be done by itself: a store, how far it lives untouched, and the steps that are cut. */
export interface Unit {
  readonly geometry: string;
  readonly seed: number;
  /** Steps without a cut, or a lap and on to the page before the edge between the chip's banks. */
  readonly skip: number | 'bankEdge';
  readonly steps: number;
  readonly pairs: Pairs;
}

/** The first address of the chip's second bank. */
const BANK_EDGE = 0x1_0000;

/** Laps of the smallest store until its lap byte has gone round once: 127 laps of four pages. */
const LAP_BYTE_STEPS = 7700;

/** At least 200,000 cuts, for `npm test`. */
export const quickPlan: readonly Unit[] = [
  ...['small', 'regular', 'leftovers', 'shifted', 'noise', 'wrap', 'two', 'wild'].flatMap(
    (geometry): Unit[] => [
      { geometry, seed: 1, skip: 0, steps: 1100, pairs: 'none' },
      { geometry, seed: 2, skip: 500, steps: 70, pairs: 'sampled' },
    ],
  ),
  { geometry: 'eight', seed: 1, skip: 0, steps: 300, pairs: 'none' },
  { geometry: 'eight', seed: 2, skip: 100, steps: 3, pairs: 'sampled' },
  { geometry: 'least', seed: 1, skip: 0, steps: 400, pairs: 'none' },
  { geometry: 'least', seed: 1, skip: LAP_BYTE_STEPS, steps: 800, pairs: 'none' },
  { geometry: 'least', seed: 2, skip: LAP_BYTE_STEPS, steps: 140, pairs: 'sampled' },
  { geometry: 'chip', seed: 1, skip: 'bankEdge', steps: 400, pairs: 'none' },
];

/** A shorter plan that meets everything once, for planted bugs. */
export const mutantPlan: readonly Unit[] = [
  { geometry: 'small', seed: 1, skip: 0, steps: 400, pairs: 'none' },
  { geometry: 'leftovers', seed: 2, skip: 0, steps: 200, pairs: 'none' },
  { geometry: 'wild', seed: 1, skip: 200, steps: 150, pairs: 'none' },
  { geometry: 'wrap', seed: 1, skip: 100, steps: 250, pairs: 'none' },
  { geometry: 'two', seed: 1, skip: 100, steps: 100, pairs: 'none' },
  { geometry: 'least', seed: 1, skip: LAP_BYTE_STEPS, steps: 400, pairs: 'none' },
  { geometry: 'noise', seed: 2, skip: 500, steps: 40, pairs: 'sampled' },
];

/** Does a unit; `progress` is told the states examined so far. */
export function runUnit(unit: Unit, progress: (states: number) => void = () => undefined): Tally {
  const geometry = geometryNamed(unit.geometry);
  if (geometry === undefined) throw new Error(`no geometry ${unit.geometry}`);
  const trial = new Trial(geometry, unit.seed);
  if (unit.skip === 'bankEdge') liveToBankEdge(trial);
  else trial.live(unit.skip);
  const tally = createTally();
  for (let step = 0; step < unit.steps; step += 1) {
    cutStep(trial, tally, unit.pairs);
    progress(tally.cuts + tally.pairs);
  }
  return tally;
}

/** Lives through a lap and until the open page is the last but one before the second bank. */
function liveToBankEdge(trial: Trial): void {
  const medium = trial.rig.driver();
  const identity = identify(medium);
  if (identity.kind !== 'ours') throw new Error(`the chip is ${identity.kind}`);
  const { geometry, storeId } = identity.superblock;
  const ring = new PageRing(medium, geometry, storeSeed(storeId));
  const isBefore = () => ring.pageAddress(findRingEnds(ring).head.slot + 2) < BANK_EDGE;
  while (isBefore()) trial.live(100);
  while (!isBefore()) trial.live(100);
  while (isBefore()) trial.live(20);
}

/**
 * Every step of some laps of each geometry, cut at every byte and at every pair of bytes. Pairs inside the longest steps
 * (a channel list, an interval) are the bulk: the first round goes through all of them, the others through some.
 */
export function exhaustivePlan(rounds: number): Unit[] {
  const units: Unit[] = [];
  for (let seed = 1; seed <= rounds; seed += 1) {
    // Each round begins elsewhere in the ring.
    const skip = (seed - 1) * 377;
    const pairs = seed === 1 ? 'all' : 'sampled';
    for (const { name, pages, channels } of geometries) {
      if (pages === 0) continue;
      units.push({ geometry: name, seed, skip: 0, steps: channels > 1 ? 600 : 1200, pairs: 'none' });
      units.push({ geometry: name, seed, skip, steps: channels > 1 ? 100 : 300, pairs });
    }
    units.push({ geometry: 'least', seed, skip: LAP_BYTE_STEPS, steps: 600, pairs });
    units.push({ geometry: 'chip', seed, skip: 'bankEdge', steps: 400, pairs });
  }
  return units;
}
