import type { NorMeterStore } from '../../../lib/limfs/nor/norMeterStore.js';
import type { PowerCutMode } from '../../../simulator/chips/powerCut.js';
import { createRandom, type Random } from '../../../simulator/random/random.js';
import type { NorRecording } from '../../lib/limfs/nor/flashRig.js';
import { NorRig, type NorShape, proofGeometry, settle } from '../../lib/limfs/nor/norRig.js';
import { Model } from '../model.js';
import { createScript, followingReading, perform, type ReadingStep, type Step } from '../script.js';
import { compareWithModel } from './examine.js';

/** A step of a store's life on NOR flash: one of its meter's, or one piece of background work. */
export type NorStep = Step | { readonly kind: 'idle' };

/** A store to be put to the proof. */
export interface NorGeometry extends NorShape {
  readonly name: string;
  /** Readings out of the ordinary in a thousand. */
  readonly oddities: number;
}

export interface NorTally {
  /** Steps that changed the flash. */
  steps: number;
  /** States after one cut that were examined. */
  cuts: number;
  /** States after two cuts, the second in what was done first after the mount that followed the first. */
  pairs: number;
  /** Pairs that left no erased sector, so that the next append had to ask for idle time. */
  askedForIdle: number;
}

export function createNorTally(): NorTally {
  return { steps: 0, cuts: 0, pairs: 0, askedForIdle: 0 };
}

/** One state in so many is compared to the last reading, and settled by `idle` before it is compared again. */
const WHOLE_EVERY = 25;
/** One cut in so many is followed by a second one. */
const PAIR_EVERY = 3;
/** A second cut comes within so many programmed bytes or erased sectors. */
const SECOND_CUT_STEPS = 60;
/** Places at the beginning of a step and at its end that are always cut; between them each so-manieth. */
const EDGE_PLACES = 2;
const MODES = ['clean', 'brownOut'] as const;

/**
 * One store that lives through a script on a simulated NOR flash. Each step is done once, recorded and undone; then its
 * commands are done again with the power cut at every place. After a cut nothing but the chip is left.
 */
export class NorTrial {
  readonly rig: NorRig;
  private readonly model: Model;
  private readonly geometry: NorGeometry;
  private readonly seed: number;
  private readonly store: NorMeterStore;
  private readonly nextStep: () => Step;
  private readonly after: Uint8Array;
  private settled = false;
  private steps = 0;

  constructor(geometry: NorGeometry, seed: number) {
    this.geometry = geometry;
    this.seed = seed;
    this.rig = new NorRig(geometry, seed);
    this.model = new Model(proofGeometry(geometry));
    this.nextStep = createScript(proofGeometry(geometry), seed);
    this.after = new Uint8Array(this.rig.chip.sizeBytes);
    this.store = this.rig.mount();
  }

  /** Lives through so many of its meter's steps without any cut. */
  live(steps: number): void {
    for (let done = 0; done < steps; done += 1) {
      settle(this.store);
      const step = this.nextStep();
      perform(this.store, step);
      this.model.acknowledge(step);
    }
  }

  /** Lives through one step and cuts it off at each `stride`-th place. */
  cutStep(tally: NorTally, stride: number): void {
    const { rig, store, model } = this;
    const step: NorStep = this.settled ? this.nextStep() : { kind: 'idle' };
    this.steps += 1;
    rig.chip.checkpoint();
    let more = true;
    const recording = rig.record(() => {
      if (step.kind === 'idle') more = store.idle();
      else perform(store, step);
    });
    this.after.set(rig.chip.image);
    rig.chip.rollBack();
    if (recording.steps > 0) this.cutEverywhere(step, recording, tally, stride);
    rig.chip.image.set(this.after);
    this.settled = step.kind === 'idle' && !more;
    if (step.kind !== 'idle') model.acknowledge(step);
  }

  private cutEverywhere(step: NorStep, recording: NorRecording, tally: NorTally, stride: number): void {
    tally.steps += 1;
    for (let place = 0; place <= recording.steps; place += place < recording.steps ? 1 : stride) {
      const inside = place > EDGE_PLACES && place < recording.steps - EDGE_PLACES;
      if (inside && (place + this.steps) % stride !== 0) continue;
      for (const mode of MODES) this.cutOnce(step, recording, place, mode, tally);
    }
  }

