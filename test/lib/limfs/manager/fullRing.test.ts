import { assert } from 'chai';
import { oneLine } from '../../../../bench/line.js';
import { LimfsError } from '../../../../lib/limfs/index.js';
import { createManagerPage } from '../../../../lib/limfs/manager/index.js';
import { backfill, drain, START_SECONDS, send } from './blocks.js';
import { create, gapsOf, windowsIn } from './managerStores.js';

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
    store.replaceMeter(0, [1, 50], 0, START_SECONDS, oneLine());
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
