import { FM24V10 } from '../../../lib/drivers/fm24v10.js';
import {
  formatManagerStore,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../../lib/limfs/manager/index.js';
import { ManagerLayout, settingsOf } from '../../../lib/limfs/manager/managerLayout.js';
import type { Medium } from '../../../lib/limfs/medium/medium.js';
import { FM24V10Chip } from '../../../simulator/chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../../../simulator/chips/i2cBus.js';
import type { PowerCutMode } from '../../../simulator/chips/powerCut.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { createHistory, perform, type Step } from '../../lib/limfs/manager/history.js';
import { ChosenBits } from '../rig.js';
import { type Recording, Tape } from '../tape.js';
import { signatureOf } from './signature.js';

/** Numbers of a run. */
export interface Tally {
  steps: number;
  cuts: number;
  pairs: number;
  /** Steps by kind and outcome: the rare ways must have been gone. */
  outcomes: Map<string, number>;
}

export function createTally(): Tally {
  return { steps: 0, cuts: 0, pairs: 0, outcomes: new Map() };
}

/** How a step is cut. */
export interface Cutting {
  /** One pair of cuts at each so-manieth byte of both steps; 0: no pairs. */
  readonly pairStride: number;
  readonly mode: PowerCutMode;
}

/**
 * A manager's store on a simulated chip that lives through a history. Each step is done once and recorded, undone, and
 * its traffic played again up to each byte. After a cut nothing but the chip is left; then
 * - a mount works, writes nothing and finds nothing wrong;
 * - the store says what it said before the step, or behind one of the step's commits, and later cuts never less;
 * - the step done again ends where it would have ended without the cut.
 */
export class Trial {
  private readonly chip: FM24V10Chip;
  private readonly bits = new ChosenBits();
  private readonly tape: Tape;
  private readonly io;
  private readonly name: string;
  private readonly next: (store: ManagerStore) => Step;
  private readonly usedBytes: number;
  private readonly logFrom: number;
  private readonly logTo: number;

  constructor(name: string, format: ManagerFormat, seed: number) {
    this.name = `${name}/${seed}`;
    this.chip = new FM24V10Chip({ random: this.bits });
    this.tape = new Tape(this.chip);
    this.io = i2cClassOn(new I2CBus(this.tape));
    this.next = createHistory(format, seed);
    formatManagerStore(this.driver(), format);
    const layout = new ManagerLayout(settingsOf(format, this.chip.image.length));
    this.usedBytes = layout.sizeBytes;
    this.logFrom = layout.logAddress;
    this.logTo = layout.metersAddress;
  }

  /** Lives through one step, cut at every byte. */
  step(tally: Tally, cutting: Cutting): void {
    const { chip } = this;
    const step = this.next(this.mount());
    const commits = this.commitsOf(step);
    const final = commits[commits.length - 1]!;
    chip.checkpoint();
    const store = this.mount();
    const dropped = store.droppedPages;
    let outcome = '';
    const recording = this.tape.record(() => {
      outcome = perform(store, step);
    });
    const after = this.image().slice();
    this.expect(step, 'done', this.signature() === final, 'the step ends elsewhere than on a plain medium');
    chip.rollBack();
    let least = 0;
    for (let cut = 0; cut <= recording.busBytes; cut += 1) {
      this.play(recording, cut, cutting.mode);
      least = this.judge(step, `${cut}`, commits, least);
      if (cutting.pairStride > 0 && cut % cutting.pairStride === 0)
        this.cutAgain(step, recording, cut, commits, tally, cutting);
      else this.goOn(step, `${cut}`, final);
      chip.rollBack();
      tally.cuts += 1;
    }
    this.image().set(after);
    const key = `${step.kind} ${outcome}${store.droppedPages > dropped ? ', a page dropped' : ''}`;
    tally.outcomes.set(key, (tally.outcomes.get(key) ?? 0) + 1);
    tally.steps += 1;
  }

  /** The chip is as the first cut left it: does the step again and cuts that too. */
  private cutAgain(
    step: Step,
    first: Recording,
    cut: number,
    commits: readonly string[],
    tally: Tally,
    cutting: Cutting,
  ): void {
    const { chip } = this;
    const final = commits[commits.length - 1]!;
    const store = this.mount();
    const again = this.tape.record(() => perform(store, step));
    this.expect(step, `${cut}`, this.signature() === final, 'the step done again ends elsewhere');
    chip.rollBack();
    for (let second = 0; second <= again.busBytes; second += cutting.pairStride) {
      this.play(first, cut, cutting.mode);
      this.play(again, second, cutting.mode);
      this.judge(step, `${cut}+${second}`, commits, 0);
      this.goOn(step, `${cut}+${second}`, final);
      chip.rollBack();
      tally.pairs += 1;
    }
  }

  private play(recording: Recording, cut: number, mode: PowerCutMode): void {
    this.bits.mask = (cut * 0x9e37_79b1) >>> 16;
    this.tape.play(recording, cut, mode);
  }

  /** The store says what it said before the step or behind one of its commits; returns which. */
  private judge(step: Step, place: string, commits: readonly string[], least: number): number {
    const written = this.chip.bytesWritten;
    this.mount();
    this.expect(step, place, this.chip.bytesWritten === written, 'a mount has written');
    const found = commits.indexOf(this.signature(), least);
    this.expect(step, place, found >= 0, 'the store says what it never said');
    return found;
  }

  private goOn(step: Step, place: string, final: string): void {
    perform(this.mount(), step);
    this.expect(step, place, this.signature() === final, 'the step done again ends elsewhere');
  }

  /** What the store says before the step and behind each of its commits, on a plain medium. */
  private commitsOf(step: Step): string[] {
    const ram = new RamMedium(this.image().slice());
    const texts = [signatureOf(ram.image)];
    const medium: Medium = {
      sizeBytes: ram.sizeBytes,
      eraseBytes: 1,
      writeBytes: 1,
      read: (address, into, offset, length) => ram.read(address, into, offset, length),
      write: (address, from, offset, length) => {
        ram.write(address, from, offset, length);
        if (address >= this.logFrom && address < this.logTo) texts.push(signatureOf(ram.image));
      },
      erase: () => undefined,
    };
    perform(mountManagerStore(medium), step);
    return texts;
  }

  private expect(step: Step, place: string, good: boolean, what: string): void {
    if (!good) throw new Error(`${this.name}, ${JSON.stringify(step)}, cut ${place}: ${what}`);
  }

  private mount(): ManagerStore {
    return mountManagerStore(this.driver());
  }

  private driver(): FM24V10 {
    return new FM24V10({ memory: { io: this.io } });
  }

  private image(): Uint8Array {
    return this.chip.image.subarray(0, this.usedBytes);
  }

  private signature(): string {
    return signatureOf(this.image());
  }
}
