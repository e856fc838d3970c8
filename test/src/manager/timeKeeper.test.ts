import { assert } from 'chai';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { TimeKeeper } from '../../../src/manager/timeKeeper.js';
import { DeviceClock } from '../../../src/time/deviceClock.js';

const start = 1_700_000_000;

/** A time keeper whose clock can be looked at, and the questions that it asks. */
function keeperOf(isSet = true) {
  const steps: number[] = [];
  const slews: number[] = [];
  const asked: number[] = [];
  let word = 100;
  const network = {
    send: (_destination: number, message: Message) => {
      if (message.kind === MessageKind.timeRequest) asked.push(message.nonce);
    },
    largestBlockBytes: () => 0,
  };
  const source = { step: (seconds: number) => steps.push(seconds), slew: (by: number) => slews.push(by) };
  const random = () => {
    word += 1;
    return word;
  };
  const keeper = new TimeKeeper(network, new DeviceClock(source, isSet), random, start);
  return { keeper, steps, slews, asked };
}

function answer(nonce: number, timeSeconds: number) {
  return { kind: MessageKind.time, nonce, timeSeconds } as const;
}

describe("a local manager's clock", () => {
  for (const heldUpSeconds of [60, 3600, 3 * 3600, 86_400]) {
    it(`is not set by a report request that was held up for ${heldUpSeconds} s, but makes it ask`, () => {
      const { keeper, steps, slews, asked } = keeperOf();
      keeper.heard(start);
      const now = start + 100_000;
      keeper.heard(now);
      keeper.tell(now - heldUpSeconds, now);
      assert.isEmpty(steps);
      assert.isEmpty(slews);
      assert.lengthOf(asked, 1);
      assert.equal(keeper.answer(answer(asked[0]!, now + 1), now + 1), 0, 'it was right');
      assert.isEmpty(steps);
    });
  }

  it('is set by the answer when it is wrong indeed, and tells by how much', () => {
    const { keeper, steps, asked } = keeperOf();
    const wrong = start + 7000;
    keeper.heard(wrong);
    keeper.tell(start + 100, wrong);
    assert.equal(keeper.answer(answer(asked[0]!, start + 102), wrong + 2), -6900);
    assert.deepEqual(steps, [-6900]);
    assert.equal(keeper.toldSeconds, start + 102);
  });

  it('is not set by an answer that was held up, nor by one to an older question', () => {
    const { keeper, steps, asked } = keeperOf();
    const now = start + 5000;
    keeper.tell(start, now);
    assert.equal(keeper.answer(answer(asked[0]!, now), now + 61), 0);
    keeper.tell(start, now + 200);
    keeper.tell(start, now + 400);
    assert.lengthOf(asked, 3);
    assert.equal(keeper.answer(answer(asked[1]!, start), now + 401), 0);
    assert.isEmpty(steps);
  });

  it('asks no more than once a minute, however many requests were held up', () => {
    const { keeper, asked } = keeperOf();
    for (let second = 0; second < 150; second += 1) {
      keeper.heard(start + 9000 + second);
      keeper.tell(start + second, start + 9000 + second);
    }
    assert.lengthOf(asked, 3);
  });

  it('is slewed by a request with a small error', () => {
    const { keeper, steps, slews, asked } = keeperOf();
    keeper.tell(start + 1000, start + 1003);
    assert.deepEqual(slews, [-1000]);
    assert.isEmpty(steps);
    assert.isEmpty(asked);
    assert.equal(keeper.toldSeconds, start + 1003);
  });

  it('goes on asking until it has a time at all, whoever speaks', () => {
    const { keeper, steps, asked } = keeperOf(false);
    keeper.wake(keeper.wakeSeconds);
    for (let minute = 1; minute <= 30; minute += 1) {
      keeper.heard(start + 60 * minute);
      keeper.wake(start + 60 * minute);
    }
    assert.lengthOf(asked, 4);
    keeper.tell(start + 5000, start + 2000);
    assert.isEmpty(steps);
    assert.lengthOf(asked, 5);
    assert.equal(keeper.answer(answer(asked[4]!, start + 5000), start + 2001), 2999);
    assert.isTrue(keeper.isSet);
  });
});
