import { assert } from 'chai';
import { createBatch } from '../../../lib/limfs/index.js';
import { StoreBook } from '../../../simulator/ledger/storeBook.js';
import { listOf } from '../../lib/limfs/manager/history.js';
import { book, lose } from './book.js';

type Pair = readonly [name: number, first: number];

function learn(to: StoreBook, ...lines: Pair[]) {
  const list = listOf(lines.map(([name, first]) => ({ name, first, shift: 0 })));
  return to.learn(list, list.newest);
}

/** Readings [from, end) that came while the meter was on a line. */
function bookAll(to: StoreBook, line: number, from: number, end: number): void {
  for (let sequence = from; sequence < end; sequence += 1) {
    book(to, { line, sequence, timeSeconds: 60 * sequence + line, values: [sequence] });
  }
}

describe("the server's book of a store", () => {
  it('keeps all channels of a reading, and knows the same again', () => {
    const stores = new StoreBook();
    const one = { sequence: 3, timeSeconds: 60, values: [1, 2, 3] };
    assert.equal(book(stores, one), 'new');
    assert.equal(book(stores, one), 'same');
    assert.equal(book(stores, { ...one, values: [1, 2, 4] }), 'conflict');
    assert.equal(book(stores, { ...one, values: [1, 2] }), 'conflict');
    assert.deepEqual(stores.first(3).values, [1, 2, 3]);
    assert.equal(stores.repeated, 1);
    assert.lengthOf(stores.conflicts, 2);
    assert.equal(createBatch(1).channels, 1);
  });

  it('says what is missing on the line that the meter is on, not on one that has ended', () => {
    const stores = new StoreBook();
    learn(stores, [1, 0]);
    bookAll(stores, 1, 0, 10);
    assert.isNull(stores.missing(0, 10));
    assert.deepEqual(learn(stores, [1, 0], [2, 6]), {
      line: 1,
      first: 6,
      end: 10,
      reopened: 6,
      isSure: true,
    });
    bookAll(stores, 2, 8, 9);
    assert.equal(stores.endOfLine, 9);
    assert.deepEqual(stores.missing(0, 9), { first: 6, end: 8 });
    lose(stores, 2, 6, 8, 'overwritten at meter');
    assert.equal(stores.settle(), 9);
    assert.lengthOf(stores.at(8), 2);
  });

  it('looks again for what was lost behind the parting: the image from before it may have that', () => {
    const stores = new StoreBook();
    learn(stores, [1, 0]);
    bookAll(stores, 1, 6, 20);
    lose(stores, 1, 0, 3, 'overwritten at meter', 15);
    lose(stores, 1, 3, 6, 'overwritten at meter', 20);
    assert.equal(stores.settle(), 20);
    // Had got to 15 when the image was taken, or farther: 0 to 2 were gone then.
    const ended = learn(stores, [1, 0], [3, 16]);
    assert.deepEqual(ended, { line: 1, first: 16, end: 20, reopened: 3, isSure: true });
    assert.deepEqual(stores.missing(0, 16), { first: 3, end: 6 });
    lose(stores, 3, 4, 6, 'overwritten at meter', 17);
    bookAll(stores, 3, 3, 4);
    assert.isNull(stores.missing(0, 16), 'now it is known');
    assert.equal(stores.settle(), 16);
  });

  it('looks for what an image took away once the meter is on a line that has it', () => {
    const stores = new StoreBook();
    learn(stores, [1, 0]);
    bookAll(stores, 1, 0, 8);
    learn(stores, [1, 0], [2, 5]);
    lose(stores, 1, 8, 10, 'meter set back', 10);
    bookAll(stores, 2, 5, 7);
    assert.equal(stores.settle(), 7);
    // An image that was taken at 10, before the other one was put back.
    learn(stores, [1, 0], [3, 10]);
    bookAll(stores, 3, 10, 12);
    assert.deepEqual(stores.missing(0, 12), { first: 8, end: 10 });
    lose(stores, 3, 8, 10, 'overwritten at meter', 12);
    assert.isNull(stores.missing(0, 12));
  });

  it('takes a note back when what it calls lost comes, or turns out to be booked', () => {
    const stores = new StoreBook();
    learn(stores, [1, 0]);
    bookAll(stores, 1, 2, 3);
    lose(stores, 9, 2, 4, 'uncertain: overwritten at meter');
    assert.lengthOf(stores.lossesAt(2), 1, 'line 9 may be another one');
    assert.isTrue(stores.lacksLines);
    learn(stores, [1, 0], [9, 8]);
    assert.isFalse(stores.lacksLines);
    assert.isEmpty(stores.lossesAt(2));
    assert.lengthOf(stores.lossesAt(3), 1);
    bookAll(stores, 9, 3, 4);
    assert.isEmpty(stores.lossesAt(3));
  });
});
