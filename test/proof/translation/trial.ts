import { putUint16, putUint32 } from '../../../lib/limfs/areas/bytes.js';
import type { BlockTranslation } from '../../../lib/limfs/nor/translation/index.js';
import { WRITE_HEAD_BYTES } from '../../../lib/limfs/transaction/transactionMedium.js';
import type { PowerCutMode } from '../../../simulator/chips/powerCut.js';
import { createRandom, type Random } from '../../../simulator/random/random.js';
import {
  settle,
  TranslationRig,
  type TranslationShape,
} from '../../lib/limfs/nor/translation/translationRig.js';

interface Write {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What a translation is asked to do: writes that belong together, or background work when there are none. */
export type Step = readonly Write[];

export interface Tally {
  cuts: number;
  pairs: number;
  chains: number;
  askedForIdle: number;
}

const MODES = ['clean', 'brownOut'] as const;
const LONGEST_WRITE = 300;
const PAIR_EVERY = 3;

/**
 * A translation that lives through writes, transactions and background work, and a plain array that says what it must
 * hold. After a cut it holds what it held before the step or behind it, nothing between, and goes on from there.
 */
export class TranslationTrial {
  readonly rig: TranslationRig;
  readonly tally: Tally = { cuts: 0, pairs: 0, chains: 0, askedForIdle: 0 };
  private readonly name: string;
  private readonly seed: number;
  private readonly random: Random;
  private readonly translation: BlockTranslation;
  private model: Uint8Array;
  private readonly found: Uint8Array;
  private steps = 0;

  constructor(name: string, shape: TranslationShape, seed: number) {
    this.name = name;
    this.seed = seed;
    this.random = createRandom(seed, name);
    this.rig = new TranslationRig(shape, seed);
    this.translation = this.rig.mount();
    this.model = new Uint8Array(this.translation.sizeBytes).fill(0xff);
    this.found = new Uint8Array(this.translation.sizeBytes);
  }

  /** Steps without a cut. */
  live(steps: number): void {
    for (let done = 0; done < steps; done += 1) {
      settle(this.translation);
      const step = someStep(this.random, this.translation);
      perform(this.translation, step);
      this.model = applied(step, this.model);
    }
  }

  /** One step, cut at each `stride`-th place. */
  cutStep(stride: number): void {
    const { rig, translation } = this;
    const idle = this.random.below(2) === 0 || translation.roomBlocks < 20;
    const step = idle ? [] : someStep(this.random, translation);
    this.steps += 1;
    rig.chip.checkpoint();
    const recording = rig.record(() => perform(translation, step));
    const after = rig.chip.image.slice();
    rig.chip.rollBack();
    for (let place = 0; place <= recording.steps; place += 1) {
      const inside = place > 2 && place < recording.steps - 2;
      if (recording.steps === 0 || (inside && (place + this.steps) % stride !== 0)) continue;
      for (const mode of MODES) {
        const id = `${this.name}/${this.seed}/${this.steps}/${place}${mode === 'clean' ? '' : 'b'}`;
        const random = createRandom(this.seed, id);
        rig.cells.begin(this.seed, id);
        rig.play(recording, place, mode);
        try {
          this.examine(step, place === recording.steps, random);
        } catch (error) {
          throw new Error(`${id}: ${String(error)}`, { cause: error });
        }
        rig.chip.rollBack();
      }
    }
    rig.chip.image.set(after);
    this.model = applied(step, this.model);
  }

  private examine(step: Step, acknowledged: boolean, random: Random): void {
    const mounted = this.mountUntouched();
    this.tally.cuts += 1;
    const held = this.contents(mounted, [applied(step, this.model), ...(acknowledged ? [] : [this.model])]);
    const again = held === this.model ? step : someStep(random, mounted);
    if (random.below(PAIR_EVERY) > 0) {
      this.finish(mounted, again, held);
      return;
    }
    this.tally.pairs += 1;
    const second = random.below(3) === 0 ? [] : again;
    const mode: PowerCutMode = MODES[random.below(2)]!;
    const cut = this.rig.cutAfter(random.below(500), mode, () => this.tryTo(mounted, second));
    const next = this.mountUntouched();
    const later = this.contents(next, [applied(second, held), ...(cut ? [held] : [])]);
    this.finish(next, someStep(random, next), later);
  }

