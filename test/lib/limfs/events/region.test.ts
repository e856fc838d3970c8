import { assert } from 'chai';
import { LimfsError } from '../../../../lib/limfs/errors.js';
import { MediumRegion } from '../../../../lib/limfs/events/region.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { describeMediumContract } from '../medium/mediumContract.js';

describeMediumContract('a region of a medium', () => ({
  medium: new MediumRegion(new RamMedium(8192), 1000, 4096),
  edges: [],
}));

describe('a region of a medium', () => {
  it('leaves every byte outside itself alone', () => {
    const whole = new RamMedium(300);
    const region = new MediumRegion(whole, 100, 100);
    region.write(0, new Uint8Array(100).fill(7), 0, 100);
    assert.deepEqual(
      [...whole.image].map((byte, address) => [byte, address]).filter(([byte]) => byte !== 0),
      Array.from({ length: 100 }, (_, index) => [7, 100 + index]),
    );
  });

  it('refuses to reach outside its medium or to cut an erase unit', () => {
    const sectors = Object.assign(new RamMedium(8192), { eraseBytes: 4096 });
    assert.throws(() => new MediumRegion(new RamMedium(300), 200, 101), LimfsError, 'outside');
    assert.throws(() => new MediumRegion(sectors, 100, 4096), LimfsError, 'erase units');
    assert.equal(new MediumRegion(sectors, 4096, 4096).eraseBytes, 4096);
  });
});
