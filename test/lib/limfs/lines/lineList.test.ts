import { assert } from 'chai';
import fc from 'fast-check';
import { LINE_BYTES, LineList } from '../../../../lib/limfs/lines/index.js';

/** Lines as pairs of name and first sequence. */
function listOf(pairs: readonly (readonly [number, number])[], capacity = 16): LineList {
  const list = new LineList(capacity);
  for (const [name, first] of pairs) list.add(name, first);
  return list;
}

function pairsOf({ names, firsts, count }: LineList): number[][] {
  return names.slice(0, count).map((name, index) => [name, firsts[index]!]);
}

describe('list of lines', () => {
  it('lets a line without readings give way to the next one, and the oldest one of too many', () => {
    const list = listOf(
      [
        [1, 0],
        [2, 7],
        [3, 7],
        [4, 9],
        [5, 12],
      ],
      3,
    );
    assert.deepEqual(pairsOf(list), [
      [3, 7],
      [4, 9],
      [5, 12],
    ]);
    assert.equal(list.newest, 5);
    assert.equal(list.indexOf(4), 1);
    assert.equal(list.indexOf(2), -1);
  });

  it('goes through bytes as it is, and reads zeros as nothing', () => {
    const pairs = [
      [0xffff_ffff, 0xffff_fff0],
      [9, 3],
    ] as const;
    const bytes = new Uint8Array(4 * LINE_BYTES);
    listOf(pairs).write(bytes, LINE_BYTES, 0, 2);
    const read = new LineList(16);
    read.read(bytes, 0, 4);
    assert.deepEqual(
      pairsOf(read),
      pairs.map((pair) => [...pair]),
    );
    assert.equal(new LineList(2).newest, 0);
  });

  it('finds where what is known parts from what a meter tells', () => {
    const known = listOf([
      [1, 0],
      [2, 10],
      [3, 20],
    ]);
    const partingFrom = (...told: [number, number][]) => known.partingFrom(listOf(told), 25, 4);
    assert.equal(partingFrom([1, 0], [2, 10], [3, 20]), 25, 'nothing new');
    assert.equal(
      partingFrom([2, 10], [3, 20], [9, 24]),
      24,
      'the end of the newest was not known to be so early',
    );
    assert.equal(partingFrom([3, 20], [9, 30]), 25, 'the meter went on');
    assert.equal(partingFrom([1, 0], [2, 10], [9, 15]), 15, 'an image from the middle of a line');
    assert.equal(partingFrom([1, 0], [9, 12]), 10, 'one that ends where a line began');
    assert.equal(partingFrom([8, 3], [9, 12]), 4, 'none is known: all that the meter may still have');
    assert.equal(
      new LineList(4).partingFrom(listOf([[9, 12]]), 25, 4),
      25,
      'who knows no line claims nothing',
    );
  });

  it('goes on with what a meter tells, and is what the meter has then', () => {
    const lines = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lines, lines, fc.nat(12), (old, fresh, kept) => {
        const grow = (list: LineList, steps: readonly (readonly [number, number])[], offset: number) => {
          let next = list.count === 0 ? 0 : list.firsts[list.count - 1]!;
          steps.forEach(([, gap], index) => {
            next += gap;
            list.add(offset + index, next);
          });
        };
        const known = listOf([[1, 0]]);
        grow(known, old, 100);
        const told = listOf(pairsOf(known).slice(0, 1 + kept) as [number, number][]);
        grow(told, fresh, 200);
        known.goOn(told);
        assert.deepEqual(pairsOf(known), pairsOf(told));
      }),
    );
  });
});
