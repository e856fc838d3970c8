import { assert } from 'chai';
import { createBatch, createReading, EnvironmentArea, Status } from '../../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';
import { type BackfillRequest, type Command, MessageKind } from '../../../src/link/message.js';
import { SelfCheck } from '../../../src/meter/selfCheck.js';
import {
  concentratorAddress,
  createMedia,
  format,
  hour,
  managerAddress,
  messagesOf,
  noon,
  type Rig,
  runUntil,
  startMeter,
  storedReadings,
  timesOf,
  unpack,
} from './rig.js';

function request(firstSequence: number, more: Partial<BackfillRequest> = {}): BackfillRequest {
  return { kind: MessageKind.backfillRequest, storeId: format.storeId, firstSequence, count: 1000, ...more };
}

function command(number: number, operation: number, ...argument: number[]): Command {
  const notAfterSeconds = noon + 100 * hour;
  return {
    kind: MessageKind.command,
    number,
    storeId: format.storeId,
    notAfterSeconds,
    operation,
    argument: numbers(...argument),
  };
}

/** The codes of the events that were sent, once each. */
function eventsOf(rig: Rig): number[] {
  const bySequence = new Map(messagesOf(rig, MessageKind.event).map((event) => [event.sequence, event.code]));
  return [...bySequence.values()];
}

/** Runs, and acknowledges every event as soon as it is sent. */
function runAcknowledging(rig: Rig, timeSeconds: number): void {
  let seen = 0;
  while (rig.meter.wakeSeconds <= timeSeconds) {
    const now = rig.meter.wakeSeconds;
    rig.meter.wake(now);
    for (; seen < rig.sent.length; seen += 1) {
      const { message } = rig.sent[seen]!;
      if (message.kind !== MessageKind.event) continue;
      const { storeId, sequence } = message;
      rig.meter.take(concentratorAddress, { kind: MessageKind.eventAcknowledgement, storeId, sequence }, now);
    }
  }
}

