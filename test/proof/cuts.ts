import type { MeterStore } from '../../lib/limfs/index.js';
import { Difference, examine, examineNewest, mountUntouched } from './examine.js';
import { followingReading, perform, type Step } from './script.js';
import type { Recording } from './tape.js';
import type { TakenStep, Trial } from './trial.js';

/** One cut in so many is followed by a comparison of the whole store, not only of the pages that can be touched. */
const WHOLE_EVERY = 50;
/** The same where the store fills the chip. */
const WHOLE_EVERY_CHIP = 3000;
/** Longer steps (a channel list, an interval) are cut twice only at each so-manieth byte, unless all is asked for. */
const LONG_STEP_BYTES = 120;
const LONG_STEP_STRIDE = 23;

/** How much of the pairs of cuts: of every step, of every step but with gaps in the long ones, or none. */
export type Pairs = 'all' | 'sampled' | 'none';

/** Numbers of a run. */
export interface Tally {
  steps: number;
  /** Steps that opened a page in the place of the oldest. */
  droppedPages: number;
  /** States after one cut that were examined. */
  cuts: number;
  /** States after two cuts, the second in the first step after the mount that followed the first. */
  pairs: number;
}

export function createTally(): Tally {
  return { steps: 0, droppedPages: 0, cuts: 0, pairs: 0 };
}

export function addTally(from: Tally, to: Tally): void {
  to.steps += from.steps;
  to.droppedPages += from.droppedPages;
  to.cuts += from.cuts;
  to.pairs += from.pairs;
}

/** One place of a cut: which recording, after how many bytes of it, and of the step that follows (-1: no second cut). */
export interface Place {
  readonly recording: number;
  readonly first: number;
  readonly second: number;
}

export function placeName({ recording, first, second }: Place): string {
  return `${recording === 0 ? '' : 'm'}${first}${second < 0 ? '' : `+${second}`}`;
}

export function parsePlace(text: string): Place | null {
  const parts = /^(m?)(\d+)(?:\+(\d+))?$/.exec(text);
  if (parts === null) return null;
  const second = parts[3] === undefined ? -1 : Number(parts[3]);
  return { recording: parts[1] === 'm' ? 1 : 0, first: Number(parts[2]), second };
}

/** Lives through one step and cuts it off after every byte on the bus, and then, if asked to, the step that follows. */
export function cutStep(trial: Trial, tally: Tally, pairs: Pairs): void {
  const taken = trial.guard('0', () => trial.take());
  taken.recordings.forEach(({ busBytes }, recording) => {
    const stride = pairs === 'sampled' && busBytes > LONG_STEP_BYTES ? LONG_STEP_STRIDE : 1;
    for (let first = 0; first <= busBytes; first += 1) {
      cutOnce(trial, taken, { recording, first, second: -1 }, tally);
      if (pairs === 'none' || first === busBytes || first % stride !== 0) continue;
      cutAgain(trial, taken, { recording, first, second: 0 }, tally, stride);
    }
  });
  trial.finish(taken);
  tally.steps += 1;
  if (taken.oldestBefore !== taken.oldestAfter) tally.droppedPages += 1;
}

/** One cut; all RAM objects are gone, the store is mounted, judged, and goes on. */
export function cutOnce(trial: Trial, taken: TakenStep, place: Place, tally: Tally): void {
  const { rig, model } = trial;
  const { step } = taken;
  trial.guard(placeName(place), () => {
    const recording = taken.recordings[place.recording]!;
    rig.tape.play(recording, place.first);
    const store = mountUntouched(rig);
    const everything = tally.cuts % wholeEvery(trial) === 0;
    const acknowledged = place.first === recording.busBytes;
    const there = examine(rig, store, model, { ...taken, acknowledged, everything });
    goOn(trial, store, step, there, everything);
  });
  rig.chip.rollBack();
  tally.cuts += 1;
}

function wholeEvery(trial: Trial): number {
  return trial.rig.geometry.pages === 0 ? WHOLE_EVERY_CHIP : WHOLE_EVERY;
}

/** A first cut, a mount, and then cuts of the step that follows, from `place.second` on with a stride; 0: only there. */
export function cutAgain(trial: Trial, taken: TakenStep, place: Place, tally: Tally, stride: number): void {
  const { rig, model } = trial;
  const recording = taken.recordings[place.recording]!;
  const restore = model.snapshot();
  rig.tape.play(recording, place.first);
  const between = trial.guard(placeName(place), () => mountUntouched(rig));
  const oldestBefore = between.oldestSequence;
  const next = followingStep(trial, between, taken.step);
  const following = trial.guard(placeName(place), () => rig.tape.record(() => perform(between, next)));
  const ends = { oldestBefore, oldestAfter: between.oldestSequence };
  rig.chip.rollBack();
  const last = stride === 0 ? place.second : following.busBytes;
  for (let second = place.second; second <= last; second += Math.max(1, stride)) {
    trial.guard(placeName({ ...place, second }), () => {
      rig.tape.play(recording, place.first);
      rig.tape.play(following, second);
      judgePair(trial, next, ends, following, second, tally);
    });
    rig.chip.rollBack();
    tally.pairs += 1;
  }
  restore();
}

function judgePair(
  trial: Trial,
  step: Step,
  ends: { readonly oldestBefore: number; readonly oldestAfter: number },
  following: Recording,
  second: number,
  tally: Tally,
): void {
  const store = mountUntouched(trial.rig);
  const everything = tally.pairs % wholeEvery(trial) === 0;
  const acknowledged = second === following.busBytes;
  const there = examine(trial.rig, store, trial.model, { step, acknowledged, everything, ...ends });
  goOn(trial, store, step, there, everything);
}

/** The step after a cut: the same again, or the next reading when the one that was cut off is there. */
function followingStep(trial: Trial, store: MeterStore, step: Step): Step {
  const { model, rig } = trial;
  if (step.kind === 'checkpoint' || store.nextSequence === model.nextSequence) return step;
  model.acknowledge(step);
  return followingReading(step, model.intervalSeconds, rig.geometry);
}

/** The next append works, and its reading is there after one more mount. */
function goOn(trial: Trial, store: MeterStore, step: Step, there: boolean, everything: boolean): void {
  const { rig, model } = trial;
  const restore = model.snapshot();
  if (there) model.acknowledge(step);
  const again = step.kind === 'reading' && !there;
  const next = again ? step : followingReading(model.newest, model.intervalSeconds, rig.geometry);
  const oldestBefore = store.oldestSequence;
  try {
    perform(store, next);
  } catch (error) {
    throw new Difference('the next append works', String(error));
  }
  if (everything) {
    const ends = { oldestBefore, oldestAfter: store.oldestSequence };
    examine(rig, mountUntouched(rig), model, { step: next, acknowledged: true, everything, ...ends });
  } else {
    model.acknowledge(next);
    examineNewest(store, model);
  }
  restore();
}
