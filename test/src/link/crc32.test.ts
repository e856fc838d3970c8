import { assert } from 'chai';
import { crc32 } from '../../../src/link/crc32.js';

describe('crc32', () => {
  it('gives the check value of the standard', () => {
    const bytes = Uint8Array.from('x123456789x', (character) => character.charCodeAt(0));
    assert.equal(crc32(bytes, 1, 9), 0xcbf43926);
  });
});
