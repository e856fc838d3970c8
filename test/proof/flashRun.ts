import { FlashCutRig } from './flashCutRig.js';
import { createTally, type Tally, Trial } from './manager/cuts.js';
import { formats } from './manager/formats.js';
import { shapes } from './translation/shapes.js';
import { TranslationTrial } from './translation/trial.js';

const MODES = ['clean', 'brownOut'] as const;
/** Steps without a cut in front, so that the flash has gone round. */
const SKIPPED_STEPS = 150;
const PAIR_STRIDE = 61;

/** States that a run on NOR flash examined, by what it was about. */
export interface FlashRow {
  readonly name: string;
  readonly steps: number;
  readonly cuts: number;
  readonly pairs: number;
}

/**
 * The long run on NOR flash: the translation with each write unit, and the local manager's store with each format on
 * top of it, `steps` steps each, cut at every place; pairs of cuts at some. Throws at the first failure.
 */
export function runFlash(steps: number, seed: number, progress: (part: number) => void): FlashRow[] {
  const rows: FlashRow[] = [];
  const units = Object.keys(shapes).length + Object.keys(formats).length;
  const unitDone = () => progress(rows.length / units);
  for (const [name, shape] of Object.entries(shapes)) {
    const trial = new TranslationTrial(name, shape, seed);
    trial.live(SKIPPED_STEPS);
    for (let step = 0; step < steps; step += 1) trial.cutStep(1);
    rows.push({ name: `translation, ${name}`, steps, ...trial.tally });
    unitDone();
  }
  for (const [name, format] of Object.entries(formats)) {
    const tally: Tally = createTally();
    for (const mode of MODES) {
      const rig = new FlashCutRig({ sectors: 32, sizeBytes: 64 * 120 }, seed);
      const trial = new Trial(name, format, seed, rig);
      trial.live(SKIPPED_STEPS);
      for (let step = 0; step < steps; step += 1) {
        const pairs = step % 4 === 0;
        trial.step(tally, { mode, stride: pairs ? PAIR_STRIDE : 1, pairStride: pairs ? PAIR_STRIDE : 0 });
      }
    }
    rows.push({ name: `local manager, ${name}`, steps: tally.steps, cuts: tally.cuts, pairs: tally.pairs });
    unitDone();
  }
  return rows;
}
