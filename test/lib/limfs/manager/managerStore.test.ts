import { assert } from 'chai';
import { LimfsError } from '../../../../lib/limfs/index.js';
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
import { backfill, cellsOf, drain, expectedBlock, START_SECONDS, send } from './blocks.js';

const K = 8;
const usual = { storeId: [7, 9], meters: 4, windowReadings: 5, readingBytes: K } as const;

function create(format: Partial<ManagerFormat> = {}, meters = 2, sizeBytes = 32_768) {
  const medium = new RamMedium(sizeBytes);
  formatManagerStore(medium, { ...usual, dataBytes: 4000, ...format });
  const store = mountManagerStore(medium);
  for (let meter = 0; meter < meters; meter += 1) store.addMeter([1, meter], 0);
  return { medium, store };
}

function windowsIn(store: ManagerStore): string[] {
  const page = createManagerPage();
  if (!store.report(page)) return [];
  return cellsOf(store, page).map(({ place, first, end }) => `${place}:${first}-${end - 1}`);
}

function gapsOf(store: ManagerStore, place: number): string {
  const { gaps } = store.meterAt(place)!;
  return gaps.firsts
    .slice(0, gaps.count)
    .map((first, gap) => `${first}-${gaps.ends[gap]! - 1}`)
    .join(' ');
}

describe("local manager's store: latest first, errors ignored (Figure 6)", () => {
  it('a: keeps the newest window of each meter in the page at the report pointer', () => {
    const { store } = create();
    assert.equal(send(store, 0, 0, 3), 'stored');
    assert.equal(send(store, 1, 0, 3), 'stored');
    assert.equal(send(store, 0, 0, 4), 'stored');
    assert.equal(store.pages, 1);
    assert.equal(store.counters.replaced, 1);
    const page = createManagerPage();
    assert.isTrue(store.freeze(page));
    const cells = cellsOf(store, page);
    assert.deepEqual(
      cells.map(({ place, first, end, kind }) => [place, first, end, kind]),
      [
        [0, 0, 4, CellKind.window],
        [1, 0, 3, CellKind.window],
      ],
    );
    assert.equal(cells[0]!.block, expectedBlock(K, 0, 0, 4));
    assert.equal(cells[1]!.block, expectedBlock(K, 1, 0, 3));
  });

  it('b: freezes the page before it is sent, and moves the report pointer after the acknowledgement only', () => {
    const { store } = create();
    send(store, 0, 0, 3);
    const page = createManagerPage();
    assert.isTrue(store.freeze(page));
    assert.equal(send(store, 0, 1, 4), 'stored');
    const again = createManagerPage();
    assert.isTrue(store.report(again));
    assert.deepEqual(again, page);
    assert.deepEqual(windowsIn(store), ['0:0-2']);
    assert.isTrue(store.acknowledge(store.storeId, page.counter, page.checksum));
    assert.isFalse(store.report(page));
  });

  it('c: puts what comes after a report into a new page', () => {
    const { store } = create();
    send(store, 0, 0, 3);
    const page = createManagerPage();
    store.freeze(page);
    store.acknowledge(store.storeId, page.counter, page.checksum);
    assert.equal(send(store, 0, 1, 4), 'stored');
    assert.equal(send(store, 1, 0, 4), 'stored');
    assert.equal(store.pages, 2);
    const next = createManagerPage();
    assert.isTrue(store.freeze(next));
    assert.isAbove(next.counter, page.counter);
    assert.deepEqual(windowsIn(store), ['0:1-3', '1:0-3']);
  });

  it('d: ignores a window with an error: no byte of the page changes, and it is counted', () => {
    const { store, medium } = create({ roll: false, backfill: false });
    send(store, 0, 0, 3);
    const before = medium.image.slice();
    assert.equal(send(store, 0, 0, 4, { errorAt: 3 }), 'ignored');
    assert.deepEqual(medium.image, before);
    assert.equal(store.counters.withError, 1);
    store.freeze(createManagerPage());
    assert.deepEqual(windowsIn(store), ['0:0-2']);
  });

  it('d: ignores a block that makes no sense', () => {
    const { store, medium } = create();
    send(store, 0, 0, 3);
    const before = medium.image.slice();
    assert.equal(store.receiveWindow(0, new Uint8Array(23), 0, 23, 0, START_SECONDS), 'damaged');
    assert.equal(store.receiveWindow(0, new Uint8Array(200), 0, 200, 0, START_SECONDS), 'damaged');
    assert.deepEqual(medium.image, before);
    assert.equal(store.counters.damaged, 2);
  });

  it('keeps what a window with an error brings in a fill page', () => {
    const { store } = create();
    send(store, 0, 0, 3);
    assert.equal(send(store, 0, 0, 4, { errorAt: 3 }), 'filled');
    assert.equal(send(store, 0, 0, 4, { errorAt: 3 }), 'known');
    store.freeze(createManagerPage());
    const kinds: number[] = [];
    drain(store, (_page, cells) => {
      for (const { kind, first, end } of cells) kinds.push(kind, first, end);
    });
    assert.deepEqual(kinds, [CellKind.window, 0, 3, CellKind.fill, 0, 4]);
  });
});

