import { assert } from 'chai';
import { crc32 } from '../../../src/link/crc32.js';

const bytes = Uint8Array.from('x123456789x', (character) => character.charCodeAt(0));

describe('crc32', () => {
  it('gives the check value of the standard', () => {
    assert.equal(crc32(bytes, 1, 9), 0xcbf43926);
  });

  it('goes on from what stands before', () => {
    assert.equal(crc32(bytes, 4, 6, crc32(bytes, 1, 3)), 0xcbf43926);
  });
});
