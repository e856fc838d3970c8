import { assert } from 'chai';
import { oneLine } from '../../../../bench/line.js';
import { LimfsError } from '../../../../lib/limfs/index.js';
import {
  CellKind,
  createManagerPage,
  LOST_UNCERTAIN,
  LostReason,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { backfill, drain, START_SECONDS, send } from './blocks.js';
import { create, gapsOf } from './managerStores.js';

describe("local manager's store: meters come, go and are exchanged", () => {
  it('adds a meter without touching stored pages', () => {
    const { store } = create({}, 1);
    send(store, 0, 0, 3);
    const place = store.addMeter([1, 77], 100, oneLine());
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
    store.replaceMeter(0, [2, 2], 40, START_SECONDS, oneLine());
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
