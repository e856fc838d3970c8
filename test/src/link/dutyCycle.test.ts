import { assert } from 'chai';
import { DutyCycle } from '../../../src/link/dutyCycle.js';

const hour = 3600;

describe('duty cycle', () => {
  it('lets an hour send 36 seconds at one per cent', () => {
    const duty = new DutyCycle(10, 8000, 0);
    let sent = 0;
    while (duty.take(0, 100)) sent += 1;
    assert.equal(sent, 360);
    assert.equal(duty.refused, 1);
  });

  it('never lets any hour send more than twice its share, whatever came before', () => {
    const duty = new DutyCycle(10, 8000, 0);
    const sentAt: number[] = [];
    for (let second = 0; second < 20 * hour; second += 1) {
      while ((second < 10 * hour ? second % 977 === 0 : true) && duty.take(second, 100)) sentAt.push(second);
    }
    let first = 0;
    for (let last = 0; last < sentAt.length; last += 1) {
      while (sentAt[last]! - sentAt[first]! >= hour) first += 1;
      assert.isAtMost(last - first + 1, 720);
    }
    assert.isAtLeast(sentAt.length, 20 * 360 - 360);
  });

  it('gives nothing for a clock that was set back', () => {
    const duty = new DutyCycle(10, 8000, 10 * hour);
    while (duty.take(10 * hour, 100));
    assert.isFalse(duty.take(5 * hour, 100));
    assert.isTrue(duty.take(5 * hour + 100, 100));
  });

  it('limits nothing on a wire', () => {
    const duty = new DutyCycle(1000, 9600, 0);
    for (let packet = 0; packet < 1000; packet += 1) assert.isTrue(duty.take(0, 128));
  });
});
