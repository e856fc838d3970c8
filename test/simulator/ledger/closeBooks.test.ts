import { assert } from 'chai';
import { Status } from '../../../lib/limfs/index.js';
import { type Account, Outcome } from '../../../simulator/ledger/account.js';
import { closeBooks } from '../../../simulator/ledger/closeBooks.js';
import type { Closing, LedgerMeter } from '../../../simulator/ledger/closing.js';
import { MeterWitness } from '../../../simulator/ledger/meterWitness.js';
import { StoreBook } from '../../../simulator/ledger/storeBook.js';
import { listOf } from '../../lib/limfs/manager/history.js';
import { book, lose } from './book.js';

const hour = 3600;
const schedule = { firstTimeSeconds: 0, intervalSeconds: hour, slots: 6 };

interface Rig {
  readonly witness: MeterWitness;
  readonly book: StoreBook;
  readonly onChip: Set<number>;
}

/** A reading that was taken, stored and arrived, for the hour `slot`. */
function deliver(rig: Rig, slot: number, sequence: number, value = slot * 10): void {
  const { witness } = rig;
  witness.taken(slot * hour, slot * hour, [value], 0, false);
  witness.appending(sequence);
  witness.appended(sequence);
  const timeSeconds = slot * hour;
  const values = [value];
  book(rig.book, { sequence, timeSeconds, values, route: 'direct', arrivalSeconds: timeSeconds + 5 });
}

function close(rig: Rig, endSequence = 6): Closing {
  rig.witness.close(6 * hour - 60, endSequence);
  const meter: LedgerMeter = {
    name: 'm',
    row: 0,
    witness: rig.witness,
    book: rig.book,
    openChip: () => (sequence) => rig.onChip.has(sequence),
  };
  return closeBooks(schedule, [meter], 1);
}

/** Six hours with power; what happens in them is up to the test. */
function rig(): Rig {
  const witness = new MeterWitness();
  witness.lines.begin(1, 0);
  witness.begin(true, 0, hour);
  return { witness, book: new StoreBook(), onChip: new Set() };
}

/** All six readings delivered, but those that the test says something else about. */
function rigWithout(...missing: number[]): Rig {
  const all = rig();
  for (let slot = 0; slot < 6; slot++) if (!missing.includes(slot)) deliver(all, slot, slot);
  return all;
}

function problemOf({ problems }: Account): string {
  return problems.join('; ');
}

