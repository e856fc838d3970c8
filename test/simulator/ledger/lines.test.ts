import { assert } from 'chai';
import { Status } from '../../../lib/limfs/index.js';
import type { Account } from '../../../simulator/ledger/account.js';
import { closeBooks } from '../../../simulator/ledger/closeBooks.js';
import { MeterWitness } from '../../../simulator/ledger/meterWitness.js';
import { StoreBook } from '../../../simulator/ledger/storeBook.js';
import { listOf, type ModelLine } from '../../lib/limfs/manager/history.js';
import { type Booking, book } from './book.js';

const hour = 3600;
const slots = 24;

/** A meter whose chip gets older images, and what the server has of it. Times are hours. */
class Rig {
  readonly witness = new MeterWitness();
  readonly book = new StoreBook();
  isSetBackTold = true;
  /** The next sequence. */
  next = 0;
  #newest = 1;
  #lines: ModelLine[] = [{ name: 1, first: 0, shift: 0 }];

  constructor() {
    this.witness.lines.begin(1, 0);
    this.witness.begin(true, 0, hour);
    this.book.learn(listOf(this.#lines), 1);
  }

  /** The server gets a reading of the line that the meter is on. */
  arrive(booking: Booking): void {
    book(this.book, { line: this.#lines.at(-1)!.name, ...booking });
  }

  /** The chip gets an image with this next sequence, of the line that the meter is on or of one before. */
  setBack(parting: number, endBefore: number, line = this.#lines.at(-1)!.name): void {
    this.witness.setBack(parting, endBefore, line);
    this.#newest += 1;
    const name = this.#newest;
    const image = this.#lines.filter((one) => one.name <= line && one.first < parting);
    this.#lines = [...image, { name, first: parting, shift: 0 }];
    this.witness.lines.begin(name, parting);
    this.book.learn(listOf(this.#lines), name);
  }

  /** Taken and stored; `arrives`: the server has it. */
  take(time: number, arrives = true): void {
    const { witness } = this;
    const seconds = time * hour;
    witness.taken(seconds, seconds, [time * 10], 0, false);
    witness.appending(this.next);
    witness.appended(this.next);
    if (arrives) {
      this.arrive({ sequence: this.next, timeSeconds: seconds, values: [time * 10], route: 'direct' });
    }
    this.next += 1;
  }

  takeAll(from: number, to: number): void {
    for (let time = from; time <= to; time += 1) this.take(time);
  }

  /** Off from just behind one hour to just behind another one; the chip may get an image, with another interval. */
  off(from: number, to: number, parting = this.next, intervalSeconds = hour, line?: number): void {
    const { witness } = this;
    witness.end(from * hour + 60);
    witness.begin(false, from * hour + 60, hour);
    if (parting !== this.next) this.setBack(parting, this.next, line);
    this.next = parting;
    witness.end(to * hour + 60);
    witness.begin(true, to * hour + 60, intervalSeconds);
  }

  /** The two records with which the meter tells what it has missed from one hour to another; `arrive`: the server has them. */
  note(from: number, to: number, arrive = true): void {
    for (const time of [from, to]) {
      const timeSeconds = time * hour;
      if (arrive) this.arrive({ sequence: this.next, timeSeconds, status: Status.powerFailed });
      this.next += 1;
    }
  }

  close(): Account {
    const { witness, book, isSetBackTold } = this;
    witness.close(slots * hour - 60, this.next);
    const openChip = () => () => false;
    const meter = { name: 'm', row: 0, witness, book, openChip, isSetBackTold };
    const schedule = { firstTimeSeconds: 0, intervalSeconds: hour, slots };
    return closeBooks(schedule, [meter], 1).account;
  }
}

/** Ten readings; then the chip has four of them only, and from hour 12 on the meter takes others under the same sequences. */
function setBackRig(oldNotes = true): Rig {
  const rig = new Rig();
  rig.takeAll(0, 9);
  rig.off(9, 11, 4);
  rig.note(4, 11, oldNotes);
  return rig;
}

describe('ledger of a meter that was set back', () => {
  it('closes when both lines of readings have arrived, and counts what shares a sequence', () => {
    const rig = setBackRig();
    rig.takeAll(12, 23);
    const account = rig.close();
    assert.deepEqual(account.problems, []);
    assert.equal(account.delivered.direct, 22);
    assert.equal(account.conflictsOfLines, 6);
    assert.equal(account.conflicts, 0);
  });

  it('notices a reading of the new line that has not arrived, although its sequence has', () => {
    const rig = setBackRig();
    rig.take(12, false);
    rig.takeAll(13, 23);
    assert.match(rig.close().problems.join('; '), /time 43200 .*neither delivered nor (reported|told) lost/);
  });

  it('takes a reading of the old line for lost only when the records of the image tell of its time', () => {
    const lost = (isTold: boolean) => {
      const rig = new Rig();
      rig.takeAll(0, 8);
      rig.take(9, false);
      rig.off(9, 11, 4);
      rig.note(4, 11, isTold);
      rig.takeAll(12, 23);
      return rig.close();
    };
    assert.deepEqual(lost(true).problems, []);
    assert.deepEqual(lost(true).lost, { 'meter set back': 1 });
    assert.match(lost(false).problems.join('; '), /time 32400 .*neither delivered nor (reported|told) lost/);
  });

  it('tells the records of three lines apart, two of which begin with the same image', () => {
    const threeTimes = (areTold: boolean) => {
      const rig = setBackRig(areTold);
      rig.takeAll(12, 14);
      rig.off(14, 17, 4);
      rig.note(4, 17, areTold);
      rig.takeAll(18, 20);
      rig.off(20, 21, 8);
      rig.note(20, 21);
      rig.takeAll(22, 23);
      return rig.close().problems.join('; ');
    };
    assert.equal(threeTimes(true), '');
    assert.match(threeTimes(false), /time 36000 is a hole that the meter did not tell of/);
  });

  it('asks for no record of a reading that only a shorter interval had brought, if the break is told', () => {
    const rig = new Rig();
    rig.takeAll(0, 9);
    rig.witness.end(9.2 * hour);
    rig.witness.begin(true, 9.2 * hour, hour / 2);
    rig.take(9.5, false);
    rig.off(9.5, 10, 4);
    rig.note(4, 9);
    rig.witness.taken(11 * hour, 11 * hour, [110], Status.powerFailed, false);
    rig.witness.appending(6);
    rig.witness.appended(6);
    rig.arrive({ sequence: 6, timeSeconds: 11 * hour, status: Status.powerFailed, values: [110] });
    rig.witness.end(23.9 * hour);
    const { problems, lost } = rig.close();
    assert.notMatch(problems.join('; '), /time 34200 /);
    assert.deepEqual(lost, { 'meter set back': 1 });
  });

  /** Off from 9 to 11 and told so; then an image of hour 3 comes, the clock stands, and is set at hour 14 or never. */
  function stoodRig(isSet: boolean, isTold: boolean): Rig {
    const rig = new Rig();
    const { witness } = rig;
    rig.takeAll(0, 9);
    rig.off(9, 11);
    rig.note(10, 11, false);
    rig.take(12);
    witness.end(12 * hour + 60);
    witness.begin(false, 12 * hour + 60, hour);
    rig.setBack(4, 13);
    witness.clockStood(13 * hour - 60);
    witness.begin(true, 0, hour, false);
    const status = Status.timeSinceBoot | (isTold ? Status.powerFailed : 0);
    witness.taken(0, 13 * hour - 60, [7], status, false);
    witness.appending(4);
    witness.appended(4);
    rig.arrive({ sequence: 4, timeSeconds: 0, status, values: [7] });
    witness.end(hour - 60);
    if (!isSet) return rig;
    witness.begin(true, 13 * hour + 60, hour);
    rig.arrive({ sequence: 5, timeSeconds: (isTold ? 4 : 12) * hour, status: Status.powerFailed });
    rig.arrive({ sequence: 6, timeSeconds: 12 * hour, status: Status.powerFailed });
    return rig;
  }

  it('finds what tells of an older hole where the clock is set, or in the break if that is never', () => {
    const holes = (isSet: boolean, isTold: boolean) =>
      stoodRig(isSet, isTold)
        .close()
        .problems.filter((text) => /is a hole that/.test(text));
    assert.deepEqual(holes(true, true), []);
    assert.deepEqual(holes(false, true), []);
    assert.isNotEmpty(holes(false, false));
  });

  it('finds what tells of an older image behind a later one, which took the records of the first away', () => {
    const twice = (isTold: boolean) => {
      const rig = new Rig();
      const { witness } = rig;
      rig.takeAll(0, 5);
      rig.take(6, false);
      witness.end(6 * hour + 60);
      witness.begin(false, 6 * hour + 60, hour);
      rig.setBack(6, 7);
      witness.clockStood(7 * hour - 60);
      witness.begin(true, 0, hour, false);
      witness.taken(0, 7 * hour - 60, [7], Status.timeSinceBoot, false);
      witness.appending(6);
      witness.appended(6);
      rig.arrive({ sequence: 6, timeSeconds: 0, status: Status.timeSinceBoot, values: [7] });
      witness.end(60);
      witness.begin(true, 7 * hour + 60, hour);
      // Now it has the time, and tells; but an image from before comes.
      rig.next = 7;
      rig.note(6, 6, false);
      rig.off(7, 9, 7);
      rig.note(6, 9, isTold);
      rig.takeAll(10, 23);
      return rig.close().problems.filter((text) => /neither delivered/.test(text));
    };
    assert.deepEqual(twice(true), []);
    assert.lengthOf(twice(false), 1);
  });

  it('asks for no record of a reading by a clock that was ahead, if the break is told', () => {
    const ahead = (isTold: boolean) => {
      const rig = new Rig();
      const { witness } = rig;
      const append = (time: number, worldTime: number, status: number) => {
        witness.taken(time * hour, worldTime * hour, [time * 10], status, false);
        witness.appending(7);
        witness.appended(7);
      };
      rig.takeAll(0, 6);
      witness.end(6 * hour + 60);
      witness.begin(true, 9 * hour + 60, hour);
      append(10, 7, 0);
      witness.end(10 * hour + 60);
      witness.begin(false, 10 * hour + 60, hour);
      rig.setBack(5, 8);
      rig.next = 5;
      witness.end(8 * hour - 60);
      witness.begin(true, 8 * hour - 60, hour);
      rig.note(5, 7);
      const status = isTold ? Status.powerFailed : 0;
      append(8, 8, status);
      rig.arrive({ sequence: 7, timeSeconds: 8 * hour, status, values: [80] });
      rig.next = 8;
      rig.takeAll(9, 23);
      return rig.close().problems.filter((text) => /neither delivered/.test(text));
    };
    assert.deepEqual(ahead(true), []);
    assert.lengthOf(ahead(false), 1);
  });

  it('follows an image that is newer than the one before it, to readings that stood on a line of their own', () => {
    const between = (isTold: boolean) => {
      const rig = new Rig();
      rig.takeAll(0, 9);
      rig.off(9, 11, 3);
      rig.note(3, 11);
      rig.take(12);
      rig.take(13, false);
      rig.off(13, 15, 8, hour, 1);
      rig.note(8, 15, isTold);
      rig.takeAll(16, 23);
      return rig.close();
    };
    const { problems, lost } = between(true);
    assert.deepEqual(problems, []);
    assert.deepEqual(lost, { 'meter set back': 1 });
    assert.lengthOf(
      between(false).problems.filter((text) => /neither delivered/.test(text)),
      1,
    );
  });

  it('takes the records of a later power-up for those that an earlier one had no time to make', () => {
    const rig = new Rig();
    const { witness } = rig;
    rig.takeAll(0, 5);
    rig.take(6, false);
    rig.off(6, 8, 5);
    // The power fails in the same second, before anything is stored.
    witness.end(8 * hour + 60);
    witness.begin(false, 8 * hour + 60, hour);
    witness.end(10 * hour + 60);
    witness.lines.begin(9, 5);
    witness.begin(true, 10 * hour + 60, hour);
    rig.book.learn(
      listOf([
        { name: 1, first: 0, shift: 0 },
        { name: 9, first: 5, shift: 0 },
      ]),
      9,
    );
    for (const [sequence, time] of [
      [5, 5],
      [6, 10],
    ] as const) {
      rig.arrive({ line: 9, sequence, timeSeconds: time * hour, status: Status.powerFailed });
    }
    rig.next = 7;
    witness.taken(11 * hour, 11 * hour, [110], 0, false);
    witness.appending(7);
    witness.appended(7);
    rig.arrive({ line: 9, sequence: 7, timeSeconds: 11 * hour, values: [110] });
    const told = rig.close().problems.filter((text) => /neither delivered|is a hole/.test(text));
    assert.deepEqual(told, []);
  });

  it('asks for no record of a hole that only the interval before the image had brought', () => {
    const missed = (status: number) => {
      const rig = new Rig();
      const { witness } = rig;
      rig.takeAll(0, 8);
      rig.off(8, 11, 4, 2 * hour);
      rig.note(4, 10);
      witness.taken(12 * hour, 12 * hour, [120], status, false);
      witness.appending(6);
      witness.appended(6);
      rig.arrive({ sequence: 6, timeSeconds: 12 * hour, status, values: [120] });
      witness.end(13 * hour);
      return rig.close().problems.filter((text) => /time 39600 is a hole/.test(text));
    };
    assert.deepEqual(missed(Status.powerFailed), []);
    assert.isNotEmpty(missed(0));
  });

  it('notices a reading that stands in the book twice, because the server takes its line for another one', () => {
    const rig = new Rig();
    rig.takeAll(0, 9);
    rig.witness.lines.begin(7, 10);
    rig.book.learn(listOf([{ name: 7, first: 0, shift: 0 }]), 7);
    rig.arrive({ line: 7, sequence: 5, timeSeconds: 5 * hour, values: [50] });
    rig.off(9, 10);
    rig.note(10, 10);
    rig.takeAll(11, 23);
    const { problems, deliveredTwice } = rig.close();
    assert.equal(deliveredTwice, 1);
    assert.match(problems.join('; '), /stands in the book twice/);
  });

  it('notices that no event told of the set-back', () => {
    const rig = setBackRig();
    rig.takeAll(12, 23);
    rig.isSetBackTold = false;
    assert.match(rig.close().problems.join('; '), /no event tells of a set-back/);
  });
});
