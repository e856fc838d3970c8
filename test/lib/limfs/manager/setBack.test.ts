import { assert } from 'chai';
import {
  CellKind,
  createManagerPage,
  formatManagerStore,
  LostReason,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { Seam } from '../../../../lib/limfs/manager/meterTable.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { backfill, drain, type Shift, send, takeLine } from './blocks.js';

const DAY = 24;

function create(format: Partial<ManagerFormat> = {}) {
  const medium = new RamMedium(32_768);
  formatManagerStore(medium, { storeId: [7, 9], meters: 2, windowReadings: 6, rollSeconds: 1, ...format });
  const store = mountManagerStore(medium);
  store.addMeter([1, 0], 0);
  return { medium, store };
}

/** A line that leaves the one before at a sequence, so many intervals later. */
function lineFrom(parting: number, shift: number, before: Shift = () => 0): Shift {
  return (sequence) => (sequence < parting ? before(sequence) : shift);
}

/** Windows of six readings that end at each sequence of [first, end]. */
function live(store: ManagerStore, first: number, end: number, shiftOf?: Shift): string[] {
  const outcomes: string[] = [];
  for (let next = first; next <= end; next += 1) outcomes.push(window(store, next, shiftOf));
  return outcomes;
}

function window(store: ManagerStore, end: number, shiftOf: Shift = () => 0, oldest = 0): string {
  const first = Math.max(oldest, end - store.settings.windowReadings);
  const time = 1_700_000_000 + (end + shiftOf(end - 1)) * 3600;
  return takeLine(store, 0, time, () => send(store, 0, first, end, { time, oldest, shiftOf }));
}

/** Answers everything that is missing; returns how many readings that were. */
function answerAll(store: ManagerStore, shiftOf: Shift, oldest = 0): number {
  let readings = 0;
  for (let question = 0; question < 100; question += 1) {
    const { gaps } = store.meterAt(0)!;
    if (gaps.count === 0) return readings;
    const first = Math.max(oldest, gaps.firsts[0]!);
    const end = Math.min(gaps.ends[0]!, first + 20);
    const outcome = takeLine(store, 0, 0, () => backfill(store, 0, first, end, oldest, shiftOf));
    if (outcome.startsWith('no-room')) throw new Error('the tape is too short for this test');
    readings += end - first;
  }
  throw new Error('there is no end to what is missing');
}

/** The sequences in all pages, by kind of cell, oldest page first. */
function reported(store: ManagerStore): { first: number; end: number; kind: number; reason: number }[] {
  const all: { first: number; end: number; kind: number; reason: number }[] = [];
  store.freeze(createManagerPage());
  drain(store, (_, cells) => {
    for (const { first, end, kind, block } of cells) {
      all.push({ first, end, kind, reason: kind === CellKind.lost ? Number(block.split(' ')[8]) & 0x7f : 0 });
    }
  });
  return all;
}

function countOf(store: ManagerStore, sequence: number): number {
  return reported(store).filter(
    ({ first, end, kind }) => kind !== CellKind.lost && first <= sequence && sequence < end,
  ).length;
}

describe('a meter that is set back to an older image', () => {
  it('is noticed, and begins a line of its own; what the old one had stored stays', () => {
    const { store } = create();
    live(store, 1, 60);
    const line = lineFrom(55, 10);
    const before = store.meterAt(0)!.next;
    assert.match(window(store, 57, line), /^set back and (rolled|filled)$/);
    assert.equal(before, 60);
    assert.equal(store.meterAt(0)!.next, 57);
    assert.equal(store.counters.setBacks, 1);
    answerAll(store, line);
    assert.equal(store.meterAt(0)!.seamState, Seam.none);
    // Both readings of sequence 56 are reported.
    assert.isAtLeast(countOf(store, 56), 2);
  });

  it('is asked for as much of the new line as may be of it, and for a day more', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 200);
    const line = lineFrom(150, 60);
    assert.match(window(store, 170, line), /^set back/);
    assert.isAtLeast(answerAll(store, line), 19 + DAY);
    assert.equal(store.meterAt(0)!.seamState, Seam.none);
    const cells = reported(store).filter(({ kind }) => kind === CellKind.fill);
    for (let sequence = 150; sequence < 169; sequence += 1) {
      assert.isTrue(
        cells.some(({ first, end }) => first <= sequence && sequence < end),
        `${sequence} of the new line`,
      );
    }
  });

  it('is noticed when it has overtaken while it was out of reach, whether windows touch or not', () => {
    for (const windowReadings of [6, 1]) {
      const { store } = create({ windowReadings });
      live(store, 1, 60);
      const line = lineFrom(40, 30);
      window(store, 62, line);
      answerAll(store, line);
      assert.equal(store.counters.setBacks, 1, `windows of ${windowReadings}`);
      assert.equal(store.meterAt(0)!.next, 62);
      const cells = reported(store);
      for (let sequence = 40; sequence < 60; sequence += 1) {
        const both = cells.filter(({ first, end }) => first <= sequence && sequence < end);
        assert.isAtLeast(both.length, 2, `${sequence}, windows of ${windowReadings}`);
      }
    }
  });

  it('cannot give any more what was missing of the old line: that is noted lost, with a reason of its own', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 50);
    window(store, 56);
    const line = lineFrom(45, 20);
    window(store, 48, line);
    answerAll(store, line);
    const lost = reported(store).filter(({ reason }) => reason === LostReason.meterSetBack);
    assert.deepEqual(
      lost.map(({ first, end }) => [first, end]),
      [[50, 55]],
    );
  });

  it('whose new line has begun where it keeps nothing any more: nobody knows how much is lost, and that is noted', () => {
    const { store } = create({ windowReadings: 1, meterCapacityReadings: 100 });
    live(store, 1, 200);
    const line = lineFrom(150, 300);
    assert.match(window(store, 190, line, 170), /^set back/);
    answerAll(store, line, 170);
    const lost = reported(store).filter(({ kind }) => kind === CellKind.lost);
    assert.deepEqual(
      lost.map(({ first, end, reason }) => [first, end, reason]),
      [[70, 170, LostReason.overwrittenAtMeter]],
    );
    assert.equal(store.meterAt(0)!.seamState, Seam.none);
  });

  it('is not suspected because of windows that come late or twice, or a pause', () => {
    const { store } = create();
    live(store, 1, 40);
    live(store, 36, 40);
    live(store, 20, 25);
    live(store, 44, 45);
    // An outage of ten hours, and windows that reach over it.
    const paused = lineFrom(45, 10);
    live(store, 46, 60, paused);
    answerAll(store, paused);
    assert.equal(store.counters.setBacks, 0);
    assert.equal(store.meterAt(0)!.next, 60);
  });

  it('is set back once for a window of the old line that was held up', () => {
    const { store } = create();
    live(store, 1, 60);
    const line = lineFrom(50, 20);
    window(store, 53, line);
    assert.equal(window(store, 58), 'ignored');
    assert.equal(window(store, 60), 'ignored');
    assert.equal(store.counters.ofEndedLine, 2);
    assert.equal(store.counters.setBacks, 1);
    assert.equal(store.meterAt(0)!.next, 53);
  });

  it('and speaks beside the one whose image it has is quarantined on the first day', () => {
    const { store } = create();
    live(store, 1, 60);
    const line = lineFrom(50, 11);
    const outcomes: string[] = [];
    for (let hour = 0; hour < 24 && !outcomes.some((one) => one.endsWith('quarantined')); hour += 1) {
      // Each answers what it is asked behind its own window.
      outcomes.push(window(store, 51 + hour, line));
      answerAll(store, line);
      outcomes.push(window(store, 61 + hour));
      answerAll(store, () => 0);
    }
    assert.isTrue(
      outcomes[outcomes.length - 1] === 'quarantined' ||
        outcomes[outcomes.length - 2]!.endsWith('quarantined'),
    );
    assert.equal(store.counters.setBacks, 5);
    store.rejoinMeter(0, 90, 0);
    assert.equal(store.meterAt(0)!.setBacks, 0);
  });

  it('is remembered over a mount', () => {
    const { store, medium } = create();
    live(store, 1, 60);
    window(store, 53, lineFrom(50, 20));
    const facts = JSON.stringify(store.meterAt(0));
    assert.equal(JSON.stringify(mountManagerStore(medium).meterAt(0)), facts);
  });
});
