import { assert } from 'chai';
import {
  type Event,
  type EventLog,
  formatEventLog,
  mountEventLog,
} from '../../../../lib/limfs/events/index.js';
import { LimfsError } from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const limit = { events: 3, seconds: 3600 };

function freshLog(sizeBytes = 1024): { medium: RamMedium; log: EventLog } {
  const medium = new RamMedium(sizeBytes);
  formatEventLog(medium, [3, 4]);
  return { medium, log: mountEventLog(medium, limit) };
}

function allFrom(log: EventLog, sequence: number): Event[] {
  const events: Event[] = [];
  for (let event = log.read(sequence); event !== null; event = log.read(event.sequence + 1))
    events.push(event);
  return events;
}

describe('event log', () => {
  it('gives back code, time, sequence and payload, after a mount too', () => {
    const { medium, log } = freshLog();
    assert.isTrue(log.record(1, 100, Uint8Array.of(1, 2, 3)));
    assert.isTrue(log.record(65_535, 4_294_967_295, new Uint8Array(24).fill(9)));
    assert.isTrue(log.record(7, 90, new Uint8Array(0)));
    for (const one of [log, mountEventLog(medium, limit)]) {
      assert.deepEqual(allFrom(one, 0), [
        { sequence: 0, code: 1, timeSeconds: 100, folded: 0, payload: Uint8Array.of(1, 2, 3) },
        {
          sequence: 1,
          code: 65_535,
          timeSeconds: 4_294_967_295,
          folded: 0,
          payload: new Uint8Array(24).fill(9),
        },
        { sequence: 2, code: 7, timeSeconds: 90, folded: 0, payload: new Uint8Array(0) },
      ]);
      assert.equal(one.nextSequence, 3);
    }
  });

  it('counts what comes too often, and the next stored event of that code carries the number', () => {
    const { medium, log } = freshLog();
    for (let count = 0; count < 10; count += 1)
      assert.equal(log.record(5, 100 + count, Uint8Array.of(count)), count < 3);
    assert.isTrue(log.record(6, 105, Uint8Array.of(0)), 'another code has a limit of its own');
    for (const one of [log, mountEventLog(medium, limit)]) {
      assert.lengthOf(allFrom(one, 0), 4);
      assert.deepInclude(one.foldedCounts[0], { code: 5, count: 7 });
    }
    assert.isTrue(mountEventLog(medium, limit).record(5, 100 + 3600, Uint8Array.of(1)));
    const last = mountEventLog(medium, limit);
    assert.deepInclude(last.read(4), { code: 5, folded: 7 });
    assert.deepEqual(last.foldedCounts, []);
  });

  it('limits a device that boots again and again', () => {
    const { medium } = freshLog();
    let stored = 0;
    for (let boot = 0; boot < 50; boot += 1) {
      if (mountEventLog(medium, limit).record(1, 1000 + boot, Uint8Array.of(boot))) stored += 1;
    }
    assert.equal(stored, 3);
    assert.deepInclude(mountEventLog(medium, limit).foldedCounts[0], { code: 1, count: 47 });
  });

  it('stores rather than forgets when more codes come too often than it can count', () => {
    const { log } = freshLog(4096);
    for (let code = 1; code <= 9; code += 1) {
      for (let count = 0; count < 3; count += 1) log.record(code, 100, new Uint8Array(0));
    }
    for (let code = 1; code <= 8; code += 1) assert.isFalse(log.record(code, 101, new Uint8Array(0)));
    assert.isTrue(log.record(9, 101, new Uint8Array(0)));
  });

  it('lets the oldest give way to the newest, and shows by the sequences how many are gone', () => {
    const { medium, log } = freshLog();
    for (let count = 0; count < 500; count += 1) log.record(1 + count, count, new Uint8Array(4).fill(count));
    for (const one of [log, mountEventLog(medium, limit)]) {
      const events = allFrom(one, one.acknowledgedSequence);
      assert.lengthOf(events, one.capacity);
      assert.equal(events[0]!.sequence - one.acknowledgedSequence, 500 - one.capacity);
      assert.equal(events.at(-1)!.sequence, 499);
      assert.deepEqual(one.findings, []);
    }
  });

  it('remembers what was acknowledged, and goes forward only', () => {
    const { medium, log } = freshLog();
    for (let count = 0; count < 5; count += 1) log.record(1 + count, count, new Uint8Array(0));
    log.acknowledge(2);
    log.acknowledge(1);
    log.acknowledge(5);
    for (const one of [log, mountEventLog(medium, limit)]) assert.equal(one.acknowledgedSequence, 3);
  });

  it('counts nothing twice when the power fails between an event and the count that it carries', () => {
    const { medium, log } = freshLog();
    for (let count = 0; count < 5; count += 1) log.record(5, 100, new Uint8Array(0));
    const cut = new RamMedium(medium.image);
    let writes = 0;
    cut.write = (address, from, offset, length) => {
      // The lap of the oldest is not touched yet: event and entry are written, the record of counts is not.
      writes += 1;
      if (writes > 2) throw new LimfsError('medium-failed', 'power lost');
      medium.write(address, from, offset, length);
    };
    assert.throws(
      () => mountEventLog(cut, limit).record(5, 9000, new Uint8Array(0)),
      LimfsError,
      'power lost',
    );
    const mounted = mountEventLog(medium, limit);
    assert.deepInclude(mounted.read(3), { code: 5, folded: 2 });
    assert.deepEqual(mounted.foldedCounts, []);
    // The event that carries the count is overwritten: the record alone must not bring the count back.
    for (let code = 10; code < 60; code += 1) mounted.record(code, 9000, new Uint8Array(0));
    assert.deepEqual(mountEventLog(medium, limit).foldedCounts, []);
  });

  it('finds events by time', () => {
    const { log } = freshLog();
    [100, 200, 150, 300].forEach((time, index) => {
      log.record(1 + index, time, new Uint8Array(0));
    });
    const found: number[] = [];
    assert.equal(
      log.range(150, 300, ({ timeSeconds }) => found.push(timeSeconds)),
      2,
    );
    assert.deepEqual(found, [200, 150]);
  });

  it('never shows a rotted event, and goes on', () => {
    const { medium } = freshLog();
    const log = mountEventLog(medium, limit);
    for (let count = 0; count < 8; count += 1) log.record(1 + count, count, new Uint8Array(24).fill(count));
    const whole = medium.image.slice();
    const events = allFrom(log, 0).map((event) => JSON.stringify(event));
    for (let at = 208; at < medium.image.length; at += 1) {
      medium.image.set(whole);
      medium.image[at]! ^= 0x08;
      const damaged = mountEventLog(medium, limit);
      const left = allFrom(damaged, 0).map((event) => JSON.stringify(event));
      assert.isAtLeast(left.length, 7, `byte ${at}`);
      for (const event of left) assert.include(events, event, `byte ${at}`);
      assert.isTrue(damaged.record(99, 99, new Uint8Array(0)));
      assert.isTrue(mountEventLog(medium, limit).read(8) !== null);
    }
  });

  it('refuses what is no event, and media of others, by name', () => {
    const { log } = freshLog();
    for (const bad of [
      () => log.record(0, 1, new Uint8Array(0)),
      () => log.record(1, -1, new Uint8Array(0)),
    ]) {
      assert.throws(bad, LimfsError, 'an event has');
    }
    assert.throws(() => log.record(1, 1, new Uint8Array(25)), LimfsError, '24 bytes');
    assert.throws(() => mountEventLog(new RamMedium(512), limit), LimfsError, 'blank');
    assert.throws(() => formatEventLog(new RamMedium(300), [1, 1]), LimfsError, 'pages');
  });
});
