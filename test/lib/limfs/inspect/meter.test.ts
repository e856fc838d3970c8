import { assert } from 'chai';
import { MediumRegion } from '../../../../lib/limfs/events/index.js';
import {
  formatMeterStore,
  LimfsError,
  type Medium,
  mountMeterStore,
  type StoreId,
} from '../../../../lib/limfs/index.js';
import { inspectMeter } from '../../../../lib/limfs/inspect/meter.js';
import { LINES_BYTES, LineRecord } from '../../../../lib/limfs/lines/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const hour = 3600;
const sizeBytes = 4096;

function filledMedium(readings: number): RamMedium {
  const medium = new RamMedium(sizeBytes);
  formatMeterStore(medium, {
    storeId: [7, 8],
    channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
    intervalSeconds: hour,
  });
  const store = mountMeterStore(medium);
  // Consumptions that jump about, so that pages fill soon.
  for (let index = 0; index < readings; index++)
    store.append(index * hour, [index * 500 + ((index * 7919) % 401)]);
  return medium;
}

function errorCode(medium: Medium): string {
  try {
    inspectMeter(medium);
  } catch (error) {
    if (error instanceof LimfsError) return error.code;
    throw error;
  }
  return 'none';
}

describe('inspectMeter', () => {
  it('lists areas that fill the medium from its start without overlap', () => {
    const { areas } = inspectMeter(filledMedium(0));
    let end = 0;
    for (const { address, sizeBytes: size } of areas) {
      assert.isAtLeast(address, end);
      end = address + size;
    }
    assert.equal(areas[0]!.address, 0);
    assert.isAtMost(end, sizeBytes);
  });

  it('finds an empty store free', () => {
    const report = inspectMeter(filledMedium(0));
    assert.isTrue(report.pages.every(({ state }) => state === 'free'));
    assert.deepEqual([report.readings, report.oldestSequence, report.nextSequence], [0, 0, 0]);
    assert.deepEqual(report.findings, []);
  });

  it('counts in its pages what the store gives, before and after the ring has turned', () => {
    for (const readings of [1, 100, 300, 2000, 5000]) {
      const medium = filledMedium(readings);
      const report = inspectMeter(medium);
      const store = mountMeterStore(medium);
      const inPages = report.pages.reduce((sum, page) => sum + page.readings, 0);
      assert.equal(inPages, store.count, `${readings} readings`);
      assert.equal(report.readings, store.count, `${readings} readings`);
      assert.equal(report.pages.filter(({ state }) => state === 'open').length, 1);
      assert.deepEqual(report.findings, []);
      for (const page of report.pages.filter(({ state }) => state !== 'free')) {
        assert.equal(page.firstTimeSeconds, page.firstSequence * hour);
        assert.equal(page.lastTimeSeconds, (page.firstSequence + page.readings - 1) * hour);
      }
    }
  });

  it('shows a damaged page and loses that page only', () => {
    const medium = filledMedium(2000);
    const before = inspectMeter(medium);
    const page = before.pages.find(({ state }) => state === 'sealed')!;
    medium.image[page.address + before.pageBytes - 10]! ^= 0x10;
    const after = inspectMeter(medium);
    assert.equal(after.pages[page.slot]!.state, 'damaged');
    assert.deepEqual(after.findings, [
      { code: 'page-damaged', slot: page.slot, address: page.address, sizeBytes: before.pageBytes },
    ]);
    assert.equal(after.readings, before.readings - page.readings);
  });

  it('finds the lines of the meter behind its store, whichever copy is whole, and no other meter’s', () => {
    const image = (storeId: StoreId) => {
      const medium = new RamMedium(sizeBytes);
      const storeBytes = sizeBytes - 100 - LINES_BYTES;
      const channels = [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }];
      const region = new MediumRegion(medium, 0, storeBytes);
      formatMeterStore(region, { storeId: [7, 8], channels, intervalSeconds: hour });
      new LineRecord(medium, storeBytes + 100, storeId).begin(0xbeef, 0);
      return { medium, address: storeBytes + 100 };
    };
    const { medium, address } = image([7, 8]);
    const first = { name: 0xbeef, firstSequence: 0 };
    assert.deepEqual(inspectMeter(medium).lines, [{ address, lines: [first] }]);
    new LineRecord(medium, address, [7, 8]).begin(0xcafe, 30);
    const second = { name: 0xcafe, firstSequence: 30 };
    assert.deepEqual(inspectMeter(medium).lines, [{ address, lines: [first, second] }]);
    medium.image[address + LINES_BYTES - 20]! ^= 1;
    assert.deepEqual(inspectMeter(medium).lines, [{ address, lines: [first] }]);
    assert.deepEqual(inspectMeter(image([7, 9]).medium).lines, []);
  });

  it('writes nothing', () => {
    const medium = filledMedium(500);
    const image = medium.image.slice();
    inspectMeter(medium);
    assert.deepEqual(medium.image, image);
  });

  it('says what is no store, and that an image was cut short', () => {
    assert.equal(errorCode(new RamMedium(sizeBytes)), 'blank');
    const foreign = new RamMedium(sizeBytes);
    foreign.image[5] = 5;
    assert.equal(errorCode(foreign), 'foreign');
    assert.equal(errorCode(new RamMedium(filledMedium(100).image.slice(0, 2000))), 'medium-range');
  });
});