  /** The next step works and is there after one more mount. */
  private finish(translation: BlockTranslation, step: Step, held: Uint8Array): void {
    this.tryTo(translation, step);
    this.contents(translation, [applied(step, held)]);
    this.contents(this.mountUntouched(), [applied(step, held)]);
  }

  /** Lives through cycles of power, each of which ends at any place of any step; a chain may come to ask for idle time. */
  chain(cycles: number): void {
    const { rig, random } = this;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const id = `${this.name}/${this.seed}/chain/${this.steps}`;
      this.steps += 1;
      rig.cells.begin(this.seed, id);
      try {
        const translation = this.mountUntouched();
        this.contents(translation, [this.model]);
        this.untilCut(translation, 1 + random.below(random.below(3) === 0 ? 3000 : 100));
      } catch (error) {
        throw new Error(`${id}: ${String(error)}`, { cause: error });
      }
      this.tally.chains += 1;
    }
  }

  private untilCut(translation: BlockTranslation, steps: number): void {
    const { rig, random } = this;
    let before = this.model;
    rig.cutAfter(steps, MODES[random.below(2)]!, () => {
      for (;;) {
        before = this.model;
        const step = random.below(3) > 0 && translation.roomBlocks >= 20 ? someStep(random, translation) : [];
        this.model = applied(step, before);
        perform(translation, step);
      }
    });
    this.model = this.contents(this.mountUntouched(), [this.model, before]).slice();
  }

  private tryTo(translation: BlockTranslation, step: Step): void {
    try {
      perform(translation, step);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'needs-idle') throw error;
      this.tally.askedForIdle += 1;
      settle(translation);
      perform(translation, step);
    }
  }

  /** Reads everything; returns which of the models it is. */
  private contents(translation: BlockTranslation, models: readonly Uint8Array[]): Uint8Array {
    if (translation.findings.length > 0) throw new Error('damage was found');
    translation.read(0, this.found, 0, this.found.length);
    for (const model of models) if (sameBytes(this.found, model)) return model;
    const first = this.found.findIndex((byte, index) => byte !== models[0]![index]);
    throw new Error(`byte ${first} and others are what they never were`);
  }

  private mountUntouched(): BlockTranslation {
    const { chip } = this.rig;
    const { steps } = chip;
    const translation = this.rig.mount();
    if (chip.steps !== steps) throw new Error('mount wrote');
    return translation;
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((byte, index) => byte === right[index]);
}

function someStep(random: Random, { sizeBytes, blockBytes }: BlockTranslation): Step {
  const writes = random.below(3) === 0 ? 2 + random.below(4) : 1;
  return Array.from({ length: writes }, () => {
    const longest = random.below(2) === 0 ? 10 : writes > 1 ? blockBytes : LONGEST_WRITE;
    const length = 1 + random.below(longest);
    // Some places change all the time, others hardly ever.
    const span = random.below(3) === 0 ? sizeBytes : Math.min(sizeBytes, 1000);
    const address = random.below(Math.max(1, span - length));
    return { address, bytes: Uint8Array.from({ length }, () => random.below(256)) };
  });
}

function perform(translation: BlockTranslation, step: Step): void {
  if (step.length === 0) translation.idle();
  else if (step.length === 1) translation.write(step[0]!.address, step[0]!.bytes, 0, step[0]!.bytes.length);
  else {
    const list = listOf(step);
    translation.writeTogether(list, list.length);
  }
}

export function listOf(step: Step): Uint8Array {
  const list = new Uint8Array(step.reduce((sum, { bytes }) => sum + WRITE_HEAD_BYTES + bytes.length, 0));
  let at = 0;
  for (const { address, bytes } of step) {
    putUint32(list, at, address);
    putUint16(list, at + 4, bytes.length);
    list.set(bytes, at + WRITE_HEAD_BYTES);
    at += WRITE_HEAD_BYTES + bytes.length;
  }
  return list;
}

function applied(step: Step, model: Uint8Array): Uint8Array {
  if (step.length === 0) return model;
  const next = model.slice();
  for (const { address, bytes } of step) next.set(bytes, address);
  return next;
}
