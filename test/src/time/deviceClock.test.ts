import { assert } from 'chai';
import { DeviceClock } from '../../../src/time/deviceClock.js';

const noon = 1_736_164_800;

function clockOf(isSet = true) {
  const steps: number[] = [];
  const slews: number[] = [];
  const source = { step: (s: number) => steps.push(s), slew: (ms: number) => slews.push(ms) };
  return { clock: new DeviceClock(source, isSet), steps, slews };
}

describe('device clock', () => {
  it('keeps a clock that is right', () => {
    const { clock, steps, slews } = clockOf();
    assert.equal(clock.tell(noon, noon), 'kept');
    assert.isEmpty([...steps, ...slews]);
  });

  it('slews an error below a minute, a second at a time', () => {
    const { clock, slews } = clockOf();
    assert.equal(clock.tell(noon, noon + 59), 'slewed');
    assert.equal(clock.tell(noon, noon - 1), 'slewed');
    assert.deepEqual(slews, [1000, -1000]);
  });

  it('steps a larger one, and the first time it is told at all', () => {
    const { clock, steps } = clockOf();
    assert.equal(clock.tell(noon, noon - 60), 'stepped');
    const unset = clockOf(false);
    assert.isFalse(unset.clock.isSet);
    assert.equal(unset.clock.tell(5, 6), 'stepped');
    assert.isTrue(unset.clock.isSet);
    assert.deepEqual([...steps, ...unset.steps], [-60, 1]);
  });

  it('measures its drift between two times that it was told', () => {
    const { clock } = clockOf();
    clock.tell(noon, noon);
    assert.isUndefined(clock.driftMillionths);
    clock.tell(noon + 100_002, noon + 100_000);
    assert.equal(clock.driftMillionths, 20);
  });
});
