import { assert } from 'chai';
import { LimfsError } from '../../../lib/limfs/errors.js';
import { formatTranslation } from '../../../lib/limfs/nor/translation/index.js';
import { TranslationRig } from '../../lib/limfs/nor/translation/translationRig.js';
import { shapes } from './shapes.js';
import { TranslationTrial } from './trial.js';

describe('The translation of NOR flash after power cuts', () => {
  let states = 0;

  for (const [name, shape] of Object.entries(shapes)) {
    it(`${name}: inside every write, transaction and piece of background work; and a second cut`, () => {
      const trial = new TranslationTrial(name, shape, 1);
      for (let step = 0; step < 20; step += 1) trial.cutStep(23);
      trial.live(300);
      for (let step = 0; step < 30; step += 1) trial.cutStep(37);
      states += trial.tally.cuts + trial.tally.pairs;
    });

    it(`${name}: cycle after cycle, each cut anywhere`, () => {
      const trial = new TranslationTrial(name, shape, 2);
      trial.chain(300);
      states += trial.tally.chains;
    });
  }

  it('were examined', () => {
    assert.isAbove(states, 4000);
  });
});

/** What mounts after a format() under another id that was cut off: 'old', 'new', or the code of the error. */
function found(rig: TranslationRig): string {
  try {
    const first = new Uint8Array(1);
    rig.mount().read(0, first, 0, 1);
    return first[0] === 7 ? 'old' : 'new';
  } catch (error) {
    if (error instanceof LimfsError) return error.code;
    throw error;
  }
}

describe('format() of a translation, cut off at every programmed byte and inside every erasure', () => {
  for (const mode of ['clean', 'brownOut'] as const) {
    it(`leaves the old content, none, or a medium that is being formatted (${mode})`, () => {
      const seen = new Set<string>();
      for (let steps = 0, cut = true; cut; steps += 1) {
        const rig = new TranslationRig();
        rig.cells.begin(steps, mode);
        rig.mount().write(0, Uint8Array.of(7), 0, 1);
        const format = { storeId: [9, 9], blockBytes: 64 } as const;
        cut = rig.cutAfter(steps, mode, () => formatTranslation(rig.medium(), format));
        const outcome = found(rig);
        assert.include(['old', 'new', 'formatting'], outcome, `after ${steps} steps`);
        seen.add(outcome);
        formatTranslation(rig.medium(), format);
        assert.equal(found(rig), 'new', `after ${steps} steps`);
      }
      // An erasure that was cut off takes what it was to erase: the old superblock.
      assert.sameMembers([...seen], mode === 'clean' ? ['formatting', 'new', 'old'] : ['formatting', 'new']);
    });
  }
});