describe('ledger', () => {
  it('closes when everything arrived as it was taken', () => {
    const { account, grid } = close(rigWithout());
    assert.deepEqual(account.problems, []);
    assert.equal(account.due, 6);
    assert.equal(account.delivered.direct, 6);
    assert.deepEqual([...grid[0]!], new Array(6).fill(Outcome.direct));
  });

  it('notices a reading that was not taken although the meter had power', () => {
    assert.match(problemOf(close(rigWithout(3)).account), /time 10800 was not taken/);
  });

  it('asks a meter that begins anew in the second of its reading for it once, if it is stored', () => {
    const restarted = (isStored: boolean) => {
      const one = rig();
      deliver(one, 0, 0);
      if (isStored) deliver(one, 1, 1);
      else one.witness.taken(hour, hour, [10], 0, false);
      one.witness.end(hour);
      one.witness.begin(false, hour, hour);
      one.witness.end(hour);
      one.witness.begin(true, hour, hour);
      for (let slot = 2; slot < 6; slot++) deliver(one, slot, slot);
      return problemOf(close(one).account);
    };
    assert.equal(restarted(true), '');
    assert.match(restarted(false), /time 3600 was not taken/);
  });

  it('asks it for a hole once, too', () => {
    const one = rig();
    deliver(one, 0, 0);
    one.witness.taken(hour, hour, undefined, 0, false);
    book(one.book, { sequence: 1, timeSeconds: hour, status: Status.readingError });
    one.witness.end(hour);
    one.witness.begin(false, hour, hour);
    one.witness.end(hour);
    one.witness.begin(true, hour, hour);
    for (let slot = 2; slot < 6; slot++) deliver(one, slot, slot);
    assert.equal(problemOf(close(one).account), '');
  });

  it('notices a reading that was taken when none was due, and one that nobody took', () => {
    const early = rigWithout();
    early.witness.taken(5 * hour + 7, 5 * hour + 7, [1], 0, false);
    assert.match(problemOf(close(early).account), /although none was due/);
    const invented = rigWithout();
    book(invented.book, { sequence: 6, timeSeconds: 99, values: [1] });
    assert.match(problemOf(close(invented, 7).account), /nobody took it/);
  });

  it('notices any difference between what was taken and what was delivered', () => {
    for (const [time, status, value] of [
      [0, 0, 11],
      [0, 16, 10],
      [1, 0, 10],
    ] as const) {
      const wrong = rig();
      deliver(wrong, 0, 0);
      wrong.witness.taken(hour, hour, [10], 0, false);
      wrong.witness.appending(1);
      wrong.witness.appended(1);
      book(wrong.book, { sequence: 1, timeSeconds: hour + time, status, values: [value], route: 'direct' });
      for (let slot = 2; slot < 6; slot++) deliver(wrong, slot, slot);
      assert.match(problemOf(close(wrong).account), /time 3600 was taken as 10 status 0 and delivered as/);
    }
  });

  it('notices a durable reading that is nowhere, and two of them under one name', () => {
    const gone = rigWithout(5);
    gone.witness.taken(5 * hour, 5 * hour, [50], 0, false);
    gone.witness.appending(5);
    gone.witness.appended(5);
    const { account } = close(gone);
    assert.equal(account.pending, 1);
    assert.match(problemOf(account), /neither delivered nor reported lost/);
    const twice = rigWithout(5);
    twice.witness.taken(5 * hour, 5 * hour, [50], 0, false);
    twice.witness.appending(4);
    twice.witness.appended(4);
    assert.match(problemOf(close(twice).account), /has the sequence 4 of another one/);
  });

  it('believes a loss only if the chip confirms it, and no other reason', () => {
    const lost = (reason: 'overwritten at meter' | 'meter removed', onChip: boolean) => {
      const fresh = rig();
      fresh.witness.taken(0, 0, [1], 0, false);
      fresh.witness.appending(0);
      fresh.witness.appended(0);
      for (let slot = 1; slot < 6; slot++) deliver(fresh, slot, slot);
      lose(fresh.book, 1, 0, 1, reason);
      if (onChip) fresh.onChip.add(0);
      return close(fresh).account;
    };
    const good = lost('overwritten at meter', false);
    assert.deepEqual(good.problems, []);
    assert.deepEqual(good.lost, { 'overwritten at meter': 1 });
    assert.match(problemOf(lost('overwritten at meter', true)), /stands on the chip/);
    assert.match(problemOf(lost('meter removed', false)), /lost without need/);
  });

  it('notices a reading that is delivered and lost at once, and one with two contents', () => {
    const both = rigWithout();
    // The server takes it for another one than it has, and calls it lost.
    both.witness.lines.begin(9, 6);
    for (const name of [1, 9]) both.book.learn(listOf([{ name, first: 0, shift: 0 }]), name);
    lose(both.book, 9, 2, 3, 'overwritten at meter');
    assert.match(problemOf(close(both).account), /delivered and lost at once/);
    const strange = rigWithout();
    lose(strange.book, 9, 2, 3, 'overwritten at meter');
    assert.match(problemOf(close(strange).account), /called lost on a line that the meter never was on/);
    const conflict = rigWithout();
    book(conflict.book, { sequence: 2, timeSeconds: 2 * hour, values: [999], route: 'backfill' });
    book(conflict.book, { sequence: 2, timeSeconds: 2 * hour, values: [999], route: 'backfill' });
    const { account } = close(conflict);
    assert.equal(account.conflicts, 1);
    assert.match(problemOf(account), /came with two contents/);
  });

  describe('of a time without power', () => {
    /** Off from just behind hour 1 to just behind hour 4. */
    function rigWithOutage(): Rig {
      const off = rig();
      deliver(off, 0, 0);
      deliver(off, 1, 1);
      off.witness.end(hour + 60);
      off.witness.begin(false, hour + 60, hour);
      off.witness.end(4 * hour + 60);
      off.witness.begin(true, 4 * hour + 60, hour);
      return off;
    }

    it('takes the holes that the meter told of: first, last, and all between', () => {
      const told = rigWithOutage();
      book(told.book, { sequence: 2, timeSeconds: 2 * hour, status: Status.powerFailed });
      book(told.book, { sequence: 3, timeSeconds: 4 * hour, status: Status.powerFailed });
      deliver(told, 5, 4);
      const { account, grid } = close(told, 5);
      assert.deepEqual(account.problems, []);
      assert.equal(account.holes.noPower, 3);
      assert.equal(account.told, 3);
      assert.deepEqual([...grid[0]!.subarray(2, 5)], new Array(3).fill(Outcome.noPower));
    });

    it('notices one that nobody told of', () => {
      const silent = rigWithOutage();
      book(silent.book, { sequence: 2, timeSeconds: 2 * hour, status: Status.powerFailed });
      deliver(silent, 5, 3);
      assert.match(
        problemOf(close(silent, 4).account),
        /time 10800 is a hole that the meter did not tell of/,
      );
    });

    /** The clock stood from hour 1 to hour 3, and was set at hour 5. */
    function rigWithStoodClock(notes: readonly number[]): Rig {
      const stood = rig();
      deliver(stood, 0, 0);
      stood.witness.end(60);
      stood.witness.begin(false, 60, hour);
      stood.witness.clockStood(3 * hour - 600);
      stood.witness.begin(true, 0, hour, false);
      stood.witness.taken(0, 3 * hour - 600, [7], Status.timeSinceBoot, false);
      stood.witness.appending(1);
      stood.witness.appended(1);
      book(stood.book, {
        sequence: 1,
        timeSeconds: 0,
        status: Status.timeSinceBoot,
        values: [7],
        route: 'direct',
      });
      stood.witness.end(30);
      stood.witness.begin(true, 5 * hour, hour);
      notes.forEach((time, index) => {
        book(stood.book, { sequence: 2 + index, timeSeconds: time, status: Status.powerFailed });
      });
      deliver(stood, 5, 2 + notes.length);
      return stood;
    }

    it('wants a meter whose clock stood to tell when it is set', () => {
      const { account } = close(rigWithStoodClock([hour, 2 * hour]), 5);
      assert.deepEqual(account.problems, []);
      assert.equal(account.holes.noPower, 2);
      assert.equal(account.told, 2);
    });

    it('notices one whose clock stood and that never told', () => {
      assert.match(
        problemOf(close(rigWithStoodClock([2 * hour]), 4).account),
        /time 3600 is a hole that the meter did not tell of/,
      );
    });
  });

  it('notices a hole of a register that nobody told of', () => {
    const failed = (isTold: boolean) => {
      const one = rig();
      deliver(one, 0, 0);
      one.witness.taken(hour, hour, undefined, 0, false);
      const status = isTold ? Status.readingError : Status.onDemand;
      book(one.book, { sequence: 1, timeSeconds: isTold ? hour : 2 * hour, status });
      for (let slot = 2; slot < 6; slot++) deliver(one, slot, slot);
      one.witness.end(6 * hour - 60);
      one.witness.begin(false, 6 * hour - 60, hour);
      return close(one).account;
    };
    assert.deepEqual(failed(true).problems, []);
    assert.equal(failed(true).told, 1);
    assert.match(problemOf(failed(false)), /time 3600 is a hole that the meter did not tell of/);
  });

  it('wants a cut append told behind the power-up; where the clock was wound back, only that the power failed', () => {
    const cut = (backSeconds: number, note: number | undefined, status: number) => {
      const one = rig();
      deliver(one, 0, 0);
      one.witness.taken(hour, hour, [10], 0, false);
      one.witness.appending(1);
      one.witness.end(hour);
      one.witness.begin(false, hour, hour);
      one.witness.end(backSeconds);
      one.witness.lines.begin(2, 1);
      one.witness.begin(true, backSeconds, hour);
      if (note !== undefined)
        book(one.book, { line: 2, sequence: 1, timeSeconds: note, status: Status.powerFailed });
      const next = Math.ceil(backSeconds / hour);
      const sequence = note === undefined ? 1 : 2;
      one.witness.taken(next * hour, 9 * hour, [20], status, false);
      one.witness.appending(sequence);
      one.witness.appended(sequence);
      book(one.book, { line: 2, sequence, timeSeconds: next * hour, status, values: [20] });
      return close(one).account.problems.filter((text) => /is a hole/.test(text));
    };
    assert.isEmpty(cut(hour + 60, hour, Status.powerFailed));
    assert.isNotEmpty(cut(hour + 60, undefined, Status.powerFailed));
    assert.isEmpty(cut(hour - 60, undefined, Status.powerFailed), 'hour 1 comes again');
    assert.isEmpty(cut(600, undefined, Status.powerFailed));
    assert.isEmpty(cut(-hour - 600, undefined, Status.powerFailed));
    assert.isNotEmpty(cut(-hour - 600, undefined, 0));
  });

  it('takes an append that was cut for what it left: the whole reading or a hole', () => {
    const cut = (isThere: boolean) => {
      const one = rig();
      for (let slot = 0; slot < 5; slot++) deliver(one, slot, slot);
      one.witness.taken(5 * hour, 5 * hour, [50], 0, false);
      one.witness.appending(5);
      if (isThere) book(one.book, { sequence: 5, timeSeconds: 5 * hour, values: [50] });
      return close(one).account;
    };
    assert.deepEqual(cut(true).problems, []);
    assert.equal(cut(true).delivered.window, 1);
    assert.deepEqual(cut(false).problems, []);
    assert.equal(cut(false).cutInAppend, 1);
  });
});
