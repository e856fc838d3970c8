import { assert } from 'chai';
import { createBatch } from '../../../lib/limfs/index.js';
import { StoreBook } from '../../../simulator/ledger/storeBook.js';
import { listOf } from '../../lib/limfs/manager/history.js';
import { book } from './book.js';

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
    stores.lose(2, 6, 8, 'overwritten at meter');
    assert.equal(stores.settle(), 9);
    assert.lengthOf(stores.at(8), 2);
  });

  it('looks again for what was called lost on an ended line: the older image may have it', () => {
    const stores = new StoreBook();
    learn(stores, [1, 0]);
    stores.lose(1, 0, 4, 'overwritten at meter');
    bookAll(stores, 1, 4, 10);
    assert.equal(stores.settle(), 10);
    learn(stores, [1, 0], [2, 10]);
    bookAll(stores, 2, 10, 14);
    stores.lose(2, 2, 3, 'damaged at meter');
    assert.equal(stores.settle(), 14);
    const ended = learn(stores, [1, 0], [3, 8]);
    assert.deepEqual(ended, { line: 2, first: 8, end: 14, reopened: 2, isSure: true });
    assert.isNull(stores.missing(0, 3), 'line 1 went on: what it lost, it has lost');
    const other = new StoreBook();
    learn(other, [1, 0], [2, 4]);
    other.lose(2, 0, 3, 'overwritten at meter');
    bookAll(other, 2, 3, 10);
    assert.equal(learn(other, [1, 0], [3, 4])?.reopened, 0);
    assert.deepEqual(other.missing(0, 3), { first: 0, end: 3 });
    other.lose(3, 0, 3, 'overwritten at meter');
    assert.isNull(other.missing(0, 3), 'it is lost on the new line as well');
  });

  it('takes a note back when what it calls lost comes, or turns out to be booked', () => {
    const stores = new StoreBook();
    learn(stores, [1, 0]);
    bookAll(stores, 1, 2, 3);
    stores.lose(9, 2, 4, 'uncertain: overwritten at meter');
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
