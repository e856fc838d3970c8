import { assert } from 'chai';
import type { StoreId } from '../../../lib/limfs/index.js';
import { Operation } from '../../../src/commands/operation.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { readNumbers } from '../../../src/events/numbers.js';
import { GapWatch, type GapWatchOptions } from '../../../src/receiver/gapWatch.js';
import { contentOf } from '../books.js';
import { Field, HOUR } from '../field.js';

const manager: StoreId = [2, 1];
const DAY = 24 * HOUR;

/** A watch over books that are sets of missing sequences below an end. */
function watching(stores: number, options?: GapWatchOptions) {
  const ends = new Array<number>(stores).fill(100);
  const missing = Array.from({ length: stores }, () => new Set<number>());
  const asked: string[] = [];
  const givenUp: string[] = [];
  const desk = { isFull: false };
  const lacking = new Set<number>();
  const watch = new GapWatch(
    {
      end: ([, low]) => ends[low]!,
      missing: ([, low], from, end) => {
        let first = from;
        while (first < end && !missing[low]!.has(first)) first += 1;
        let after = first;
        while (after < end && missing[low]!.has(after)) after += 1;
        return after > first ? { first, end: after } : null;
      },
      lacksLines: ([, low]) => lacking.has(low),
    },
    (to, operation, argument) => {
      if (desk.isFull) return false;
      assert.deepEqual(to, manager);
      const [, low, first, end] = readNumbers(argument);
      if (operation === Operation.tellLines) asked.push(`${low}: lines`);
      else asked.push(`${low}: ${first}-${end! - 1}`);
      return true;
    },
    ([, low], { first, end }) => givenUp.push(`${low}: ${first}-${end - 1}`),
    options,
  );
  let now = 0;
  const reports = { areHeldUp: false };
  const run = (seconds: number) => {
    const until = now + seconds;
    for (; now < until; now += HOUR / 2) {
      if (!reports.areHeldUp) watch.reported([1, 0], manager, now, now);
      watch.wake(now);
    }
  };
  for (let low = 0; low < stores; low += 1) watch.reported([1, low], manager, 0, 0);
  const miss = (low: number, first: number, end: number) => {
    for (let sequence = first; sequence < end; sequence += 1) missing[low]!.add(sequence);
  };
  const bring = (low: number, first: number, end: number) => {
    for (let sequence = first; sequence < end; sequence += 1) missing[low]!.delete(sequence);
  };
  return { watch, asked, givenUp, ends, lacking, run, miss, bring, desk, reports };
}

