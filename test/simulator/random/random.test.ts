import { assert } from 'chai';
import { createRandom } from '../../../simulator/random/random.js';

describe('random numbers', () => {
  it('are the same for ever for one seed and purpose', () => {
    const random = createRandom(42, 'meter 7', 'power cut');
    assert.deepEqual(
      [
        random.nextUint32(),
        random.nextUint32(),
        random.nextUint32(),
        random.below(1000),
        random.chance(500_000),
      ],
      [3344294431, 4012099558, 3834880959, 190, true],
    );
  });

  it('differ by seed and by purpose, and a purpose is not the join of two others', () => {
    const firsts = [
      createRandom(1, 'a'),
      createRandom(2, 'a'),
      createRandom(1, 'b'),
      createRandom(1, 'a', 'b'),
      createRandom(1, 'ab'),
      createRandom(1, 'a', 1),
    ].map((random) => random.nextUint32());
    assert.equal(new Set(firsts).size, firsts.length, firsts.join());
  });

  it('reach every number below n and no other', () => {
    const random = createRandom(3, 'below');
    const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)));
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
    assert.equal(random.below(1), 0);
  });

  it('hit a chance about as often as it says, never at 0, always at a million', () => {
    const random = createRandom(4, 'chance');
    let hits = 0;
    for (let time = 0; time < 10_000; time++) {
      if (random.chance(250_000)) hits++;
      assert.isFalse(random.chance(0));
      assert.isTrue(random.chance(1_000_000));
    }
    assert.approximately(hits, 2500, 200);
  });
});
