import { assert } from 'chai';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { describeMediumContract, pattern, readAll } from '../../lib/limfs/medium/mediumContract.js';

describeMediumContract('RAM medium', () => ({ medium: new RamMedium(4096), edges: [] }));

describe('RAM medium', () => {
  it('opens an image in place', () => {
    const image = pattern(64, 1);
    const medium = new RamMedium(image);
    assert.deepEqual(readAll(medium, 0, 64), image);
    medium.write(3, Uint8Array.of(0), 0, 1);
    assert.equal(image[3], 0);
  });
});
