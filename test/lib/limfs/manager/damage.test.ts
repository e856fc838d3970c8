import { assert } from 'chai';
import { oneLine } from '../../../../bench/line.js';
import { LimfsError, type Medium, mountMeterStore } from '../../../../lib/limfs/index.js';
import {
  createManagerPage,
  formatManagerStore,
  type ManagerFormat,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { ManagerLayout, settingsOf } from '../../../../lib/limfs/manager/managerLayout.js';
import { PageChecksum } from '../../../../lib/limfs/manager/pageChecksum.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { cellsOf, drain, send } from './blocks.js';

const format: ManagerFormat = {
  storeId: [7, 9],
  meters: 2,
  windowReadings: 3,
  readingBytes: 8,
  dataBytes: 8 * 24,
};
const layout = new ManagerLayout(settingsOf(format, 16_384));
const pvtAddress = layout.geometry.tableAddress;

/** Three pages of two windows: one acknowledged, one frozen, one open. */
function create(): RamMedium {
  const medium = new RamMedium(16_384);
  formatManagerStore(medium, format);
  const store = mountManagerStore(medium);
  for (let meter = 0; meter < 2; meter += 1) store.addMeter([1, meter], 0, oneLine());
  const page = createManagerPage();
  for (let end = 3; end <= 5; end += 1) {
    for (let meter = 0; meter < 2; meter += 1) send(store, meter, end - 3, end);
    if (end < 5) store.freeze(page);
    if (end === 3) store.acknowledge(store.storeId, page.counter, page.checksum);
  }
  return medium;
}

function flipped(address: number, mask = 0x10): RamMedium {
  const medium = create();
  medium.image[address]! ^= mask;
  return medium;
}

/** What is still reported: the last sequences of the windows, by meter. */
function reported(medium: RamMedium): string {
  const store = mountManagerStore(medium);
  const seen: string[] = [];
  store.freeze(createManagerPage());
  drain(store, (_page, cells) => seen.push(cells.map(({ place, end }) => `${place}:${end - 1}`).join(' ')));
  return seen.join(', ');
}

function findingsOf(medium: RamMedium): string[] {
  return mountManagerStore(medium).findings.map(({ code }) => code);
}

describe("damage in a local manager's store", () => {
  it('is told from a whole store', () => {
    assert.equal(reported(create()), '0:3 1:3, 0:4 1:4');
    assert.deepEqual(findingsOf(create()), []);
  });

  it('of a cell costs that cell and is found when it is reported', () => {
    const medium = flipped(layout.cellAddress(2) + 40);
    assert.equal(reported(medium), '1:3, 0:4 1:4');
    const store = mountManagerStore(flipped(layout.cellAddress(2) + 40));
    const page = createManagerPage();
    store.report(page);
    cellsOf(store, page);
    assert.deepEqual(store.findings, [{ code: 'cell-damaged', slot: 2 }]);
  });

  it('of a cell behind a page that has been named is known to the next report', () => {
    const medium = create();
    const store = mountManagerStore(medium);
    const named = createManagerPage();
    assert.isTrue(store.report(named));
    medium.image[layout.cellAddress(named.counter) + 20]! ^= 0x10;
    const page = createManagerPage();
    store.freeze(page);
    const checksum = new PageChecksum();
    const cell = new Uint8Array(128);
    checksum.begin(store.storeId, page.counter);
    for (let index = 0; index < page.cells; index += 1) {
      const length = store.readReport(page, index, cell, 0);
      if (length > 0) checksum.add(cell, 0, length);
    }
    assert.notEqual(page.checksum, named.checksum);
    assert.equal(checksum.value, page.checksum);
    assert.isTrue(store.acknowledge(store.storeId, page.counter, page.checksum));
  });

  it('of any bit of a cell that is written never changes what is reported otherwise', () => {
    for (let byte = 0; byte < 28 + 24; byte += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const cells = reported(flipped(layout.cellAddress(3) + byte, 1 << bit));
        assert.equal(cells, '0:3, 0:4 1:4', `byte ${byte}, bit ${bit}`);
      }
    }
  });

  it('of a PVT entry loses no cell', () => {
    assert.equal(reported(flipped(pvtAddress + 12 + 3)), '0:3 1:3, 0:4 1:4');
    assert.deepEqual(findingsOf(flipped(pvtAddress + 24 + 3)), ['head-entry-damaged']);
    assert.equal(reported(flipped(pvtAddress + 24 + 3)), '0:3 1:3, 0:4 1:4');
  });

  it('of one copy of the state, or of both, makes all pages be reported again', () => {
    for (const copies of [[0], [1], [0, 1]]) {
      const medium = create();
      // Once more, so that no record of the log lies over the state.
      send(mountManagerStore(medium), 0, 2, 5);
      for (const copy of copies) medium.image[layout.stateAddress + 52 * copy + 9]! ^= 1;
      assert.deepEqual(findingsOf(medium), ['state-rebuilt'], `${copies}`);
      assert.equal(reported(medium), '0:2 1:2, 0:3 1:3, 0:4 1:4', `${copies}`);
    }
  });

  it('of both copies of the state leaves a store that goes on', () => {
    const medium = create();
    medium.image[layout.stateAddress + 9]! ^= 1;
    medium.image[layout.stateAddress + 61]! ^= 1;
    const store = mountManagerStore(medium);
    assert.equal(send(store, 0, 3, 6), 'stored');
    assert.deepEqual(findingsOf(medium), []);
    assert.equal(reported(medium), '0:2 1:2, 0:3 1:3, 0:4 1:4, 0:5');
  });

  it('of a meter costs what is known of it, until it is added again', () => {
    // The first place's: what was written last lies in the redo log too, and is taken from there.
    const medium = flipped(layout.metersAddress + 13);
    const store = mountManagerStore(medium);
    assert.throws(() => send(store, 0, 3, 6), LimfsError, 'no meter');
    assert.deepEqual(store.findings, [{ code: 'meter-damaged', slot: 0 }]);
    assert.equal(send(store, 1, 3, 6), 'stored');
    assert.equal(store.addMeter([1, 0], 5, oneLine()), 0);
    assert.equal(send(store, 0, 3, 6), 'rolled');
    assert.equal(reported(medium), '0:3 1:3, 0:4 1:5, 0:5');
  });

  it('of a superblock or a copy of the settings is survived', () => {
    assert.deepEqual(findingsOf(flipped(5)), ['superblock-copy-damaged']);
    assert.equal(reported(flipped(488 + 5)), '0:3 1:3, 0:4 1:4');
    assert.equal(reported(flipped(508 + 5)), '0:3 1:3, 0:4 1:4');
    const medium = flipped(488 + 5);
    medium.image[508 + 5]! ^= 1;
    assert.throws(() => mountManagerStore(medium), LimfsError, 'settings');
  });
});

