import { assert } from 'chai';

describe('a failing assertion', () => {
  it('makes the run fail', () => {
    assert.equal(1, 2);
  });
});