describe('gap watch', () => {
  it('asks for what has been missing for a day, below what was booked then', () => {
    const { asked, run, miss, ends } = watching(1);
    miss(0, 10, 14);
    run(20 * HOUR);
    ends[0] = 120;
    miss(0, 110, 120);
    assert.deepEqual(asked, []);
    run(8 * HOUR);
    assert.deepEqual(asked, ['0: 10-13']);
    run(6 * HOUR);
    assert.deepEqual(asked, ['0: 10-13'], 'once');
  });

  it('asks for nothing that came or was called lost in the meantime', () => {
    const { asked, run, miss, bring } = watching(1);
    miss(0, 10, 14);
    run(20 * HOUR);
    bring(0, 10, 14);
    run(10 * DAY);
    assert.deepEqual(asked, []);
  });

  it('asks for one range at a time, and for the next one when that is settled', () => {
    const { asked, run, miss, bring } = watching(1);
    miss(0, 10, 14);
    miss(0, 20, 21);
    run(30 * HOUR);
    assert.deepEqual(asked, ['0: 10-13']);
    bring(0, 10, 14);
    run(2 * HOUR);
    assert.deepEqual(asked, ['0: 10-13', '0: 20-20']);
    bring(0, 20, 21);
    run(10 * DAY);
    assert.equal(asked.length, 2);
  });

  it('asks again a day later for what is left, seven times for nothing; then it says so and goes on behind it', () => {
    const { asked, givenUp, run, miss, bring } = watching(1);
    miss(0, 10, 14);
    miss(0, 50, 52);
    run(30 * HOUR);
    bring(0, 10, 12);
    run(DAY);
    assert.deepEqual(asked, ['0: 10-13', '0: 12-13']);
    run(6 * DAY);
    assert.equal(asked.length, 8);
    assert.deepEqual(givenUp, []);
    run(3 * DAY);
    assert.deepEqual(givenUp, ['0: 12-13']);
    assert.deepEqual(asked.slice(8, 9), ['0: 50-51']);
  });

  it('takes up again what it has given up, when some of it comes after all', () => {
    const { asked, givenUp, run, miss, bring } = watching(1);
    miss(0, 10, 14);
    miss(0, 50, 52);
    run(12 * DAY);
    assert.deepEqual(givenUp, ['0: 10-13']);
    bring(0, 10, 12);
    const before = asked.length;
    run(2 * DAY);
    assert.include(asked.slice(before), '0: 12-13');
    bring(0, 12, 14);
    bring(0, 50, 52);
    run(10 * DAY);
    assert.deepEqual(givenUp, ['0: 10-13']);
  });

  it('leaves alone what it has given up and nothing of which comes', () => {
    const { asked, givenUp, run, miss, bring } = watching(1);
    miss(0, 10, 14);
    miss(0, 50, 52);
    run(12 * DAY);
    bring(0, 50, 52);
    const before = asked.length;
    run(20 * DAY);
    assert.deepEqual(asked.slice(before), []);
    assert.deepEqual(givenUp, ['0: 10-13']);
  });

  it('never gives up a range of which some comes each time', () => {
    const { asked, givenUp, run, miss, bring } = watching(1);
    miss(0, 10, 30);
    for (let first = 10; first < 30; first += 1) {
      run(26 * HOUR);
      bring(0, first, first + 1);
    }
    run(2 * DAY);
    assert.deepEqual(givenUp, []);
    assert.isAbove(asked.length, 15);
  });

  it('sends so many commands a day, and every store has its turn', () => {
    const { asked, run, miss } = watching(5, { patienceSeconds: DAY, commandsPerDay: 2 });
    for (let low = 0; low < 5; low += 1) miss(low, 10, 11);
    run(4 * DAY);
    assert.deepEqual(
      [...asked].sort(),
      ['0: 10-10', '1: 10-10', '2: 10-10', '3: 10-10', '4: 10-10', '0: 10-10'].sort(),
    );
    run(5 * DAY);
    assert.equal(asked.length, 16);
  });

  it('asks later when there is no room for the command', () => {
    const { asked, run, miss, desk } = watching(1);
    miss(0, 10, 11);
    desk.isFull = true;
    run(2 * DAY);
    desk.isFull = false;
    run(2 * HOUR);
    assert.deepEqual(asked, ['0: 10-10']);
  });

  it('waits as long as the reports wait, whatever the clock of a concentrator says', () => {
    const { watch, asked, run, miss, reports } = watching(1);
    miss(0, 10, 14);
    run(2 * HOUR);
    reports.areHeldUp = true;
    run(3 * DAY);
    assert.deepEqual(asked, [], 'what is missing may be among what waits');
    watch.reported([1, 0], manager, 3 * HOUR, 3 * DAY);
    run(2 * HOUR);
    assert.deepEqual(asked, []);
    watch.reported([1, 0], manager, 30 * DAY, 3 * DAY);
    run(2 * HOUR);
    assert.deepEqual(asked, ['0: 10-13'], 'taken over by now, it says');
  });

  it('asks for lines that nobody told of, after four hours and then less and less often, before anything else', () => {
    const { asked, lacking, run, miss } = watching(1);
    miss(0, 10, 14);
    lacking.add(0);
    run(3 * HOUR);
    assert.deepEqual(asked, []);
    run(2 * HOUR);
    assert.deepEqual(asked, ['0: lines']);
    run(8 * HOUR);
    assert.equal(asked.length, 2);
    run(60 * DAY);
    assert.equal(asked.filter((what) => what === '0: lines').length, 7);
    assert.include(asked, '0: 10-13', 'and goes on');
    lacking.delete(0);
    run(HOUR);
    const before = asked.length;
    lacking.add(0);
    run(5 * HOUR);
    assert.deepEqual(asked.slice(before), ['0: lines'], 'from the start');
  });

  it('looks again at what it had looked at when the readings of a meter are others from there on', () => {
    const { watch, asked, run, miss } = watching(1);
    run(3 * DAY);
    miss(0, 10, 14);
    run(3 * DAY);
    assert.deepEqual(asked, [], 'it was settled before');
    watch.parted([1, 0], 10);
    watch.parted([1, 77], 10);
    run(20 * HOUR);
    assert.deepEqual(asked, []);
    run(9 * HOUR);
    assert.deepEqual(asked, ['0: 10-13']);
  });

  it('sleeps until the first report', () => {
    const watch = new GapWatch(
      { end: () => 0, missing: () => null, lacksLines: () => false },
      () => true,
      assert.fail,
    );
    assert.equal(watch.wakeSeconds, Number.POSITIVE_INFINITY);
    watch.reported([1, 1], manager, 400, 500);
    assert.equal(watch.wakeSeconds, 500 + HOUR);
  });
});

