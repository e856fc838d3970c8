import { assert } from 'chai';
import { type FlashCosts, measureManagerOnFlash } from '../../bench/managerOnFlash.js';

describe("The cost of a local manager's store on NOR flash", () => {
  let costs: FlashCosts;

  before(() => {
    costs = measureManagerOnFlash(128, 64, 24);
  });

  it('keeps below its budget in bus and program time', () => {
    assert.isBelow(costs.window.meanMicroseconds, 2000);
    assert.isBelow(costs.window.worstMicroseconds, 5000);
    assert.isBelow(costs.freeze.worstMicroseconds, 6000);
    assert.isBelow(costs.acknowledge.worstMicroseconds, 2000);
    assert.isBelow(costs.mountMicroseconds, 15_000);
  });

  it('erases in idle calls only, one sector at a time', () => {
    assert.equal(costs.erasesInsideCalls, 0);
    assert.isBelow(costs.worstIdleCallMicroseconds, 46_000);
  });

  it('wears all sectors alike, and not fast', () => {
    assert.isAtMost(costs.wearSpread, 2);
    assert.isBelow(costs.erasesPerThousandWindows, 300);
  });

  it('takes two bytes of RAM a block, and small buffers', () => {
    assert.isBelow(costs.translationRamBytes, (2 * costs.sizeBytes) / costs.blockBytes + 2500);
  });
});