describe('meter', () => {
  it('takes a reading at each whole interval and sends it with those before it', () => {
    const rig = startMeter(createMedia(), noon + 100, { registers: [10, 20, 30] });
    runUntil(rig, noon + 3 * hour + 60);
    const windows = messagesOf(rig, MessageKind.window);
    assert.equal(windows.length, 3);
    const { storeId, oldestSequence, nextSequence, block } = windows[2]!;
    assert.deepEqual(
      { storeId, oldestSequence, nextSequence },
      {
        storeId: format.storeId,
        oldestSequence: 0,
        nextSequence: 3,
      },
    );
    assert.deepEqual(timesOf(block), [noon + hour, noon + 2 * hour, noon + 3 * hour]);
    assert.deepEqual([...unpack(block).values.slice(0, 3)], [10, 20, 30]);
  });

  it('sends the newest readings of its store without reading them again, through holes, answers and new runs', () => {
    const registers = Array.from({ length: 200 }, (_, index) => (index % 37 === 5 ? undefined : 10 * index));
    const rig = startMeter(createMedia(), noon, { registers });
    const { store, meter } = rig;
    let reads = 0;
    const read = store.read.bind(store);
    store.read = (first, batch) => {
      reads += 1;
      return read(first, batch);
    };
    for (let number = 0; number < 160; number += 1) {
      const now = noon + number * hour;
      if (number === 50) meter.take(managerAddress, request(20, { count: 10 }), now);
      if (number === 80) meter.setInterval(hour / 2, now);
      runUntil(rig, now + 60);
      const { block } = messagesOf(rig, MessageKind.window).at(-1)!;
      const batch = unpack(block);
      const isNewRun = number >= 80 && number < 92;
      assert.equal(batch.firstSequence + batch.count, store.nextSequence, `window ${number}`);
      assert.isAtLeast(batch.count, isNewRun ? 1 : Math.min(24, number + 1), `window ${number}`);
      const kept = createBatch(128);
      read(batch.firstSequence, kept);
      for (const column of ['times', 'statuses', 'valids'] as const) {
        const common = Math.min(kept.count, batch.count);
        assert.deepEqual(batch[column].slice(0, common), kept[column].slice(0, common), `window ${number}`);
      }
    }
    assert.isBelow(reads, messagesOf(rig, MessageKind.window).length / 2);
  });

  it('covers a reading by a checkpoint in the same wake-up, and wakes four times an hour for both and once to send', () => {
    const rig = startMeter(createMedia(), noon + 100);
    runUntil(rig, noon + 26 * hour);
    assert.equal(rig.store.lastCheckpointSeconds(), noon + 26 * hour);
    runAcknowledging(rig, noon + 26 * hour);
    let wakes = 0;
    for (; rig.meter.wakeSeconds < noon + 27 * hour; wakes += 1) rig.meter.wake(rig.meter.wakeSeconds);
    assert.isAtMost(wakes, 6);
    assert.equal(rig.store.nextSequence, 26);
  });

  it('stores first and sends after, at a moment within its jitter', () => {
    const rig = startMeter(createMedia(), noon, { registers: [10] });
    rig.meter.wake(noon);
    const newest = createReading();
    assert.isTrue(rig.store.newest(newest));
    assert.equal(newest.values[0], 10);
    assert.isEmpty(messagesOf(rig, MessageKind.window));
    runUntil(rig, noon + 60);
    assert.lengthOf(messagesOf(rig, MessageKind.window), 1);
  });

  it('keeps to the newest readings when a window does not fit a packet', () => {
    const registers = Array.from({ length: 60 }, (_, index) => index ** 9);
    const rig = startMeter(createMedia(), noon, { registers, roomBytes: 60 });
    runUntil(rig, noon + 59 * hour + 60);
    const times = timesOf(messagesOf(rig, MessageKind.window)[59]!.block);
    assert.equal(times.at(-1), noon + 59 * hour);
    assert.isBelow(times.length, 24);
    assert.isAbove(times.length, 3);
  });

  it('sends what its store holds even when not one reading fits', () => {
    const rig = startMeter(createMedia(), noon, { roomBytes: 3 });
    runUntil(rig, noon + 60);
    const [window] = messagesOf(rig, MessageKind.window);
    assert.equal(window!.block.length, 0);
    assert.equal(window!.nextSequence, 1);
  });

  it('stores a hole when the register fails, and tells of three in a row and of their end', () => {
    const registers = [10, undefined, undefined, undefined, undefined, 30];
    const rig = startMeter(createMedia(), noon, { registers });
    runAcknowledging(rig, noon + 5 * hour + 60);
    assert.deepEqual(
      storedReadings(rig.store).map(({ status, value }) => [status, value]),
      [
        [0, 10],
        [Status.readingError, undefined],
        [Status.readingError, undefined],
        [Status.readingError, undefined],
        [Status.readingError, undefined],
        [0, 30],
      ],
    );
    assert.deepEqual(eventsOf(rig), [EventCode.registerFailed, EventCode.registerGood]);
  });

  it('notes after a power-up from when to when it was off, and says so', () => {
    const media = createMedia();
    runUntil(startMeter(media, noon, { registers: [10] }), noon);
    const rig = startMeter(media, noon + 5 * hour + 7, { registers: [60] });
    runUntil(rig, noon + 6 * hour);
    assert.deepEqual(storedReadings(rig.store), [
      { time: noon, status: 0, value: 10 },
      { time: noon + hour, status: Status.powerFailed, value: undefined },
      { time: noon + 5 * hour, status: Status.powerFailed, value: undefined },
      { time: noon + 6 * hour, status: Status.powerFailed, value: 60 },
    ]);
    const [event] = messagesOf(rig, MessageKind.event);
    assert.equal(event!.code, EventCode.powerReturned);
    assert.deepEqual(readNumbers(event!.payload), [noon, noon + 5 * hour + 7]);
  });

  it('notes what a busy device let pass', () => {
    const rig = startMeter(createMedia(), noon, { registers: [10, 20] });
    rig.meter.wake(noon);
    rig.meter.wake(noon + 3 * hour + 5);
    assert.deepEqual(storedReadings(rig.store), [
      { time: noon, status: 0, value: 10 },
      { time: noon + hour, status: Status.nullData, value: undefined },
      { time: noon + 3 * hour, status: Status.nullData, value: undefined },
      { time: noon + 3 * hour + 5, status: 0, value: 20 },
    ]);
  });

  it('counts what it missed from its commissioning on, even if it has never stored a reading', () => {
    const media = createMedia();
    startMeter(media, noon + 10);
    const { store } = startMeter(media, noon + 2 * hour + 10);
    assert.deepEqual(
      storedReadings(store).map(({ time }) => time),
      [noon + hour, noon + 2 * hour],
    );
  });

  it('answers a request from its store, across pages, as many as were asked for', () => {
    const rig = startMeter(createMedia(), noon);
    runUntil(rig, noon + 499 * hour);
    const collected: number[] = [];
    for (let requests = 0; collected.length < rig.store.nextSequence; requests += 1) {
      assert.isBelow(requests, 100);
      rig.meter.take(managerAddress, request(collected.length, { count: 40 }), noon + 500 * hour);
      const times = timesOf(messagesOf(rig, MessageKind.backfill)[requests]!.block);
      assert.isAtMost(times.length, 40);
      collected.push(...times);
    }
    assert.deepEqual(
      collected,
      collected.map((_, index) => noon + index * hour),
    );
  });

  it('answers without readings when it has none so new, and not at all for another store', () => {
    const rig = startMeter(createMedia(), noon);
    rig.meter.take(managerAddress, request(0), noon);
    rig.meter.take(managerAddress, request(0, { storeId: [1, 2] }), noon);
    const answers = messagesOf(rig, MessageKind.backfill);
    assert.lengthOf(answers, 1);
    assert.equal(answers[0]!.block.length, 0);
    assert.equal(answers[0]!.nextSequence, 0);
  });

  it('tells of a limit that is passed, and of its end', () => {
    const thresholds = [{ channel: 0, of: 'growth', raise: 500, clear: 100 }] as const;
    const registers = [1000, 1100, 1700, 2300, 2350];
    const rig = startMeter(createMedia(), noon, { registers, thresholds });
    runAcknowledging(rig, noon + 4 * hour + 60);
    const events = messagesOf(rig, MessageKind.event);
    assert.deepEqual(
      events.map(({ code, payload }) => [code, ...readNumbers(payload)]),
      [
        [EventCode.thresholdExceeded, 0, 600],
        [EventCode.thresholdCleared, 0, 50],
      ],
    );
  });

  it('stores its last gasp, and sends it at once', () => {
    const rig = startMeter(createMedia(), noon);
    runUntil(rig, noon + 100);
    rig.meter.powerFailing(noon + 200);
    assert.deepEqual(eventsOf(rig), [EventCode.powerFailing]);
    assert.equal(rig.store.lastCheckpointSeconds(), noon + 200);
  });

  it('sends an event again until it is acknowledged, with growing pauses', () => {
    const rig = startMeter(createMedia(), noon);
    rig.meter.noteInput(EventCode.coverOpened, noon + 10);
    runUntil(rig, noon + 6 * hour);
    const before = messagesOf(rig, MessageKind.event).length;
    assert.isAbove(before, 5);
    assert.isBelow(before, 14);
    const { sequence } = messagesOf(rig, MessageKind.event)[0]!;
    const { storeId } = format;
    rig.meter.take(
      concentratorAddress,
      { kind: MessageKind.eventAcknowledgement, storeId, sequence },
      noon + 6 * hour,
    );
    runUntil(rig, noon + 12 * hour);
    assert.lengthOf(messagesOf(rig, MessageKind.event), before);
  });
});

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
        { time: noon + 2 * hour, status: doubtful, value: undefined },
        { time: noon + 5 * hour, status: doubtful, value: undefined },
      ]);
      // The power fails again before the next reading: what follows is as doubtful.
      const again = startMeter(media, noon + 9 * hour + 10);
      const last = storedReadings(again.store).at(-1);
      const status = Status.powerFailed | Status.timeIncorrect;
      assert.deepEqual(last, { time: noon + 9 * hour, status, value: undefined });
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

