import { assert } from 'chai';
import { createManagerPage, mountManagerStore } from '../../../../lib/limfs/manager/index.js';
import { cellsOf, drain, send } from './blocks.js';
import { create } from './managerStores.js';

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
