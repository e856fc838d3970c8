import { assert } from 'chai';
import { SimulatedClock } from '../../../simulator/devices/simulatedClock.js';

function rig(errorMilliseconds = 0) {
  const world = { now: 1_000_000_000_000 };
  return { world, clock: new SimulatedClock(() => world.now, errorMilliseconds) };
}

describe('simulated clock', () => {
  it('shows the time and drifts', () => {
    const { world, clock } = rig();
    assert.equal(clock.seconds, 1_000_000_000);
    clock.drift(100);
    world.now += 86_400_000;
    assert.equal(clock.seconds, 1_000_086_408);
    clock.drift(-100);
    world.now += 86_400_000;
    assert.equal(clock.seconds, 1_000_172_800);
  });

  it('is asked for the moment when it will show a time, to the millisecond', () => {
    for (const drift of [0, 1, 37, -37, 300, -300]) {
      const { world, clock } = rig(-700);
      clock.drift(drift);
      for (const seconds of [1_000_000_000, 1_000_000_001, 1_000_003_600, 1_031_536_000]) {
        const due = clock.worldMillisecondsAt(seconds);
        world.now = due - 1;
        assert.isBelow(clock.seconds, seconds, `drift ${drift}`);
        world.now = due;
        assert.equal(clock.seconds, seconds, `drift ${drift}`);
      }
    }
  });

  it('never goes back when it is slewed, and catches up', () => {
    const { world, clock } = rig(900);
    world.now += 5000;
    const before = clock.seconds;
    clock.slew(-1000);
    assert.equal(clock.seconds, before);
    world.now += 1000;
    assert.equal(clock.seconds, before);
    world.now += 1000;
    assert.equal(clock.seconds, before + 1);
  });

  it('goes anywhere by a step, and says so', () => {
    const { clock } = rig();
    const steps: number[][] = [];
    clock.onStep = (from, to) => steps.push([from, to]);
    clock.step(-3600);
    assert.equal(clock.seconds, 1_000_000_000 - 3600);
    clock.shift(7_200_000);
    assert.equal(clock.seconds, 1_000_003_600);
    clock.restart();
    assert.equal(clock.seconds, 0);
    assert.deepEqual(steps, [[1_000_000_000, 999_996_400]]);
    clock.shift(-5000);
    assert.equal(clock.seconds, 0, 'and never before its zero');
  });
});
