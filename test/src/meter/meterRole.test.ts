import { assert } from 'chai';
import { LINE } from '../../../bench/line.js';
import { createBatch, createReading, Status } from '../../../lib/limfs/index.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { readNumbers } from '../../../src/events/numbers.js';
import { type BackfillRequest, MessageKind } from '../../../src/link/message.js';
import {
  concentratorAddress,
  createMedia,
  eventsOf,
  format,
  hour,
  managerAddress,
  messagesOf,
  noon,
  runAcknowledging,
  runUntil,
  startMeter,
  storedReadings,
  timesOf,
  unpack,
} from './rig.js';

function request(firstSequence: number, more: Partial<BackfillRequest> = {}): BackfillRequest {
  return { kind: MessageKind.backfillRequest, storeId: format.storeId, firstSequence, count: 1000, ...more };
}

describe('meter', () => {
  it('takes a reading at each whole interval and sends it with those before it', () => {
    const rig = startMeter(createMedia(), noon + 100, { registers: [10, 20, 30] });
    runUntil(rig, noon + 3 * hour + 60);
    const windows = messagesOf(rig, MessageKind.window);
    assert.equal(windows.length, 3);
    const { storeId, line, oldestSequence, block } = windows[2]!;
    assert.deepEqual(
      { storeId, line, oldestSequence },
      { storeId: format.storeId, line: LINE, oldestSequence: 0 },
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