describe("local manager's store: reports", () => {
  it('gives the same bytes again, also after a mount', () => {
    const { store, medium } = create();
    send(store, 0, 0, 3);
    send(store, 1, 0, 5);
    const page = createManagerPage();
    store.freeze(page);
    const cells = cellsOf(store, page);
    send(store, 0, 1, 4);
    const mounted = mountManagerStore(medium);
    const again = createManagerPage();
    assert.isTrue(mounted.report(again));
    assert.deepEqual(again, page);
    assert.deepEqual(cellsOf(mounted, again), cells);
    assert.deepEqual(cellsOf(store, page), cells);
  });

  it('takes only the right triple for an acknowledgement', () => {
    const { store, medium } = create();
    send(store, 0, 0, 3);
    const page = createManagerPage();
    store.freeze(page);
    const before = medium.image.slice();
    assert.isFalse(store.acknowledge([7, 8], page.counter, page.checksum));
    assert.isFalse(store.acknowledge([6, 9], page.counter, page.checksum));
    assert.isFalse(store.acknowledge(store.storeId, page.counter + 1, page.checksum));
    assert.isFalse(store.acknowledge(store.storeId, page.counter, page.checksum ^ 1));
    assert.deepEqual(medium.image, before);
    assert.isTrue(store.acknowledge(store.storeId, page.counter, page.checksum));
    assert.isFalse(store.acknowledge(store.storeId, page.counter, page.checksum));
    assert.equal(store.counters.strangeAcknowledgements, 5);
  });

  it('does not let an open page be acknowledged', () => {
    const { store } = create();
    const page = createManagerPage();
    send(store, 0, 0, 3);
    store.freeze(page);
    store.acknowledge(store.storeId, page.counter, page.checksum);
    send(store, 0, 1, 4);
    assert.isFalse(store.report(page));
    for (let checksum = 0; checksum < 0x10000; checksum += 1) {
      assert.isFalse(store.acknowledge(store.storeId, page.counter + page.cells, checksum));
    }
  });

  it('takes what an earlier lap left in a cell for an empty one, not for a damaged one', () => {
    const { store } = create({ dataBytes: 4 * 40, meters: 2 });
    const page = createManagerPage();
    for (let hour = 1; hour <= 12; hour += 1) {
      send(store, 0, 5 * hour - 5, 5 * hour);
      if (hour <= 4) send(store, 1, 5 * hour - 5, 5 * hour);
      store.freeze(page);
      assert.equal(cellsOf(store, page).length, hour <= 4 ? 2 : 1);
      assert.isTrue(store.acknowledge(store.storeId, page.counter, page.checksum));
    }
    assert.deepEqual(store.findings, []);
  });

  it('opens no page for a report when nothing came', () => {
    const { store } = create();
    const page = createManagerPage();
    assert.isFalse(store.freeze(page));
    send(store, 0, 0, 3);
    assert.isTrue(store.freeze(page));
    assert.isTrue(store.freeze(page));
    assert.equal(store.pages, 1);
  });

  it('reports pages in order while reports are not acknowledged', () => {
    const { store } = create();
    const page = createManagerPage();
    for (let end = 1; end <= 6; end += 1) {
      send(store, 0, Math.max(0, end - 5), end);
      assert.isTrue(store.freeze(page));
      assert.equal(page.counter, 0);
    }
    const newest: number[] = [];
    drain(store, (_page, cells) => newest.push(cells[0]!.end));
    assert.deepEqual(newest, [1, 2, 3, 4, 5, 6]);
  });
});

