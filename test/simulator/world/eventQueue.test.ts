import { assert } from 'chai';
import { EventQueue } from '../../../simulator/world/eventQueue.js';

function runAll(queue: EventQueue): void {
  while (queue.nextTimeSeconds < Number.POSITIVE_INFINITY) queue.step();
}

describe('event queue', () => {
  it('lets things happen by time, then device, then as they were planned', () => {
    const queue = new EventQueue();
    const happened: string[] = [];
    const plan = (timeSeconds: number, device: number, name: string) =>
      queue.at(timeSeconds, device, () => happened.push(name));
    plan(5, 1, 'd');
    plan(3, 2, 'b');
    plan(5, 0, 'c');
    plan(5, 1, 'e');
    plan(3, 1, 'a');
    assert.equal(queue.nextTimeSeconds, 3);
    runAll(queue);
    assert.equal(happened.join(''), 'abcde');
  });

  it('takes back what was planned, once', () => {
    const queue = new EventQueue();
    const happened: string[] = [];
    const cancel = queue.at(1, 0, () => happened.push('a'));
    queue.at(2, 0, () => happened.push('b'));
    cancel();
    cancel();
    runAll(queue);
    cancel();
    assert.equal(happened.join(''), 'b');
  });

  it('takes events that plan events', () => {
    const queue = new EventQueue();
    const times: number[] = [];
    const tick = (timeSeconds: number) => {
      times.push(timeSeconds);
      if (timeSeconds < 5) queue.at(timeSeconds + 1, 0, () => tick(timeSeconds + 1));
    };
    queue.at(1, 0, () => tick(1));
    runAll(queue);
    assert.deepEqual(times, [1, 2, 3, 4, 5]);
  });
});
