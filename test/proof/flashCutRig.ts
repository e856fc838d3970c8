import type { Medium } from '../../lib/limfs/medium/medium.js';
import { BlockTranslation, UnhurriedMedium } from '../../lib/limfs/nor/translation/index.js';
import type { PowerCutMode } from '../../simulator/chips/powerCut.js';
import { TranslationRig, type TranslationShape } from '../lib/limfs/nor/translation/translationRig.js';
import type { CutRig, Deed } from './cutRig.js';

/** NOR flash under its translation, cut at any programmed byte and inside erasures; torn cells are unstable. */
export class FlashCutRig implements CutRig {
  readonly rig: TranslationRig;
  private readonly seed: number;

  constructor(shape: TranslationShape, seed = 1) {
    this.rig = new TranslationRig(shape, seed);
    this.seed = seed;
  }

  medium(): BlockTranslation {
    return this.rig.mount();
  }

  get changes(): number {
    return this.rig.chip.steps;
  }

  record(work: () => void): Deed {
    const recording = this.rig.record(work);
    return {
      places: recording.steps,
      storedBytes: recording.steps,
      play: (place: number, mode: PowerCutMode, id: string) => {
        this.rig.cells.begin(this.seed, id);
        this.rig.play(recording, place, mode);
      },
    };
  }

  checkpoint(): void {
    this.rig.chip.checkpoint();
  }

  rollBack(): void {
    this.rig.chip.rollBack();
  }

  get image(): Uint8Array {
    return this.rig.chip.image;
  }

  contents(medium: Medium, bytes: number): Uint8Array {
    const contents = new Uint8Array(bytes);
    medium.read(0, contents, 0, bytes);
    return contents;
  }

  idle(medium: Medium): boolean {
    return translationOf(medium).idle();
  }

  unhurried(medium: Medium): Medium {
    return new UnhurriedMedium(translationOf(medium));
  }
}

function translationOf(medium: Medium): BlockTranslation {
  if (!(medium instanceof BlockTranslation)) throw new Error('a medium of this rig is a translation');
  return medium;
}
