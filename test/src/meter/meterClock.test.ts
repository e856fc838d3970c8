import { assert } from 'chai';
import { Status } from '../../../lib/limfs/index.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { MessageKind } from '../../../src/link/message.js';
import {
  createMedia,
  eventsOf,
  hour,
  managerAddress,
  messagesOf,
  noon,
  type Rig,
  runUntil,
  startMeter,
  storedReadings,
} from './rig.js';

describe("a meter's clock", () => {
  function answer(rig: Rig, trueSeconds: number, now: number): void {
    const { nonce } = messagesOf(rig, MessageKind.timeRequest).at(-1)!;
    rig.meter.take(managerAddress, { kind: MessageKind.time, nonce, timeSeconds: trueSeconds }, now);
  }

  it('is slewed by a second when it is a little wrong', () => {
    const rig = startMeter(createMedia(), noon);
    runUntil(rig, noon + 60);
    answer(rig, noon + 80, noon + 60);
    assert.deepEqual(rig.slews, [1000]);
    assert.isEmpty(rig.steps);
  });

  it('is stepped when it is far off; readings begin a run and tell it', () => {
    const rig = startMeter(createMedia(), noon, { registers: [1, 2, 3] });
    runUntil(rig, noon + 60);
    answer(rig, noon + 5 * hour + 60, noon + 60);
    assert.deepEqual(rig.steps, [5 * hour]);
    runUntil(rig, noon + 6 * hour);
    assert.deepEqual(storedReadings(rig.store).slice(0, 2), [
      { time: noon, status: 0, value: 1 },
      { time: noon + 6 * hour, status: Status.clockStepped, value: 2 },
    ]);
    assert.include(eventsOf(rig), EventCode.clockSet);
  });

  it('counts from power-up until somebody tells the time', () => {
    const rig = startMeter(createMedia(), 0, { registers: [1, 2, 3, 4], clockIsSet: false });
    let now = hour;
    for (; messagesOf(rig, MessageKind.timeRequest).length < 2; now += 10) runUntil(rig, now);
    answer(rig, noon + 60, now);
    runUntil(rig, noon + hour);
    assert.deepEqual(storedReadings(rig.store), [
      { time: 0, status: Status.timeSinceBoot, value: 1 },
      { time: hour, status: Status.timeSinceBoot, value: 2 },
      { time: noon + hour, status: Status.clockStepped, value: 3 },
    ]);
  });

  describe('that stood without power', () => {
    const since = Status.timeSinceBoot;
    const missed = Status.powerFailed | Status.clockStepped;

    /** Readings at noon and an hour later, then no power; it is back without a clock. */
    function cutOff() {
      const media = createMedia();
      runUntil(startMeter(media, noon, { registers: [1, 2] }), noon + hour + 600);
      const back = () => startMeter(media, 0, { registers: [3, 4], clockIsSet: false });
      return { media, back };
    }

    it('tells what was missed as soon as it is set, and nothing of what was read meanwhile', () => {
      const { back } = cutOff();
      const rig = back();
      runUntil(rig, 60);
      assert.equal(rig.store.lastCheckpointSeconds(), noon + hour, 'the last time that is known stays');
      // Power was back a minute ago.
      answer(rig, noon + 5 * hour + 160, 60);
      runUntil(rig, noon + 6 * hour);
      assert.deepEqual(storedReadings(rig.store).slice(2), [
        { time: 0, status: since | Status.powerFailed, value: 3 },
        { time: noon + 2 * hour, status: missed, value: undefined },
        { time: noon + 5 * hour, status: missed, value: undefined },
        { time: noon + 6 * hour, status: Status.clockStepped, value: 4 },
      ]);
    });

    it('tells what was missed by the interval of that time, whatever it is when the clock is set', () => {
      const { back } = cutOff();
      const rig = back();
      runUntil(rig, 60);
      rig.store.setInterval(900);
      rig.meter.wake(61);
      answer(rig, noon + 5 * hour + 160, 61);
      const notes = storedReadings(rig.store).filter(({ value }) => value === undefined);
      assert.deepEqual(
        notes.map(({ time }) => time - noon),
        [2 * hour, 5 * hour],
      );
    });

    it('tells nothing when no reading was due', () => {
      const { back } = cutOff();
      const rig = back();
      runUntil(rig, 60);
      answer(rig, noon + 2 * hour + 50, 60);
      assert.equal(rig.store.count, 3);
    });

    it('says that it does not know which ones, when readings without a date lie in between', () => {
      const { media, back } = cutOff();
      runUntil(back(), 60);
      const rig = back();
      runUntil(rig, 60);
      answer(rig, noon + 5 * hour + 160, 60);
      const notes = storedReadings(rig.store).filter(({ value }) => value === undefined);
      const doubtful = missed | Status.timeIncorrect;
      assert.deepEqual(notes, [
        { time: noon + hour + 1, status: doubtful, value: undefined },
        { time: noon + 5 * hour + 99, status: doubtful, value: undefined },
      ]);
      // The power fails again before the next reading: what follows is as doubtful.
      const again = startMeter(media, noon + 9 * hour + 10);
      const last = storedReadings(again.store).at(-1);
      const status = Status.powerFailed | Status.timeIncorrect;
      assert.deepEqual(last, { time: noon + 9 * hour + 9, status, value: undefined });
    });
  });

  it('ignores an answer that was held up on its way', () => {
    const rig = startMeter(createMedia(), noon);
    runUntil(rig, noon + 30 * 60);
    answer(rig, noon, noon + 30 * 60);
    assert.isEmpty(rig.steps);
    assert.isEmpty(rig.slews);
  });

  it('ignores an answer to an older question', () => {
    const rig = startMeter(createMedia(), noon);
    runUntil(rig, noon + 3 * hour);
    const requests = messagesOf(rig, MessageKind.timeRequest);
    assert.isAtLeast(requests.length, 2);
    const { nonce } = requests[0]!;
    rig.meter.take(managerAddress, { kind: MessageKind.time, nonce, timeSeconds: noon }, noon + 3 * hour);
    assert.isEmpty(rig.steps);
  });

  it('asks again each hour, and tries the other route after three questions without an answer', () => {
    const rig = startMeter(createMedia(), noon);
    runUntil(rig, noon + 7 * hour);
    assert.equal(rig.routesTried, 2);
  });
});