describe("a meter's commands", () => {
  function run(rig: Rig, wanted: Command, now = noon + 100) {
    rig.meter.take(concentratorAddress, wanted, now);
    return messagesOf(rig, MessageKind.result).at(-1);
  }

  it('take a reading now, and send its window', () => {
    const media = createMedia();
    const rig = startMeter(media, noon, { registers: [1, 2] });
    runUntil(rig, noon + 60);
    const result = run(rig, command(1, Operation.readNow));
    assert.equal(result!.code, ResultCode.done);
    assert.deepEqual(readNumbers(result!.data), [1]);
    runUntil(rig, noon + 200);
    assert.deepEqual(timesOf(messagesOf(rig, MessageKind.window).at(-1)!.block), [noon, noon + 100]);
    assert.equal(storedReadings(rig.store)[1]!.status, Status.onDemand);
  });

  it('change the interval for good', () => {
    const media = createMedia();
    const rig = startMeter(media, noon);
    runUntil(rig, noon + 60);
    assert.equal(run(rig, command(1, Operation.setInterval, 900))!.code, ResultCode.done);
    runUntil(rig, noon + 2700);
    assert.deepEqual(
      storedReadings(rig.store).map(({ time }) => time - noon),
      [0, 100, 900, 1800, 2700],
    );
    assert.equal(startMeter(media, noon + 2701).store.intervalSeconds, 900);
  });

  it('run once, and are answered each time they come', () => {
    const media = createMedia();
    let moved = 0;
    const output = () => {
      moved += 1;
      return true;
    };
    const rig = startMeter(media, noon, { output });
    for (let times = 0; times < 3; times += 1) {
      assert.equal(run(rig, command(7, Operation.setOutput, 1, 0))!.code, ResultCode.done);
    }
    assert.equal(moved, 1);
    const again = startMeter(media, noon + 50, { output });
    assert.equal(run(again, command(7, Operation.setOutput, 1, 0))!.code, ResultCode.repeated);
    assert.equal(moved, 1);
  });

  it('are refused when they are late, unknown or out of range, and ignored when for another store', () => {
    const media = createMedia();
    const rig = startMeter(media, noon);
    assert.isUndefined(run(rig, { ...command(1, Operation.readNow), storeId: [3, 4] }));
    assert.equal(run(rig, command(1, Operation.readNow), noon + 101 * hour)!.code, ResultCode.late);
    assert.equal(run(rig, command(2, 99))!.code, ResultCode.unknown);
    assert.equal(run(rig, command(3, Operation.setInterval))!.code, ResultCode.argument);
    assert.equal(run(rig, command(4, Operation.setInterval, 10 ** 9))!.code, ResultCode.argument);
    const broken = { ...command(5, Operation.setInterval), argument: Uint8Array.of(0xff) };
    assert.equal(run(rig, broken)!.code, ResultCode.argument);
  });

  it('check the meter: battery, clock and link', () => {
    const media = createMedia();
    const rig = startMeter(media, noon, { battery: () => 2500 });
    const result = run(rig, command(1, Operation.selfCheck));
    assert.deepEqual(readNumbers(result!.data), [SelfCheck.battery]);
  });

  it('are not needed for a self-check, which runs each day and tells of every change', () => {
    const rig = startMeter(createMedia(), noon, { battery: () => 2500 });
    runAcknowledging(rig, noon + 72 * hour + 60);
    const failed = messagesOf(rig, MessageKind.event).map(({ payload }) => readNumbers(payload)[0]);
    assert.deepEqual(failed, [SelfCheck.battery, SelfCheck.battery | SelfCheck.clock]);
  });

  it('keep the window that was asked for', () => {
    const media = createMedia();
    const rig = startMeter(media, noon);
    run(rig, command(1, Operation.setWindow, 3));
    runUntil(rig, noon + 10 * hour + 60);
    assert.lengthOf(timesOf(messagesOf(rig, MessageKind.window).at(-1)!.block), 3);
    assert.equal(new EnvironmentArea(media.store, format.storeId).load()!.windowReadings, 3);
  });
});