describe("local manager's store: roll and fill", () => {
  it('opens a page early before a reading slides out that stands nowhere else', () => {
    const { store } = create();
    assert.equal(send(store, 0, 0, 5), 'stored');
    assert.equal(send(store, 0, 1, 6), 'rolled');
    assert.equal(store.counters.rolled, 1);
    store.freeze(createManagerPage());
    const windows: string[] = [];
    drain(store, (_page, cells) => windows.push(...cells.map(({ first, end }) => `${first}-${end - 1}`)));
    assert.deepEqual(windows, ['0-4', '1-5']);
  });

  it('does not roll for readings that an earlier page has', () => {
    const { store } = create();
    send(store, 0, 0, 5);
    store.freeze(createManagerPage());
    assert.equal(send(store, 0, 1, 6), 'stored');
    for (let end = 7; end <= 10; end += 1) assert.equal(send(store, 0, end - 5, end), 'stored');
    assert.equal(send(store, 0, 6, 11), 'rolled');
  });

  it('does not roll for readings that a fill page has', () => {
    const { store } = create();
    send(store, 0, 0, 2);
    send(store, 0, 0, 3, { errorAt: 2 });
    store.freeze(createManagerPage());
    assert.equal(send(store, 0, 0, 4), 'stored');
    assert.equal(send(store, 0, 3, 8), 'stored');
    assert.equal(store.pages, 3);
  });

  it('lets a meter force one page an interval, then stores its windows in fill pages', () => {
    const { store } = create();
    const time = START_SECONDS;
    assert.equal(send(store, 0, 0, 5, { time }), 'stored');
    assert.equal(send(store, 0, 1, 6, { time: time + 10 }), 'rolled');
    assert.equal(send(store, 0, 6, 11, { time: time + 20 }), 'filled');
    assert.equal(send(store, 0, 7, 12, { time: time + 30 }), 'filled');
    assert.equal(send(store, 0, 8, 13, { time: time + 3611 }), 'rolled');
    assert.equal(gapsOf(store, 0), '');
  });

  it('notes what is missing and takes backfill for it', () => {
    const { store } = create();
    send(store, 0, 0, 3);
    send(store, 0, 6, 9);
    assert.equal(gapsOf(store, 0), '3-5');
    assert.equal(backfill(store, 0, 3, 5), 'filled');
    assert.equal(gapsOf(store, 0), '5-5');
    assert.equal(backfill(store, 0, 3, 5), 'known');
    assert.equal(send(store, 0, 4, 9), 'filled');
    assert.equal(gapsOf(store, 0), '');
  });

  it('merges more than eight gaps and says that they are uncertain', () => {
    const { store } = create({ windowReadings: 1, blockBytes: K });
    for (let gap = 0; gap < 20; gap += 1) send(store, 0, 1 + gap * gap, 2 + gap * gap);
    const { gaps } = store.meterAt(0)!;
    assert.equal(gaps.count, 8);
    assert.equal(gaps.firsts[0], 0);
    assert.equal(gaps.ends[7], 1 + 19 * 19);
    assert.isTrue(gaps.uncertain.slice(0, 8).includes(1));
  });

  it('reports readings lost that the meter does not keep any more', () => {
    const { store } = create();
    send(store, 0, 0, 3);
    send(store, 0, 10, 15, { oldest: 7 });
    assert.equal(gapsOf(store, 0), '7-9');
    assert.equal(store.meterAt(0)!.lost, 4);
    store.freeze(createManagerPage());
    const lost: number[][] = [];
    drain(store, (_page, cells) => {
      for (const cell of cells) {
        if (cell.kind !== CellKind.lost) continue;
        lost.push([cell.first, cell.end, Number(cell.block.split(' ')[8])]);
      }
    });
    assert.deepEqual(lost, [[3, 7, LostReason.overwrittenAtMeter]]);
  });

  it('quarantines a meter whose sequences jump too far, until it joins again', () => {
    const { store, medium } = create({ meterCapacityReadings: 100 });
    send(store, 0, 0, 3);
    assert.equal(send(store, 0, 500, 505), 'quarantined');
    assert.equal(send(store, 0, 1, 6), 'quarantined');
    const mounted = mountManagerStore(medium);
    assert.equal(send(mounted, 0, 1, 6), 'quarantined');
    mounted.rejoinMeter(0, 500, START_SECONDS);
    assert.equal(gapsOf(mounted, 0), '3-499');
    assert.equal(send(mounted, 0, 500, 505), 'rolled');
    mounted.rejoinMeter(0, 3, START_SECONDS);
    assert.equal(mounted.meterAt(0)!.next, 3);
  });
});

