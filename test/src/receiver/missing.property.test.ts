import { assert } from 'chai';
import fc from 'fast-check';
import { MAXIMUM_GAPS, Missing } from '../../../src/receiver/missing.js';

/** What is missing by a set of offsets from the start: the model. */
class Model {
  readonly missing = new Set<number>();
  next = 0;

  extendTo(end: number): void {
    for (; this.next < end; this.next++) this.missing.add(this.next);
  }

  remove(first: number, end: number): void {
    this.extendTo(end);
    for (let offset = first; offset < end; offset++) this.missing.delete(offset);
  }
}

function missingOffsets(missing: Missing, start: number): number[] {
  const offsets: number[] = [];
  for (let gap = 0; gap < missing.gaps; gap++) {
    const end = (missing.end(gap) - start) >>> 0;
    for (let offset = (missing.first(gap) - start) >>> 0; offset < end; offset++) offsets.push(offset);
  }
  return offsets;
}

const step = fc.record({ first: fc.nat(300), length: fc.integer({ min: 0, max: 30 }), extend: fc.boolean() });
/** Some starts make the sequences wrap around at 2^32. */
const start = fc.constantFrom(0, 1000, 0xffff_ff00, 0x7fff_ff80);

describe('Missing', () => {
  it('knows every missing reading, and no other as long as gaps are few', () => {
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 40 }), (origin, steps) => {
        const missing = new Missing(origin);
        const model = new Model();
        let merged = false;
        for (const { first, length, extend } of steps) {
          const firstSequence = (origin + first) >>> 0;
          const end = (origin + first + length) >>> 0;
          if (extend) {
            missing.extendTo(end);
            model.extendTo(first + length);
          } else {
            missing.remove(firstSequence, end);
            model.remove(first, first + length);
          }
          const known = missingOffsets(missing, origin);
          const exact = [...model.missing].sort((a, b) => a - b);
          // Gaps were merged at the latest when more is thought to be missing than is.
          merged ||= known.length > exact.length;
          assert.isAtMost(missing.gaps, MAXIMUM_GAPS);
          assert.equal(missing.next, (origin + model.next) >>> 0);
          if (merged) assert.includeMembers(known, exact);
          else assert.deepEqual(known, exact);
        }
      }),
    );
  });

  it('says up to where nothing is missing', () => {
    const missing = new Missing(10);
    missing.remove(10, 20);
    assert.equal(missing.contiguousUpTo, 20);
    missing.remove(25, 30);
    assert.equal(missing.contiguousUpTo, 20);
    missing.remove(20, 25);
    assert.equal(missing.contiguousUpTo, 30);
  });
});
