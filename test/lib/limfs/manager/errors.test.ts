import { assert } from 'chai';
import { oneLine } from '../../../../bench/line.js';
import { formatMeterStore, LimfsError } from '../../../../lib/limfs/index.js';
import {
  createManagerPage,
  formatManagerStore,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { START_SECONDS, send } from './blocks.js';

const K = 8;
const usual = {
  storeId: [7, 9],
  meters: 2,
  windowReadings: 4,
  readingBytes: K,
  dataBytes: 6 * 4 * K,
} as const;

function formatted(more: Partial<ManagerFormat> = {}): RamMedium {
  const medium = new RamMedium(4096);
  formatManagerStore(medium, { ...usual, ...more });
  return medium;
}

function withMeters(meters: number, more: Partial<ManagerFormat> = {}): ManagerStore {
  const store = mountManagerStore(formatted(more));
  for (let meter = 0; meter < meters; meter += 1) store.addMeter([1, meter], 0, oneLine());
  return store;
}

/** Windows of meter 0, each in a page of its own, none of which is acknowledged. */
function reportHourly(store: ManagerStore, hours: number): void {
  const page = createManagerPage();
  for (let hour = 1; hour <= hours; hour += 1) {
    send(store, 0, 4 * hour - 4, 4 * hour);
    store.freeze(page);
  }
}

/** A full ring, and a meter that owes readings. */
function fullStore(): ManagerStore {
  const store = withMeters(1, { meters: 1 });
  send(store, 0, 4, 8);
  store.freeze(createManagerPage());
  for (let hour = 3; hour <= 7; hour += 1) {
    send(store, 0, 4 * hour - 4, 4 * hour);
    store.freeze(createManagerPage());
  }
  return store;
}

const provocations: readonly (readonly [code: string, message: string, provoke: () => unknown])[] = [
  ['blank', 'blank', () => mountManagerStore(new RamMedium(4096))],
  [
    'role',
    "role 1, no local manager's",
    () => {
      const medium = new RamMedium(4096);
      formatMeterStore(medium, {
        storeId: [1, 2],
        channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
        intervalSeconds: 3600,
      });
      mountManagerStore(medium);
    },
  ],
  ['parameter-range', 'the number of meters is 1 to 100, not 101', () => formatted({ meters: 101 })],
  ['parameter-range', 'do not fit a block of 31', () => formatted({ blockBytes: 31 })],
  ['parameter-range', 'a page does not fit', () => formatted({ meters: 7 })],
  [
    'damaged',
    'both copies of the settings',
    () => {
      const medium = formatted();
      medium.image[488 + 4]! ^= 1;
      medium.image[508 + 4]! ^= 1;
      mountManagerStore(medium);
    },
  ],
  ['meter-unknown', 'no meter has place 1', () => send(withMeters(1), 1, 0, 4)],
  ['meter-unknown', 'no meter has place 2', () => withMeters(2).removeMeter(2, START_SECONDS)],
  ['meter-unknown', 'no meter has place -1', () => withMeters(2).rejoinMeter(-1, 0, START_SECONDS)],
  ['meter-known', 'managed here already', () => withMeters(2).addMeter([1, 1], 0)],
  ['meter-known', 'managed here already', () => withMeters(2).replaceMeter(0, [1, 1], 0, START_SECONDS)],
  ['meters-full', '2 meters are managed here', () => withMeters(2).addMeter([1, 2], 0)],
  [
    'page-gone',
    'page 0 was dropped; ask for the oldest report again',
    () => {
      const store = withMeters(1, { meters: 1 });
      const page = createManagerPage();
      send(store, 0, 0, 4);
      store.freeze(page);
      reportHourly(store, 8);
      assert.isAbove(store.droppedPages, 0);
      store.readReport(page, 0, new Uint8Array(128), 0);
    },
  ],
  ['ring-full', 'let the reports be acknowledged first', () => fullStore().removeMeter(0, START_SECONDS)],
  [
    'ring-full',
    'let the reports be acknowledged first',
    () => fullStore().replaceMeter(0, [2, 2], 0, START_SECONDS),
  ],
  ['ring-full', 'let the reports be acknowledged first', () => fullStore().rejoinMeter(0, 0, START_SECONDS)],
];

describe("Errors of a local manager's store", () => {
  provocations.forEach(([code, message, provoke], index) => {
    it(`${index + 1}: ${code}: ${message}`, () => {
      let caught: unknown;
      try {
        provoke();
      } catch (error) {
        caught = error;
      }
      assert.instanceOf(caught, LimfsError);
      assert.equal(caught.code, code);
      assert.include(caught.message, message);
    });
  });

  it('leave the store and its medium as they are', () => {
    const medium = formatted();
    const store = mountManagerStore(medium);
    store.addMeter([1, 0], 0, oneLine());
    store.addMeter([1, 1], 0, oneLine());
    const before = medium.image.slice();
    assert.throws(() => store.addMeter([1, 1], 0), LimfsError);
    assert.throws(() => store.addMeter([1, 2], 0), LimfsError);
    assert.throws(() => send(store, 2, 0, 4), LimfsError);
    assert.deepEqual(medium.image, before);
    assert.equal(send(store, 0, 0, 4), 'stored');
  });
});
