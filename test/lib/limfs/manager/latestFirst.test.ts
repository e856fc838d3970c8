import { assert } from 'chai';
import { LINE } from '../../../../bench/line.js';
import { CellKind, createManagerPage } from '../../../../lib/limfs/manager/index.js';
import { cellsOf, drain, expectedBlock, START_SECONDS, send } from './blocks.js';
import { create, K, windowsIn } from './managerStores.js';

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
    const receive = (bytes: number) =>
      store.receiveWindow(0, { line: LINE, oldestSequence: 0, block: new Uint8Array(bytes) }, START_SECONDS);
    assert.equal(receive(23), 'damaged');
    assert.equal(receive(200), 'damaged');
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
