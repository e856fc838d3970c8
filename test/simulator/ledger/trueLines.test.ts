import { assert } from 'chai';
import { TrueLines } from '../../../simulator/ledger/trueLines.js';

describe('true lines', () => {
  it('say of what line each reading is, over images that took some away', () => {
    const lines = new TrueLines();
    lines.begin(1, 0);
    lines.begin(2, 10);
    lines.begin(3, 10);
    lines.setBack(3, 8);
    assert.equal(lines.newest, 1);
    assert.isFalse(lines.isOfImage(1));
    lines.begin(4, 8);
    assert.isTrue(lines.isOfImage(4));
    assert.isFalse(lines.isOfImage(3));
    assert.equal(lines.ownerOf(3, 12), 3);
    assert.equal(lines.ownerOf(3, 9), 1);
    assert.equal(lines.ownerOf(4, 9), 4);
    assert.equal(lines.ownerOf(4, 7), 1);
    assert.equal(lines.ownerOf(2, 9), 1);
    assert.equal(lines.ownerOf(99, 9), 0);
  });

  it('go on with an image that is older than one that was put back since', () => {
    const lines = new TrueLines();
    lines.begin(1, 0);
    lines.setBack(1, 3);
    lines.begin(2, 3);
    lines.setBack(1, 8);
    assert.equal(lines.newest, 1);
    lines.begin(3, 8);
    assert.equal(lines.ownerOf(3, 5), 1);
    assert.equal(lines.ownerOf(2, 5), 2);
  });

  it('begin anew with an image that has no readings', () => {
    const lines = new TrueLines();
    lines.begin(1, 0);
    lines.setBack(1, 0);
    lines.begin(2, 0);
    assert.equal(lines.ownerOf(2, 0), 2);
    assert.equal(lines.ownerOf(1, 0), 1);
  });
});