  private cutOnce(
    step: NorStep,
    recording: NorRecording,
    place: number,
    mode: PowerCutMode,
    tally: NorTally,
  ): void {
    const { rig, model } = this;
    const id = `${this.geometry.name}/${this.seed}/${this.steps}/${place}${mode === 'clean' ? '' : 'b'}`;
    const random = createRandom(this.seed, id);
    const restore = model.snapshot();
    rig.cells.begin(this.seed, id);
    rig.play(recording, place, mode);
    tally.cuts += 1;
    const whole = tally.cuts % WHOLE_EVERY === 0;
    try {
      const store = this.mountUntouched();
      const there = compareWithModel(store, model, pendingOf(step), place === recording.steps, whole);
      this.acknowledge(there);
      if (random.below(PAIR_EVERY) === 0) this.cutAgain(store, step, there !== null, random, tally, whole);
      else this.goOn(store, step, there !== null, whole);
    } catch (error) {
      throw new Error(`${id}: ${String(error)}`, { cause: error });
    }
    restore();
    rig.chip.rollBack();
  }

  /** The next append works at once, without idle time, and is there after one more mount; then idle time is welcome. */
  private goOn(store: NorMeterStore, step: NorStep, there: boolean, whole: boolean): void {
    const next = this.following(step, there);
    perform(store, next);
    this.model.acknowledge(next);
    compareWithModel(store, this.model, [], true, false);
    if (!whole) return;
    compareWithModel(this.mountUntouched(), this.model, [], true, true);
    settle(store);
    compareWithModel(store, this.model, [], true, true);
    compareWithModel(this.mountUntouched(), this.model, [], true, true);
  }

  /** A second cut, in the first thing that is done after the mount that followed the first. */
  private cutAgain(
    store: NorMeterStore,
    step: NorStep,
    there: boolean,
    random: Random,
    tally: NorTally,
    whole: boolean,
  ): void {
    const next: NorStep = random.below(3) === 0 ? { kind: 'idle' } : this.following(step, there);
    // A reading that a cut has torn may be found whole later, until something is written behind it.
    const pending = [...(there ? [] : pendingOf(step)), ...pendingOf(next)];
    let done = true;
    try {
      const cut = this.rig.cutAfter(
        random.below(SECOND_CUT_STEPS),
        MODES[random.below(2)]!,
        () => void (next.kind === 'idle' ? store.idle() : perform(store, next)),
      );
      done = !cut;
    } finally {
      this.rig.chip.powerOn();
    }
    tally.pairs += 1;
    const mounted = this.mountUntouched();
    const found = compareWithModel(mounted, this.model, pending, done && next.kind !== 'idle', whole);
    this.acknowledge(found);
    const again = step.kind === 'reading' && !there && found === null ? step : null;
    const last = again ?? this.plainReading();
    try {
      perform(mounted, last);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'needs-idle') throw error;
      tally.askedForIdle += 1;
      settle(mounted);
      perform(mounted, last);
    }
    this.model.acknowledge(last);
    compareWithModel(this.mountUntouched(), this.model, [], true, whole);
  }

  /** The same reading again when it is not there, else the next one that is due. */
  private following(step: NorStep, there: boolean): ReadingStep {
    return step.kind === 'reading' && !there ? step : this.plainReading();
  }

  private plainReading(): ReadingStep {
    const { model } = this;
    return followingReading(model.newest, model.intervalSeconds, proofGeometry(this.geometry));
  }

  private acknowledge(step: ReadingStep | null): void {
    if (step !== null) this.model.acknowledge(step);
  }

  /** Mounts with fresh objects; that writes nothing. */
  private mountUntouched(): NorMeterStore {
    const { chip } = this.rig;
    const { steps } = chip;
    const store = this.rig.mount();
    if (chip.steps !== steps) throw new Error('mount wrote');
    return store;
  }
}

function pendingOf(step: NorStep): ReadingStep[] {
  return step.kind === 'reading' ? [step] : [];
}