/** Every sequence from 0 on is booked, or called lost. */
function settledOf(field: Field, meter: number): { booked: number; lost: number } {
  const { entries, losses } = contentOf(field.book.of(field.meters[meter]!.storeId));
  let end = 0;
  while (entries.has(end) || losses.has(end)) end += 1;
  assert.isAtLeast(end, field.meters[meter]!.next - 2, `meter ${meter}`);
  return { booked: entries.size, lost: losses.size };
}

describe('readings that vanished behind an acknowledgement', () => {
  it('come again when a report rotted in the ring of the concentrator', () => {
    const field = new Field(3, { meters: 2 });
    field.isConnected = false;
    field.runHours(12);
    const { image } = field.concentratorMedium;
    // In the bodies of most reports: windows overlap, so one alone would cost nothing.
    for (let at = 1000; at < 5000; at += 50) image[at]! ^= 0x10;
    field.startConcentrator();
    field.connect();
    field.runHours(20);
    const codes = field.events.map(({ code }) => code);
    assert.include(codes, EventCode.storeDamaged);
    assert.isNotNull(field.book.missing(field.meters[0]!.storeId, 0, 12), 'readings are missing');
    field.runHours(14);
    assert.deepEqual(settledOf(field, 0), { booked: field.meters[0]!.next - 1, lost: 0 });
    settledOf(field, 1);
    assert.isAbove(field.watch.asked, 0);
    assert.deepEqual(field.givenUp, []);
  });

  it('come again, or are told as overwritten, when a concentrator is set back to an older image', () => {
    const field = new Field(4, { meters: 2, windowReadings: 3 });
    field.meters[1]!.capacity = 10;
    field.runHours(4);
    const older = field.concentratorMedium.image.slice();
    field.isConnected = false;
    field.runHours(30);
    field.concentratorMedium.image.set(older);
    field.startConcentrator();
    field.connect();
    field.runHours(40);
    assert.equal(settledOf(field, 0).lost, 0);
    const { booked, lost } = settledOf(field, 1);
    assert.isAbove(lost, 0);
    assert.isAbove(booked, 0);
    const reasons = new Set(contentOf(field.book.of(field.meters[1]!.storeId)).losses.values());
    assert.deepEqual([...reasons], ['uncertain: overwritten at meter']);
    assert.equal(field.quarantined.length, 0);
  });
});
