import type { MeterStore } from '../../lib/limfs/index.js';
import { Difference } from './examine.js';
import type { Geometry } from './geometry.js';
import { Model } from './model.js';
import { Rig } from './rig.js';
import { createScript, perform, type Step } from './script.js';
import type { Recording } from './tape.js';

/** A failure with the id that replays it and the check that saw it. */
export class TrialFailure extends Error {
  override readonly name = 'TrialFailure';
  readonly id: string;
  readonly check: string;

  constructor(id: string, check: string, message: string) {
    super(`${id}: ${message}`);
    this.id = id;
    this.check = check;
  }
}

/** A step that was done, recorded, and undone on the chip. */
export interface TakenStep {
  readonly step: Step;
  /** As the store did it that lives on, and, where that writes other bytes, as one did it that was just mounted. */
  readonly recordings: readonly Recording[];
  /** Oldest sequence before and after the step. */
  readonly oldestBefore: number;
  readonly oldestAfter: number;
}

/**
 * One store that lives through a script on a simulated chip. To cut a step off, it is done once and recorded, undone
 * on the chip, and its traffic played again up to each byte. After a cut nothing but the chip is left.
 */
export class Trial {
  readonly rig: Rig;
  readonly model: Model;
  /** Steps done. */
  steps = 0;
  private readonly name: string;
  private readonly nextStep: () => Step;
  private readonly store: MeterStore;
  /** The chip as the taken step leaves it. */
  private readonly after: Uint8Array;

  constructor(geometry: Geometry, seed: number) {
    this.name = `${geometry.name}/${seed}`;
    this.rig = new Rig(geometry, seed);
    this.model = new Model(geometry);
    this.nextStep = createScript(geometry, seed);
    this.after = new Uint8Array(this.rig.image.length);
    this.store = this.rig.mount();
  }

  /** Lives through steps without any cut. */
  live(steps: number): void {
    for (let done = 0; done < steps; done += 1) {
      const step = this.nextStep();
      perform(this.store, step);
      this.acknowledge(step);
    }
  }

  /** Does the next step and undoes it on the chip; `finish` makes it good. */
  take(): TakenStep {
    const { rig, store } = this;
    const step = this.nextStep();
    const oldestBefore = store.oldestSequence;
    rig.chip.checkpoint();
    const living = rig.tape.record(() => perform(store, step));
    const oldestAfter = store.oldestSequence;
    this.after.set(rig.image);
    rig.chip.rollBack();
    const mounted = rig.mount();
    const fresh = rig.tape.record(() => perform(mounted, step));
    const same = fresh.storedBytes === living.storedBytes && Buffer.compare(rig.image, this.after) === 0;
    rig.chip.rollBack();
    return { step, recordings: same ? [living] : [living, fresh], oldestBefore, oldestAfter };
  }

  /** The step is done: the store lives on. */
  finish(taken: TakenStep): void {
    this.rig.image.set(this.after);
    this.acknowledge(taken.step);
    this.model.forgetBefore(taken.oldestAfter);
  }

  /** Runs a check; what it throws becomes a failure that names this step and the place within. */
  guard<T>(place: string, check: () => T): T {
    try {
      return check();
    } catch (error) {
      const name = error instanceof Difference ? error.check : 'no unexpected error';
      throw new TrialFailure(`${this.name}/${this.steps}/${place}`, name, String(error));
    }
  }

  private acknowledge(step: Step): void {
    this.model.acknowledge(step);
    this.steps += 1;
  }
}
