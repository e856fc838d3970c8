import { assert } from 'chai';
import { formatMeterStore, InstallArea, LimfsError } from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const install = {
  serialNumber: 'KR-2014-000017',
  bodyNumber: '1/21/908937',
  location: '강릉원주대 7호관 B1',
  firmware: '1.0.0+abc',
  installedSeconds: 1_400_000_000,
  bootCount: 3,
  resetCause: 0,
};

describe('install area', () => {
  it('gives back what commissioning wrote, texts in UTF-8 included', () => {
    const medium = new RamMedium(4096);
    assert.isNull(new InstallArea(medium).load());
    new InstallArea(medium).store(install);
    assert.deepEqual(new InstallArea(medium).load(), install);
  });

  it('survives a format of the data', () => {
    const medium = new RamMedium(4096);
    new InstallArea(medium).store(install);
    formatMeterStore(medium, {
      storeId: [1, 2],
      channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
      intervalSeconds: 3600,
    });
    assert.deepEqual(new InstallArea(medium).load(), install);
  });

  it('refuses a text that is too long, and keeps what was there', () => {
    const medium = new RamMedium(4096);
    const area = new InstallArea(medium);
    area.store(install);
    try {
      area.store({ ...install, serialNumber: 'x'.repeat(25) });
      assert.fail('a serial number of 25 bytes was accepted');
    } catch (error) {
      assert.instanceOf(error, LimfsError);
      assert.equal((error as LimfsError).code, 'record-range');
    }
    assert.deepEqual(new InstallArea(medium).load(), install);
  });
});
