import { assert } from 'chai';
import fc from 'fast-check';
import { LimfsError } from '../../../lib/limfs/index.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';

describe('rows of integers', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { maxLength: 16 }), (values) => {
        assert.deepEqual(readNumbers(numbers(...values)), values);
      }),
    );
  });

  it('are refused by code when the bytes are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          assert.deepEqual(numbers(...readNumbers(bytes)), bytes);
        } catch (error) {
          if (!(error instanceof LimfsError)) throw error;
          assert.equal(error.code, 'packet');
        }
      }),
    );
  });
});
