import { assert } from 'chai';
import { LimfsError } from '../../../lib/limfs/index.js';
import { formatNorMeterStore } from '../../../lib/limfs/nor/mount.js';
import { appendRegular, NorRig } from '../../lib/limfs/nor/norRig.js';

const READINGS = 70;

/** What mounts after a format() under another id that was cut off: 'old', 'new', or the code of the error. */
function found(rig: NorRig): string {
  try {
    const store = rig.mount();
    const isNew = store.storeId[0] === 9;
    assert.equal(store.nextSequence, isNew ? 0 : READINGS);
    return isNew ? 'new' : 'old';
  } catch (error) {
    if (error instanceof LimfsError) return error.code;
    throw error;
  }
}

describe('format() of a NOR flash, cut off at every programmed byte and inside every erasure', () => {
  for (const mode of ['clean', 'brownOut'] as const) {
    it(`leaves the old store, the new one, or a medium that is being formatted (${mode})`, () => {
      const seen = new Set<string>();
      for (let steps = 0, cut = true; cut; steps += 1) {
        const rig = new NorRig({ sectors: 8 });
        rig.cells.begin(steps, mode);
        appendRegular(rig.mount(), 0, READINGS);
        const format = { ...rig.format, storeId: [9, 9] as const };
        cut = rig.cutAfter(steps, mode, () => formatNorMeterStore(rig.medium(), format));
        const outcome = found(rig);
        assert.include(['old', 'new', 'formatting'], outcome, `after ${steps} steps`);
        seen.add(outcome);
        formatNorMeterStore(rig.medium(), format);
        assert.equal(rig.mount().count, 0, `after ${steps} steps`);
      }
      assert.deepEqual([...seen].sort(), ['formatting', 'new', 'old']);
    });
  }
});
