import { assert } from 'chai';
import { crc16 } from '../../../src/link/crc16.js';

describe('crc16', () => {
  it('gives the check value of CRC-16/X-25', () => {
    const bytes = Uint8Array.from('x123456789x', (character) => character.charCodeAt(0));
    assert.equal(crc16(bytes, 1, 9), 0x906e);
  });
});