describe("local manager's store: a full ring", () => {
  it('drops the oldest page that was not reported, and asks for its readings again', () => {
    // Five pages of one cell.
    const { store } = create({ meters: 1, dataBytes: 200 }, 1);
    const page = createManagerPage();
    for (let end = 5; end <= 50; end += 5) {
      assert.equal(send(store, 0, end - 5, end), 'stored');
      store.freeze(page);
    }
    assert.equal(store.droppedPages, 5);
    assert.equal(gapsOf(store, 0), '0-24');
    assert.isFalse(store.hasRoomForBackfill);
    assert.equal(backfill(store, 0, 0, 5), 'no-room');
    assert.throws(
      () => store.readReport({ ...page, counter: 0 }, 0, new Uint8Array(99), 0),
      LimfsError,
      'dropped',
    );
    const seen: number[] = [];
    drain(store, (_page, cells) => seen.push(cells[0]!.first));
    assert.deepEqual(seen, [25, 30, 35, 40, 45]);
    assert.isTrue(store.hasRoomForBackfill);
    assert.equal(backfill(store, 0, 0, 5), 'filled');
    assert.equal(gapsOf(store, 0), '5-24');
  });

  it('asks only for what no later page has', () => {
    const { store } = create({ meters: 1, dataBytes: 200 }, 1);
    for (let end = 5; end <= 12; end += 1) {
      send(store, 0, end - 5, end);
      store.freeze(createManagerPage());
    }
    assert.equal(store.droppedPages, 3);
    assert.equal(gapsOf(store, 0), '0-2');
  });

  it('drops an open fill page where there is no other room for a window', () => {
    const { store } = create({ meters: 1, dataBytes: 40 }, 1);
    assert.equal(send(store, 0, 0, 3, { errorAt: 2 }), 'filled');
    assert.equal(send(store, 0, 3, 8), 'stored');
    assert.equal(store.droppedPages, 1);
    assert.equal(gapsOf(store, 0), '0-2');
    assert.isFalse(store.report(createManagerPage()));
    store.freeze(createManagerPage());
    assert.deepEqual(windowsIn(store), ['0:3-7']);
  });

  it('counts the readings of a meter that is gone', () => {
    const { store } = create({ meters: 1, dataBytes: 200 }, 1);
    for (let end = 5; end <= 7; end += 1) {
      send(store, 0, end - 5, end);
      store.freeze(createManagerPage());
    }
    store.replaceMeter(0, [1, 50], 0, START_SECONDS);
    for (let end = 5; end <= 9; end += 1) {
      send(store, 0, end - 5, end);
      store.freeze(createManagerPage());
    }
    assert.equal(store.droppedPages, 3);
    assert.equal(store.ownerlessReadings, 7);
  });

  it('uses reported pages again before any other', () => {
    const { store } = create({ meters: 1, dataBytes: 200 }, 1);
    const page = createManagerPage();
    for (let end = 5; end <= 500; end += 1) {
      send(store, 0, end - 5, end);
      store.freeze(page);
      if (end % 4 === 0) drain(store, () => undefined);
    }
    assert.equal(store.droppedPages, 0);
    assert.equal(store.pages, 5);
  });
});

