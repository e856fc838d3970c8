import { assert } from 'chai';
import { LineTree } from '../../../src/receiver/lineTree.js';
import { listOf } from '../../lib/limfs/manager/history.js';

/** A tree that was told lists of lines, each as pairs of name and first sequence. */
function treeOf(...told: readonly (readonly (readonly [number, number])[])[]): LineTree {
  const tree = new LineTree();
  for (const pairs of told) {
    const lines = listOf(pairs.map(([name, first]) => ({ name, first, shift: 0 })));
    tree.learn(lines, lines.newest);
  }
  return tree;
}

/** Line 1; line 2 from 10 on; an image of before that: line 3 from 6 on, line 4 from 20 on. */
const set = [
  [
    [1, 0],
    [2, 10],
  ],
  [
    [1, 0],
    [3, 6],
    [4, 20],
  ],
] as const;

describe('tree of lines', () => {
  it('knows which sequences name one reading on two lines', () => {
    const tree = treeOf(...set);
    assert.equal(tree.compare(2, 4, 5), 'same');
    assert.equal(tree.compare(2, 4, 6), 'other');
    assert.equal(tree.compare(1, 2, 9), 'same');
    assert.equal(tree.compare(3, 4, 19), 'same');
    assert.equal(tree.compare(3, 4, 20), 'other');
    assert.equal(tree.compare(2, 0, 30), 'same', 'a line that nobody has named may be any');
    assert.equal(tree.compare(2, 99, 30), 'unknown');
    assert.equal(tree.partingOf(2, 4, 30), 6);
    assert.equal(tree.partingOf(2, 4, 5), 5);
  });

  it('is the same in whatever order it was told, but for the newest line', () => {
    for (const told of [set, [set[1], set[0]], [set[0], set[1], set[0], set[1]]]) {
      const tree = treeOf(...told);
      assert.deepEqual(tree.compare(2, 4, 6), 'other');
      assert.isFalse(tree.hasLooseEnd);
    }
  });

  it('never goes back to a line that another one was begun behind, whatever comes late', () => {
    const tree = treeOf(...set, set[0], [[1, 0]]);
    assert.equal(tree.newest, 4);
    assert.deepEqual(tree.ancestry(100, 9), [
      { name: 1, first: 0 },
      { name: 3, first: 6 },
      { name: 4, first: 20 },
    ]);
    assert.deepEqual(tree.ancestry(19, 1), [{ name: 3, first: 6 }]);
    assert.deepEqual(tree.ancestry(-1, 9), []);
  });

  it('says that too little was told where a line goes on from nobody knows where', () => {
    const tree = treeOf([[1, 0]], [[5, 30]]);
    assert.isTrue(tree.hasLooseEnd);
    assert.equal(tree.compare(1, 5, 20), 'unknown');
    const lines = listOf([
      { name: 1, first: 0, shift: 0 },
      { name: 5, first: 30, shift: 0 },
    ]);
    tree.learn(lines, lines.newest);
    assert.isFalse(tree.hasLooseEnd);
    assert.equal(tree.compare(1, 5, 20), 'same');
    assert.equal(tree.newest, 5);
  });
});
