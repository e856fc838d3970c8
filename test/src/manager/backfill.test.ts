import { assert } from 'chai';
import { type BackfillRequest, MessageKind } from '../../../src/link/message.js';
import { blockOf } from '../../lib/limfs/manager/blocks.js';
import { contentOf } from '../books.js';
import { Field, HOUR } from '../field.js';

function requestsOf(field: Field): BackfillRequest[] {
  return field.sent.filter((message) => message.kind === MessageKind.backfillRequest);
}

/** A meter that was out of reach for so many readings. */
function afterOutage(readings: number, options: Partial<ConstructorParameters<typeof Field>[1]> = {}): Field {
  const field = new Field(1, {
    meters: 2,
    managerCells: 600,
    managerBytes: 131_072,
    meterCapacity: 5000,
    ...options,
  });
  field.runHours(2);
  const [silent] = field.meters;
  silent!.isDead = true;
  for (let count = 0; count < readings; count += 1) silent!.takeReading();
  silent!.isDead = false;
  return field;
}

describe('backfill', () => {
  it('fetches a backlog of a thousand readings in minutes, while live readings go on', () => {
    const field = afterOutage(1000, { windowReadings: 24 });
    const gapsBefore = field.manager.store.counters.filled;
    field.runHours(1);
    assert.isAbove(field.manager.store.counters.filled, gapsBefore);
    assert.equal(field.manager.store.meterAt(0)!.gaps.count, 0, 'all is there within the hour');
    assert.isAtMost(requestsOf(field).length, 60);
    const before = field.manager.store.counters.stored;
    field.runHours(2);
    assert.equal(field.manager.store.counters.stored, before + 4, 'every window was stored');
  });

  it('sends no more requests in a minute than it may, and one at a time to a meter', () => {
    const field = afterOutage(400, { manager: { questionsPerMinute: 4, jitterSeconds: 1 } });
    for (const meter of field.meters) meter.takeReading();
    for (let minute = 0; minute < 10; minute += 1) {
      const before = requestsOf(field).length;
      field.run(60);
      assert.isAtMost(requestsOf(field).length - before, 5);
    }
    const firsts = requestsOf(field).map(({ firstSequence }) => firstSequence);
    assert.deepEqual(
      firsts,
      [...firsts].sort((a, b) => a - b),
      'the oldest gap first',
    );
  });

  it('asks a meter only while it listens, and again behind its next window', () => {
    const field = afterOutage(10);
    for (const meter of field.meters) meter.takeReading();
    field.meters[0]!.isDead = true;
    field.run(HOUR);
    const inVain = requestsOf(field).length;
    assert.include([1, 2], inVain, 'asked, and once more while it still listened');
    field.meters[0]!.isDead = false;
    for (const meter of field.meters) meter.takeReading();
    field.run(120);
    assert.isAbove(requestsOf(field).length, inVain, 'its next window comes from a meter that listens');
    assert.equal(field.manager.store.meterAt(0)!.gaps.count, 0);
  });

  it('sends no question to a meter whose turn comes when it listens no more', () => {
    const field = afterOutage(400, { manager: { questionsPerMinute: 4 } });
    const [first, second] = field.meters;
    second!.isDead = true;
    for (let count = 0; count < 100; count += 1) second!.takeReading();
    second!.isDead = false;
    for (const meter of [first!, second!]) meter.takeReading();
    field.run(60);
    const asked = (meter: typeof first) =>
      requestsOf(field).filter(({ storeId }) => storeId.join() === meter!.storeId.join()).length;
    assert.equal(Math.min(asked(first), asked(second)), 0, 'one of them had no turn within its seconds');
    assert.isAbove(Math.max(asked(first), asked(second)), 0);
  });

  it('asks again for a later gap when something else than an answer has filled the one before', () => {
    const field = new Field(1, { meters: 1, windowReadings: 3 });
    const meter = field.meters[0]!;
    const missSome = () => {
      meter.isDead = true;
      for (let count = 0; count < 6; count += 1) meter.takeReading();
      meter.isDead = false;
      meter.takeReading();
      field.run(0);
    };
    missSome();
    meter.isDead = true;
    field.run(15);
    assert.isNotEmpty(requestsOf(field), 'asked, and not answered');
    // A window that was held up on its way brings what is missing.
    const { storeId } = meter;
    const line = meter.lines.newest;
    const late = { kind: MessageKind.window, storeId, line, oldestSequence: 0 } as const;
    for (const first of [0, 2]) {
      const block = blockOf(0, 0, first, first + 3);
      field.manager.take(meter.address, { ...late, block }, field.nowSeconds);
    }
    assert.equal(field.manager.store.meterAt(0)!.gaps.count, 0);
    missSome();
    field.run(HOUR / 2);
    assert.isAtLeast(requestsOf(field).length, 2);
    assert.equal(field.manager.store.meterAt(0)!.gaps.count, 0);
  });

  it('asks nothing while there is no room, and goes on when reports were acknowledged', () => {
    const field = afterOutage(300, { managerCells: 10 });
    field.isJoined = false;
    field.runHours(6);
    const before = requestsOf(field).length;
    assert.isFalse(field.manager.store.hasRoomForBackfill);
    field.runHours(3);
    assert.equal(requestsOf(field).length, before);
    field.isJoined = true;
    field.runHours(60);
    assert.isAbove(requestsOf(field).length, before);
    assert.equal(field.manager.store.meterAt(0)!.gaps.count, 0);
  });

  it('fills no page beyond what a concentrator takes as one report', () => {
    const field = new Field(1, { meters: 1, windowReadings: 1, managerCells: 800, managerBytes: 131_072 });
    const meter = field.meters[0]!;
    const { storeId, address } = meter;
    const send = (kind: typeof MessageKind.window | typeof MessageKind.backfill, first: number) => {
      const block = blockOf(0, 0, first, first + 1);
      const line = meter.lines.newest;
      const state = { storeId, line, oldestSequence: 0, nextSequence: 601, firstSequence: first, block };
      field.manager.take(address, { ...state, kind }, field.nowSeconds);
    };
    send(MessageKind.window, 600);
    for (let first = 0; first < 600; first += 1) send(MessageKind.backfill, first);
    assert.equal(field.manager.store.counters.filled, 600);
    field.run(2 * HOUR);
    const pages = field.sent.filter((message) => message.kind === MessageKind.page).map(({ cells }) => cells);
    assert.isAtMost(Math.max(...pages), 250);
    assert.equal(contentOf(field.book.of(storeId)).entries.size, 601);
  });

  it('gives nothing up because of an answer to another question', () => {
    const field = new Field(1, { meters: 1, windowReadings: 3 });
    const meter = field.meters[0]!;
    meter.isDead = true;
    for (let count = 0; count < 20; count += 1) meter.takeReading();
    meter.isDead = false;
    meter.takeReading();
    field.run(0);
    const block = blockOf(0, 0, 12, 14);
    const { storeId } = meter;
    const answer = {
      kind: MessageKind.backfill,
      storeId,
      line: meter.lines.newest,
      oldestSequence: 0,
      nextSequence: 21,
      block,
    } as const;
    field.manager.take(meter.address, { ...answer, firstSequence: 10 }, field.nowSeconds);
    const gaps = field.manager.store.meterAt(0)!.gaps;
    assert.deepEqual([gaps.firsts[0], gaps.ends[0]], [0, 12]);
    field.manager.take(meter.address, { ...answer, firstSequence: 0 }, field.nowSeconds);
    assert.equal(
      field.manager.store.meterAt(0)!.gaps.firsts[0],
      14,
      'this one passed over what was asked for',
    );
  });

  it('gives up what the meter cannot read, and what it has overwritten, by name', () => {
    const field = new Field(1, { meters: 1, windowReadings: 4, meterCapacity: 40 });
    const meter = field.meters[0]!;
    field.runHours(1);
    meter.isDead = true;
    for (let count = 0; count < 60; count += 1) meter.takeReading();
    meter.isDead = false;
    for (const sequence of [30, 31, 32, 45]) meter.damaged.add(sequence);
    field.runHours(4);
    field.run(2 * HOUR);
    const { entries, losses } = contentOf(field.book.of(meter.storeId));
    const lost = (reason: string) => [...losses].filter(([, one]) => one === reason).map(([at]) => at);
    assert.deepEqual(lost('damaged at meter'), [30, 31, 32, 45]);
    assert.deepEqual(lost('overwritten at meter').slice(0, 2), [1, 2]);
    assert.equal(entries.size + losses.size, meter.next);
  });
});
