import { assert } from 'chai';
import { EnvironmentArea, formatMeterStore, LimfsError } from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const environment = {
  networkId: 0xdeadbeef,
  address: 0x1234,
  route: [7, 0xfffe],
  alternateRoute: [1, 2, 3, 4, 5, 6, 7, 8],
  dutyCyclePermille: 10,
  windowReadings: 24,
  lastCommand: 0xfedcba98,
};

describe('environment area', () => {
  it('gives back every variable', () => {
    const medium = new RamMedium(4096);
    new EnvironmentArea(medium, [1, 2]).store(environment);
    assert.deepEqual(new EnvironmentArea(medium, [1, 2]).load(), environment);
  });

  it('is not read with the eyes of another store', () => {
    const medium = new RamMedium(4096);
    new EnvironmentArea(medium, [1, 2]).store(environment);
    assert.isNull(new EnvironmentArea(medium, [1, 3]).load());
  });

  it('begins empty after a format with a new store id', () => {
    const medium = new RamMedium(4096);
    new EnvironmentArea(medium, [1, 2]).store(environment);
    formatMeterStore(medium, {
      storeId: [9, 9],
      channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
      intervalSeconds: 60,
    });
    assert.isNull(new EnvironmentArea(medium, [9, 9]).load());
  });

  it('refuses a route of nine hops', () => {
    const area = new EnvironmentArea(new RamMedium(4096), [1, 2]);
    const route = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    assert.throws(() => area.store({ ...environment, route }), LimfsError, 'at most 8 hops');
    assert.throws(() => area.store({ ...environment, alternateRoute: route }), LimfsError, 'at most 8 hops');
  });
});
