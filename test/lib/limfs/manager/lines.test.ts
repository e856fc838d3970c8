import { assert } from 'chai';
import { LineList } from '../../../../lib/limfs/lines/index.js';
import {
  CellKind,
  createManagerPage,
  formatManagerStore,
  LOST_UNCERTAIN,
  LostReason,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { backfill, cellsOf, drain, type ReportedCell, START_SECONDS, send } from './blocks.js';
import { listOf, type ModelLine, shiftOn, takeOn } from './history.js';

const HOUR = 3600;
const first: ModelLine = { name: 0xa1, first: 0, shift: 0 };

function create(format: Partial<ManagerFormat> = {}) {
  const medium = new RamMedium(32_768);
  formatManagerStore(medium, { storeId: [7, 9], meters: 2, windowReadings: 6, rollSeconds: 1, ...format });
  const store = mountManagerStore(medium);
  store.addMeter([1, 0], 0, listOf([first]));
  return { medium, store };
}

/** Windows of a meter that end at each sequence of [from, end]. */
function live(store: ManagerStore, from: number, end: number, lines: readonly ModelLine[] = [first]): string {
  let outcome = '';
  for (let next = from; next <= end; next += 1) outcome = window(store, next, lines);
  return outcome;
}

function window(store: ManagerStore, end: number, lines: readonly ModelLine[] = [first], oldest = 0): string {
  const from = Math.max(oldest, end - store.settings.windowReadings);
  const shiftOf = shiftOn(lines);
  const time = START_SECONDS + (end + shiftOf(end - 1)) * HOUR;
  return takeOn(store, 0, lines, oldest, time, (line) =>
    send(store, 0, from, end, { time, oldest, shiftOf, line }),
  );
}

/** Answers everything that is missing; returns which readings that were. */
function answerAll(store: ManagerStore, lines: readonly ModelLine[], oldest = 0): number[] {
  const readings: number[] = [];
  for (let question = 0; question < 100; question += 1) {
    const { gaps } = store.meterAt(0)!;
    if (gaps.count === 0) return readings;
    const from = Math.max(oldest, gaps.firsts[0]!);
    const end = Math.min(gaps.ends[0]!, from + 20);
    const outcome = takeOn(store, 0, lines, oldest, 0, (line) =>
      backfill(store, 0, from, end, oldest, shiftOn(lines), line),
    );
    if (outcome.startsWith('no-room')) throw new Error('the tape is too short for this test');
    for (let sequence = from; sequence < end; sequence += 1) readings.push(sequence);
  }
  throw new Error('there is no end to what is missing');
}

function reported(store: ManagerStore): ReportedCell[] {
  const all: ReportedCell[] = [];
  store.freeze(createManagerPage());
  drain(store, (_, cells) => all.push(...cells));
  return all;
}

/** What is called lost, as `first-last reason`. */
function lossesOf(cells: readonly ReportedCell[]): string[] {
  return cells
    .filter(({ kind }) => kind === CellKind.lost)
    .map((cell) => `${cell.first}-${cell.end - 1} ${cell.block.split(' ')[8]}`);
}

/** The lines that all pages name, as `name@first`. */
function linesTold(store: ManagerStore): string[] {
  const told: string[] = [];
  const page = createManagerPage();
  const bytes = new Uint8Array(256);
  store.freeze(page);
  while (store.report(page)) {
    for (let index = 0; index < page.cells; index += 1) {
      const length = store.readReport(page, index, bytes, 0);
      if (length === 0 || bytes[4] !== CellKind.lines) continue;
      const list = new LineList(16);
      list.read(bytes, 32, (length - 32) / 8);
      told.push(list.names.slice(0, list.count).join('>'));
    }
    store.acknowledge(store.storeId, page.counter, page.checksum);
  }
  return told;
}

describe('the lines of a meter at its local manager', () => {
  it('go on behind a power-up: nothing is missing, and a page says that there is one more', () => {
    const { store } = create();
    live(store, 1, 20);
    const lines = [first, { name: 0xa2, first: 20, shift: 5 }];
    assert.match(window(store, 22, lines), /^taken and stored$/);
    assert.equal(store.meterAt(0)!.gaps.count, 0);
    assert.equal(store.counters.setBacks, 0);
    assert.deepEqual(linesTold(store), [`${0xa1}>${0xa2}`]);
  });

  it('are asked for before anything is taken under a new one', () => {
    const { store } = create();
    live(store, 1, 10);
    assert.equal(send(store, 0, 5, 11, { line: 0xa2 }), 'other-line');
    assert.equal(backfill(store, 0, 3, 5, 0, undefined, 0xa2), 'other-line');
    assert.equal(store.meterAt(0)!.next, 10);
    assert.equal(store.counters.otherLine, 2);
  });

  it('part where an image was taken: from there on all is missing again, and both readings are kept', () => {
    const { store } = create();
    live(store, 1, 60);
    const lines = [first, { name: 0xb2, first: 55, shift: 10 }];
    assert.match(window(store, 57, lines), /^set-back and (rolled|filled)$/);
    assert.equal(store.meterAt(0)!.next, 57);
    assert.equal(store.counters.setBacks, 1);
    const cells = reported(store).filter((cell) => cell.first <= 56 && cell.end > 56);
    assert.sameMembers([...new Set(cells.map(({ line }) => line))], [0xa1, 0xb2]);
  });

  it('part exactly, whatever was seen of the new one, and nothing is asked for twice', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 200);
    const lines = [first, { name: 0xb2, first: 150, shift: 60 }];
    assert.match(window(store, 170, lines), /^set-back/);
    const asked = answerAll(store, lines);
    assert.deepEqual([asked[0], asked.length], [150, 19]);
  });

  it('part below what is known also when the new one has overtaken', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 60);
    const lines = [first, { name: 0xb2, first: 40, shift: 30 }];
    window(store, 62, lines);
    assert.deepEqual(answerAll(store, lines).length, 21);
    const cells = reported(store);
    for (let sequence = 40; sequence < 60; sequence += 1) {
      const both = cells.filter((cell) => cell.first <= sequence && sequence < cell.end);
      assert.sameMembers([...new Set(both.map(({ line }) => line))], [0xa1, 0xb2], `${sequence}`);
    }
  });

  it('part again and again, by images that were taken on any of them', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 60);
    const second = [first, { name: 0xb2, first: 50, shift: 30 }];
    live(store, 52, 58, second);
    const third = [first, { name: 0xb2, first: 50, shift: 30 }, { name: 0xc3, first: 55, shift: 60 }];
    live(store, 56, 57, third);
    const fourth = [first, { name: 0xd4, first: 45, shift: 90 }];
    live(store, 70, 70, fourth);
    assert.equal(store.counters.setBacks, 3);
    const asked = answerAll(store, fourth);
    assert.deepEqual([asked[0], asked.length], [45, 24]);
  });

  it('that were missed while nobody heard the meter are found through the newest that is known', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 60);
    // Started three times out of reach, the last time on an image of the second start.
    const lines = [
      first,
      { name: 0xb2, first: 60, shift: 1 },
      { name: 0xb3, first: 70, shift: 2 },
      { name: 0xb5, first: 80, shift: 3 },
    ];
    assert.match(window(store, 90, lines), /^taken/);
    assert.deepEqual(
      answerAll(store, lines),
      [...Array(29).keys()].map((index) => 60 + index),
    );
    assert.equal(store.counters.setBacks, 0);
  });

  it('of which none is known leave no doubt unasked: all that the meter keeps is taken again', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 60);
    const lines = [{ name: 0xe1, first: 10, shift: 9 }];
    assert.match(window(store, 62, lines, 30), /^set-back/);
    assert.equal(answerAll(store, lines, 30)[0], 30);
  });

  it('that have ended cannot give what was missing of them: that is lost, with a reason of its own', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 50);
    window(store, 56);
    const lines = [first, { name: 0xb2, first: 45, shift: 20 }];
    window(store, 48, lines);
    const losses = lossesOf(reported(store));
    assert.deepEqual(losses, [`50-54 ${LostReason.meterSetBack}`]);
  });

  it('of which none is known may be the old ones: what is lost with them is uncertain', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 50);
    window(store, 56);
    window(store, 48, [{ name: 0xe1, first: 0, shift: 9 }], 40);
    assert.include(lossesOf(reported(store)), `50-54 ${LostReason.meterSetBack | LOST_UNCERTAIN}`);
  });

  it('that have ended are not believed in windows that were held up', () => {
    const { store } = create();
    live(store, 1, 60);
    window(store, 53, [first, { name: 0xb2, first: 50, shift: 20 }]);
    assert.equal(send(store, 0, 54, 60, { line: first.name }), 'other-line');
    assert.equal(store.meterAt(0)!.next, 53);
  });

  it('alternate where two devices speak under one name: they are quarantined on the first day', () => {
    const { store } = create();
    live(store, 1, 60);
    const copy = [first, { name: 0xb2, first: 50, shift: 11 }];
    const outcomes: string[] = [];
    for (let hour = 0; hour < 24 && !outcomes.some((one) => one.startsWith('quarantined')); hour += 1) {
      outcomes.push(window(store, 51 + hour, copy));
      outcomes.push(window(store, 61 + hour));
    }
    assert.isTrue(outcomes.some((one) => one.startsWith('quarantined')));
    assert.equal(store.counters.setBacks, 5);
    store.rejoinMeter(0, 90, 0);
    assert.equal(store.meterAt(0)!.setBacks, 0);
  });

  it('are told to a new local manager, which finds the parting that the one before may not have seen', () => {
    const { store } = create();
    const other = create().store;
    other.removeMeter(0, 0);
    live(store, 1, 60);
    other.addMeter([1, 0], 60, listOf([first]));
    const lines = [first, { name: 0xb2, first: 55, shift: 10 }];
    assert.match(window(other, 57, lines), /^set-back/);
  });

  it('are told again when the server asks, and when there was no room', () => {
    const { store } = create();
    live(store, 1, 10);
    store.tellLines(0);
    assert.isTrue(store.meterAt(0)!.linesUntold);
    assert.equal(store.takeLines(0, listOf([first]), 0, START_SECONDS), 'taken');
    assert.isFalse(store.meterAt(0)!.linesUntold);
    assert.deepEqual(linesTold(store), [`${0xa1}`]);
    const full = create({ dataBytes: 200, blockBytes: 100 }).store;
    full.addMeter([1, 1], 0);
    live(full, 1, 10);
    assert.isFalse(full.hasRoomForBackfill);
    assert.equal(
      full.takeLines(0, listOf([first, { name: 0xa2, first: 10, shift: 0 }]), 0, START_SECONDS),
      'taken',
    );
    assert.isTrue(full.meterAt(0)!.linesUntold);
    assert.equal(full.meterAt(0)!.line, 0xa2);
  });

  it('take as many cells as they need', () => {
    const { store } = create();
    const lines = Array.from({ length: 16 }, (_, index) => ({ name: 1 + index, first: index, shift: 0 }));
    store.addMeter([1, 1], 20);
    store.takeLines(1, listOf(lines), 0, START_SECONDS);
    const names = lines.map(({ name }) => name);
    assert.deepEqual(linesTold(store), [names.slice(0, 12).join('>'), names.slice(11).join('>')]);
  });

  it('are remembered over a mount', () => {
    const { store, medium } = create();
    live(store, 1, 60);
    window(store, 53, [first, { name: 0xb2, first: 50, shift: 20 }]);
    const again = mountManagerStore(medium);
    assert.deepEqual(again.linesOf(0), store.linesOf(0));
    assert.deepEqual(again.meterAt(0), store.meterAt(0));
  });

  it('spare what the server misses only if a waiting page has it of the line that counts', () => {
    const { store } = create({ windowReadings: 1 });
    live(store, 1, 60);
    const lines = [first, { name: 0xb2, first: 50, shift: 20 }];
    live(store, 51, 60, lines);
    answerAll(store, lines);
    const page = createManagerPage();
    store.freeze(page);
    while (store.report(page) && cellsOf(store, page).every(({ line }) => line === first.name)) {
      store.acknowledge(store.storeId, page.counter, page.checksum);
    }
    assert.isAbove(store.missAgain(0, 40, 50), 0, 'of the line that both have in common');
  });
});