describe("local manager's store: meters come, go and are exchanged", () => {
  it('adds a meter without touching stored pages', () => {
    const { store } = create({}, 1);
    send(store, 0, 0, 3);
    const place = store.addMeter([1, 77], 100);
    assert.equal(place, 1);
    assert.equal(store.placeOf([1, 77]), 1);
    assert.equal(send(store, 1, 100, 103), 'rolled');
    assert.equal(send(store, 0, 0, 4), 'stored');
    store.freeze(createManagerPage());
    const windows: string[] = [];
    drain(store, (page, cells) => {
      windows.push(`${page.cells}`, ...cells.map(({ place: at, first, end }) => `${at}:${first}-${end - 1}`));
    });
    assert.deepEqual(windows, ['1', '0:0-2', '2', '0:0-3', '1:100-102']);
  });

  it('removes a meter, says what it owed, and keeps its stored pages', () => {
    const { store } = create();
    send(store, 0, 0, 3);
    send(store, 1, 0, 3);
    send(store, 1, 5, 8);
    store.removeMeter(1, START_SECONDS);
    assert.isNull(store.meterAt(1));
    assert.throws(() => send(store, 1, 8, 9), LimfsError, 'no meter');
    assert.throws(() => store.removeMeter(1, START_SECONDS), LimfsError, 'no meter');
    store.freeze(createManagerPage());
    const cells: string[] = [];
    drain(store, (_page, all) =>
      cells.push(...all.map((cell) => `${cell.kind} ${cell.place}:${cell.first}-${cell.end - 1}`)),
    );
    assert.includeMembers(cells, ['1 0:0-2', '1 1:0-2', '1 1:5-7', '3 1:3-4']);
  });

  it('asks again for what the server never got, and calls that lost only with a doubt', () => {
    const { medium, store } = create({}, 1);
    send(store, 0, 0, 4);
    send(store, 0, 4, 8);
    store.freeze(createManagerPage());
    drain(store, () => undefined);
    assert.equal(store.missAgain(0, 2, 100), 6, 'what it has not heard of is not asked for');
    assert.equal(gapsOf(store, 0), '2-7');
    const mounted = mountManagerStore(medium);
    assert.equal(gapsOf(mounted, 0), '2-7');
    assert.equal(mounted.missAgain(0, 8, 12), 0);
    assert.equal(backfill(mounted, 0, 2, 6), 'filled');
    assert.equal(gapsOf(mounted, 0), '6-7');
    mounted.loseBefore(0, 8, LostReason.overwrittenAtMeter, START_SECONDS);
    mounted.freeze(createManagerPage());
    const cells: string[] = [];
    drain(mounted, (_page, all) =>
      cells.push(
        ...all.map(({ kind, first, end, block }) => `${kind} ${first}-${end - 1} ${block.split(' ')[8]}`),
      ),
    );
    assert.equal(mounted.missAgain(0, 2, 8), 6);
    const uncertain = LostReason.overwrittenAtMeter | LOST_UNCERTAIN;
    assert.deepEqual(cells.slice(-1), [`${CellKind.lost} 6-7 ${uncertain}`]);
  });

  it('does not ask again for what waits to be reported, in a window or a fill page', () => {
    const { store } = create({}, 2);
    send(store, 0, 0, 4);
    store.freeze(createManagerPage());
    send(store, 0, 4, 6);
    send(store, 1, 0, 9);
    send(store, 0, 10, 12);
    backfill(store, 0, 6, 8);
    assert.equal(gapsOf(store, 0), '8-9');
    assert.equal(store.missAgain(0, 0, 12), 2, 'only the gap');
    assert.equal(gapsOf(store, 0), '8-9');
    drain(store, () => undefined);
    assert.equal(store.missAgain(0, 0, 12), 6);
    assert.equal(gapsOf(store, 0), '0-3 8-9');
  });

  it('leaves a gap as certain as it was when the server misses it too', () => {
    const { store } = create({}, 1);
    send(store, 0, 0, 3);
    send(store, 0, 9, 12);
    assert.equal(store.missAgain(0, 4, 8), 4);
    assert.equal(gapsOf(store, 0), '3-8');
    assert.equal(store.meterAt(0)!.gaps.uncertain[0], 0);
    assert.throws(() => store.missAgain(1, 0, 3), LimfsError, 'no meter');
  });

  it('keeps the last window of a replaced meter beside the first of the next', () => {
    const { store } = create();
    send(store, 0, 0, 3);
    send(store, 1, 0, 3);
    store.replaceMeter(0, [2, 2], 40, START_SECONDS);
    assert.equal(send(store, 0, 40, 42, { meter: 9 }), 'rolled');
    store.freeze(createManagerPage());
    const cells: string[] = [];
    drain(store, (_page, all) =>
      cells.push(...all.map((cell) => `${cell.storeLow}:${cell.first}-${cell.end - 1}`)),
    );
    assert.deepEqual(cells, ['0:0-2', '1:0-2', '2:40-41']);
  });

  it('refuses a meter twice, one too many, and one that is not there', () => {
    const { store } = create({}, 4);
    assert.throws(() => store.addMeter([1, 2], 0), LimfsError, 'already');
    assert.throws(() => store.addMeter([1, 9], 0), LimfsError, 'formatted for');
    assert.throws(() => store.replaceMeter(0, [1, 2], 0, 0), LimfsError, 'already');
    assert.throws(() => send(store, 4, 0, 1), LimfsError, 'no meter');
    assert.throws(() => send(store, -1, 0, 1), LimfsError, 'no meter');
  });
});
