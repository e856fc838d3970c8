import type { Medium } from '../../lib/limfs/medium/medium.js';
import type { PowerCutMode } from '../../simulator/chips/powerCut.js';
import { type CutRig, type Deed, FramCutRig } from './cutRig.js';

/** A store that lives through steps and is cut off; what it must hold is known to a model of the test's own. */
export interface Life<Store, Step> {
  /** Fresh objects only: what a reset leaves. */
  mount(medium: Medium): Store;
  /** What a mount found wrong: nothing may be, as long as bytes are written whole. */
  findings(store: Store): readonly unknown[];
  perform(store: Store, step: Step): void;
  nextStep(): Step;
  /** A step that may follow `step`, once that is done. */
  followingStep(step: Step): Step;
  /** Compares the store with the model; true when `step`, which had returned if `acknowledged`, is there. Throws. */
  examine(store: Store, step: Step, acknowledged: boolean): boolean;
  /** The model takes the step. */
  take(step: Step): void;
  /** Returns what undoes all that the model takes from here on. */
  snapshot(): () => void;
}

/** How a store is cut off; the defaults are every place of a FM24V10, and every byte written whole. */
export interface CutChoice {
  readonly rig?: CutRig;
  readonly mode?: PowerCutMode;
  /** Each so-manieth place; the first and last ones are always cut. */
  readonly stride?: number;
}

export interface Tally {
  steps: number;
  /** States after one cut. */
  cuts: number;
  /** States after two. */
  pairs: number;
  /** Data bytes that whole steps stored. */
  storedBytes: number;
}

const EDGE_PLACES = 2;

/** Lives on a simulated chip and cuts each step, and each piece of background work, at many places. */
export class CutProof<Store, Step> {
  readonly tally: Tally = { steps: 0, cuts: 0, pairs: 0, storedBytes: 0 };
  private readonly name: string;
  private readonly life: Life<Store, Step>;
  private readonly rig: CutRig;
  private readonly mode: PowerCutMode;
  private readonly stride: number;
  private readonly medium: Medium;
  private readonly store: Store;

  /** `format` prepares the chip; `name` begins the id of a failure. */
  constructor(
    name: string,
    life: Life<Store, Step>,
    format: (medium: Medium) => void,
    choice: CutChoice = {},
  ) {
    this.name = name;
    this.life = life;
    this.rig = choice.rig ?? new FramCutRig();
    this.mode = choice.mode ?? 'clean';
    this.stride = choice.stride ?? 1;
    format(this.rig.unhurried(this.rig.medium()));
    this.medium = this.rig.medium();
    this.store = life.mount(this.medium);
  }

  /** Steps without a cut. */
  live(steps: number): void {
    for (let count = 0; count < steps; count += 1) {
      while (this.rig.idle(this.medium));
      const step = this.life.nextStep();
      this.life.perform(this.store, step);
      this.life.take(step);
      this.tally.steps += 1;
    }
  }

  /** One step, cut at places all over it, and, if asked to, the step after each of these cuts cut again. */
  cutStep(pairs: boolean): void {
    const { life, rig } = this;
    while (this.cutIdle());
    const step = life.nextStep();
    rig.checkpoint();
    const living = rig.record(() => life.perform(this.store, step));
    const after = rig.image.slice();
    rig.rollBack();
    const mounted = life.mount(rig.medium());
    const fresh = rig.record(() => life.perform(mounted, step));
    const same = fresh.storedBytes === living.storedBytes && Buffer.compare(after, rig.image) === 0;
    rig.rollBack();
    for (const deed of same ? [living] : [living, fresh]) {
      this.forEachPlace(deed, (place) => this.cut(step, deed, place, pairs));
    }
    rig.image.set(after);
    life.take(step);
    this.tally.steps += 1;
    this.tally.storedBytes += living.storedBytes;
  }

  /** A piece of background work, cut at places all over it; false when there was none. */
  private cutIdle(): boolean {
    const { rig, life } = this;
    rig.checkpoint();
    let more = false;
    const deed = rig.record(() => {
      more = rig.idle(this.medium);
    });
    const after = rig.image.slice();
    rig.rollBack();
    if (deed.places > 0) {
      const next = life.nextStep();
      this.forEachPlace(deed, (place) => {
        this.named(`idle ${place}`, () => {
          deed.play(place, this.mode, `${this.tally.steps}/idle/${place}`);
          const { store } = this.mountUntouched();
          if (life.examine(store, next, false)) throw new Error('background work did a step');
        });
        this.tally.cuts += 1;
        rig.rollBack();
      });
    }
    rig.image.set(after);
    return more;
  }

  private forEachPlace(deed: Deed, visit: (place: number) => void): void {
    for (let place = 0; place <= deed.places; place += 1) {
      const inside = place > EDGE_PLACES && place < deed.places - EDGE_PLACES;
      if (!inside || (place + this.tally.steps) % this.stride === 0) visit(place);
    }
  }

  private cut(step: Step, deed: Deed, first: number, pairs: boolean): void {
    const { life, rig, tally, mode } = this;
    const restore = life.snapshot();
    const id = `${tally.steps}/${first}`;
    this.named(`${first}`, () => {
      deed.play(first, mode, id);
      const { store, medium } = this.mountUntouched();
      const there = life.examine(store, step, first === deed.places);
      tally.cuts += 1;
      if (there) life.take(step);
      const next = there ? life.followingStep(step) : step;
      const following = rig.record(() => {
        while (rig.idle(medium));
        life.perform(store, next);
      });
      life.examine(this.mountUntouched().store, next, true);
      rig.rollBack();
      if (!pairs) return;
      this.forEachPlace(following, (second) => {
        this.named(`${first}+${second}`, () => {
          deed.play(first, mode, id);
          following.play(second, mode, `${id}+${second}`);
          life.examine(this.mountUntouched().store, next, second === following.places);
        });
        tally.pairs += 1;
        rig.rollBack();
      });
    });
    restore();
  }

  private named(place: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new Error(`${this.name}, step ${this.tally.steps}, cut ${place}: ${error}`);
    }
  }

  private mountUntouched(): { store: Store; medium: Medium } {
    const { rig } = this;
    const { changes } = rig;
    const medium = rig.medium();
    const store = this.life.mount(medium);
    if (rig.changes !== changes) throw new Error('a mount wrote');
    const findings = this.life.findings(store);
    // A byte that is written half may show in the store itself; unstable cells of a flash may not.
    if (findings.length > 0 && !(this.mode === 'brownOut' && rig instanceof FramCutRig))
      throw new Error(`a mount found ${JSON.stringify(findings)}`);
    return { store, medium };
  }
}