describe("a local manager's store on a medium that fails", () => {
  it('refuses everything after a change that failed, and is whole after a mount', () => {
    const ram = create();
    let writesLeft = Number.POSITIVE_INFINITY;
    const medium: Medium = {
      sizeBytes: ram.sizeBytes,
      eraseBytes: 1,
      writeBytes: 1,
      read: (address, into, offset, length) => ram.read(address, into, offset, length),
      write: (address, from, offset, length) => {
        if (writesLeft === 0) throw new LimfsError('medium-failed', 'no acknowledge');
        writesLeft -= 1;
        ram.write(address, from, offset, length);
      },
      erase: () => undefined,
    };
    let failures = 0;
    // A change after a mount writes out the last record, then its own, then what that holds.
    for (let writes = 0; writes < 10; writes += 1) {
      const store = mountManagerStore(medium);
      const end = 7 + writes;
      writesLeft = writes;
      try {
        send(store, 0, end - 3, end);
      } catch (error) {
        failures += 1;
        assert.equal((error as LimfsError).code, 'medium-failed');
        writesLeft = 100;
        assert.throws(() => send(store, 0, end - 3, end), LimfsError, 'mount');
        assert.throws(() => store.freeze(createManagerPage()), LimfsError, 'mount');
        assert.throws(() => store.meterAt(0), LimfsError, 'mount');
      }
      writesLeft = 100;
      assert.include(
        ['known', 'stored', 'rolled', 'filled'],
        send(mountManagerStore(medium), 0, end - 3, end),
      );
      assert.deepEqual(findingsOf(ram), []);
    }
    assert.isAtLeast(failures, 4);
    assert.isBelow(failures, 10);
  });

  it('is not taken for a meter, nor a blank medium for a store', () => {
    assert.throws(() => mountMeterStore(create()), LimfsError, 'role 3');
    assert.throws(() => mountManagerStore(new RamMedium(4096)), LimfsError, 'blank');
  });
});
