import { assert } from 'chai';
import { type Batch, createBatch, Status, type StoreId } from '../../../lib/limfs/index.js';
import { closeBooks, closes } from '../../../simulator/ledger/ledger.js';
import { MemoryBook } from '../../../simulator/ledger/memoryBook.js';
import { MeterWitness } from '../../../simulator/ledger/witness.js';

const storeId: StoreId = [1, 1];
const schedule = { firstTimeSeconds: 0, intervalSeconds: 10, slots: 6 };

interface Row {
  readonly sequence: number;
  readonly time: number;
  readonly value?: number;
  readonly status?: number;
}

function put(book: MemoryBook, { sequence, time, value, status }: Row): void {
  const batch: Batch = createBatch(1);
  batch.firstSequence = sequence;
  batch.times[0] = time;
  batch.statuses[0] = status ?? (value === undefined ? Status.readingError : 0);
  batch.valids[0] = value === undefined ? 0 : 1;
  batch.values[0] = value ?? 0;
  batch.count = 1;
  book.put(storeId, batch, 0, 'direct', time + 1);
}

/** A run in which all goes well: six readings taken, stored and delivered. */
function goodRun() {
  const witness = new MeterWitness();
  const book = new MemoryBook();
  witness.powerOn(0);
  return {
    witness,
    book,
    take: (slot: number) => witness.taken(slot * 10, 100 + slot, 0),
    appended: (sequence: number) => witness.appended(sequence),
    deliver: (slot: number, value = 100 + slot) => put(book, { sequence: slot, time: slot * 10, value }),
    close: (chip: readonly number[] = []) =>
      closeBooks(
        schedule,
        [{ name: 'm', storeId, witness, isOnChip: (sequence) => chip.includes(sequence) }],
        book,
      ),
  };
}

type Run = ReturnType<typeof goodRun>;

function runAll(run: Run, except = -1): void {
  for (let slot = 0; slot < schedule.slots; slot++) {
    if (slot === except) continue;
    run.take(slot);
    run.appended(slot);
    run.deliver(slot);
  }
}

function problemOf(run: Run, chip?: readonly number[]): string {
  const { account } = run.close(chip);
  assert.isFalse(closes(account), 'the account closed');
  return account.problems.join('; ');
}

describe('ledger', () => {
  it('closes when everything was delivered as it was taken', () => {
    const run = goodRun();
    runAll(run);
    const { account, outcomes } = run.close();
    assert.isTrue(closes(account));
    assert.deepEqual(outcomes, [['direct', 'direct', 'direct', 'direct', 'direct', 'direct']]);
    assert.equal(account.delivered.direct, 6);
  });

  it('sees a reading that was taken and never came', () => {
    const run = goodRun();
    runAll(run, 3);
    run.take(3);
    run.appended(3);
    assert.match(problemOf(run), /time 30 is durable but neither delivered nor reported lost/);
  });

  it('sees a reading that came with another value, time or status', () => {
    for (const wrong of [
      { sequence: 3, time: 30, value: 104 },
      { sequence: 3, time: 31, value: 103 },
      { sequence: 3, time: 30, value: 103, status: 1 },
    ]) {
      const run = goodRun();
      runAll(run, 3);
      run.take(3);
      run.appended(3);
      put(run.book, wrong);
      assert.match(problemOf(run), /was taken as 103 status 0 and delivered as/);
    }
  });

  it('sees a reading that nobody took', () => {
    const run = goodRun();
    runAll(run);
    put(run.book, { sequence: 6, time: 55, value: 1 });
    assert.match(problemOf(run), /nobody took reading 6/);
  });

  it('sees a due reading that a meter with power did not take', () => {
    const run = goodRun();
    runAll(run, 2);
    assert.match(problemOf(run), /time 20 was not taken although the meter had power/);
  });

  it('wants a hole to be told by the meter', () => {
    const silent = goodRun();
    runAll(silent, 2);
    silent.witness.taken(20, undefined, 0);
    assert.match(problemOf(silent), /time 20 is a hole that the meter did not tell of/);
    const told = goodRun();
    runAll(told, 2);
    told.witness.taken(20, undefined, 0);
    put(told.book, { sequence: 2, time: 20 });
    const { account, outcomes } = told.close();
    assert.isTrue(closes(account));
    assert.deepEqual([account.holes.registerFailed, account.told], [1, 1]);
    assert.equal(outcomes[0]![2], 'hole: register failed');
  });

  it('takes two holes in a row for all the time between them', () => {
    const run = goodRun();
    const status = Status.powerFailed;
    run.take(0);
    run.appended(0);
    run.deliver(0);
    run.witness.powerOff(5);
    run.witness.powerOn(45);
    put(run.book, { sequence: 1, time: 10, status });
    put(run.book, { sequence: 2, time: 40, status });
    run.take(5);
    run.appended(3);
    put(run.book, { sequence: 3, time: 50, value: 105 });
    const { account } = run.close();
    assert.isTrue(closes(account), account.problems.join());
    assert.deepEqual([account.holes.noPower, account.told], [4, 4]);
  });

  it('accepts an append that the power cut, if the meter told or if it was stored whole', () => {
    const cut = goodRun();
    runAll(cut, 2);
    cut.take(2);
    put(cut.book, { sequence: 2, time: 20, status: Status.powerFailed });
    assert.deepEqual(cut.close().account.problems, []);
    assert.equal(cut.close().account.cutInAppend, 1);
    const whole = goodRun();
    runAll(whole, 2);
    whole.take(2);
    whole.deliver(2);
    assert.deepEqual(whole.close().account.problems, []);
    assert.equal(whole.close().account.durable, 6);
    const torn = goodRun();
    runAll(torn, 2);
    torn.take(2);
    torn.deliver(2, 77);
    assert.match(problemOf(torn), /was taken as 102 status 0 and delivered as 77/);
  });

  it('believes in a loss only if it was reported and the chip has the reading no more', () => {
    const lost = goodRun();
    runAll(lost, 1);
    lost.take(1);
    lost.appended(1);
    lost.book.lose(storeId, 1, 2, 'overwritten at meter');
    assert.isTrue(closes(lost.close().account));
    assert.deepEqual(lost.close().account.lost, { 'overwritten at meter': 1 });
    assert.match(problemOf(lost, [1]), /is called lost but stands on the chip/);
  });

  it('sees a reading that came with two contents', () => {
    const run = goodRun();
    runAll(run);
    put(run.book, { sequence: 4, time: 40, value: 1 });
    assert.match(problemOf(run), /time 40 came with two contents/);
  });
});
