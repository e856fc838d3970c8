import { FM24V10 } from '../../lib/drivers/fm24v10.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';
import { FM24V10Chip } from '../../simulator/chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../../simulator/chips/i2cBus.js';
import { ChosenBits } from './rig.js';
import { type Recording, Tape } from './tape.js';

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

export interface Tally {
  steps: number;
  /** States after one cut. */
  cuts: number;
  /** States after two. */
  pairs: number;
  /** Data bytes that whole steps stored. */
  storedBytes: number;
}

/** Lives on a simulated FM24V10 and cuts each step after each byte on the bus. */
export class CutProof<Store, Step> {
  private readonly bits = new ChosenBits();
  readonly chip = new FM24V10Chip({ random: this.bits });
  readonly tally: Tally = { steps: 0, cuts: 0, pairs: 0, storedBytes: 0 };
  private readonly name: string;
  private readonly life: Life<Store, Step>;
  private readonly tape = new Tape(this.chip);
  private readonly io = i2cClassOn(new I2CBus(this.tape));
  private readonly store: Store;
  private readonly brownOut: boolean;

  /**
   * `format` prepares the chip; `name` begins the id of a failure. With `brownOut` the byte under way is written half:
   * some of the bits that were to change have changed.
   */
  constructor(name: string, life: Life<Store, Step>, format: (medium: Medium) => void, brownOut = false) {
    this.brownOut = brownOut;
    this.name = name;
    this.life = life;
    format(this.driver());
    this.store = life.mount(this.driver());
  }

  driver(): FM24V10 {
    return new FM24V10({ memory: { io: this.io } });
  }

  /** Steps without a cut. */
  live(steps: number): void {
    for (let count = 0; count < steps; count += 1) {
      const step = this.life.nextStep();
      this.life.perform(this.store, step);
      this.life.take(step);
      this.tally.steps += 1;
    }
  }

  /** One step, cut after every byte, and, if asked to, the step after each of these cuts cut after every byte too. */
  cutStep(pairs: boolean): void {
    const { life, chip } = this;
    const step = life.nextStep();
    chip.checkpoint();
    const living = this.tape.record(() => life.perform(this.store, step));
    const after = chip.image.slice();
    chip.rollBack();
    const mounted = life.mount(this.driver());
    const fresh = this.tape.record(() => life.perform(mounted, step));
    const same = fresh.storedBytes === living.storedBytes && Buffer.compare(after, chip.image) === 0;
    chip.rollBack();
    for (const recording of same ? [living] : [living, fresh]) {
      for (let first = 0; first <= recording.busBytes; first += 1) this.cut(step, recording, first, pairs);
    }
    chip.image.set(after);
    life.take(step);
    this.tally.steps += 1;
    this.tally.storedBytes += living.storedBytes;
  }

  private cut(step: Step, recording: Recording, first: number, pairs: boolean): void {
    const { life, tape, chip, tally } = this;
    const restore = life.snapshot();
    let place = `${first}`;
    try {
      this.play(recording, first);
      const store = this.mountUntouched();
      const there = life.examine(store, step, first === recording.busBytes);
      tally.cuts += 1;
      if (there) life.take(step);
      const next = there ? life.followingStep(step) : step;
      const following = tape.record(() => life.perform(store, next));
      life.examine(this.mountUntouched(), next, true);
      chip.rollBack();
      for (let second = 0; pairs && second <= following.busBytes; second += 1) {
        place = `${first}+${second}`;
        this.play(recording, first);
        this.play(following, second);
        life.examine(this.mountUntouched(), next, second === following.busBytes);
        tally.pairs += 1;
        chip.rollBack();
      }
    } catch (error) {
      throw new Error(`${this.name}, step ${tally.steps}, cut ${place}: ${error}`);
    }
    restore();
  }

  private play(recording: Recording, afterBytes: number): void {
    this.bits.mask = Math.imul(afterBytes + this.tally.steps, 0x9e37_79b1) >>> 24;
    this.tape.play(recording, afterBytes, this.brownOut ? 'brownOut' : 'clean');
  }

  private mountUntouched(): Store {
    const written = this.chip.bytesWritten;
    const store = this.life.mount(this.driver());
    if (this.chip.bytesWritten !== written) throw new Error('a mount wrote');
    const findings = this.life.findings(store);
    if (findings.length > 0 && !this.brownOut) throw new Error(`a mount found ${JSON.stringify(findings)}`);
    return store;
  }
}
