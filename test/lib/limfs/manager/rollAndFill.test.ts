import { assert } from 'chai';
import {
  CellKind,
  createManagerPage,
  LostReason,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { backfill, drain, START_SECONDS, send } from './blocks.js';
import { create, gapsOf, K } from './managerStores.js';

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
