import { assert } from 'chai';
import fc from 'fast-check';
import { MAXIMUM_PIECES, PieceJoiner, pieceHeader } from '../../../src/link/pieces.js';

const PIECE_BYTES = 20;

interface Piece {
  readonly source: number;
  readonly counter: number;
  readonly body: Uint8Array;
}

/** A message as its sender takes it apart: every piece full but the last. */
function piecesOf(source: number, firstCounter: number, message: Uint8Array): Piece[] {
  const count = Math.ceil(message.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => ({
    source,
    counter: (firstCounter + index) >>> 0,
    body: Uint8Array.of(
      pieceHeader(index, count),
      ...message.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
    ),
  }));
}

function add(joiner: PieceJoiner, { source, counter, body }: Piece, timeSeconds = 0): number[] | undefined {
  // An offset, because a body never begins a packet.
  const length = joiner.add(timeSeconds, source, counter, Uint8Array.of(9, 9, ...body), 2, body.length);
  return length === 0 ? undefined : [...joiner.message.subarray(0, length)];
}

const long = fc.uint8Array({
  minLength: PIECE_BYTES + 1,
  maxLength: MAXIMUM_PIECES * PIECE_BYTES,
  size: 'max',
});
const counter = fc.constantFrom(0, 77, 0xffff_fff8, 0x7fff_fffc);

function message(byte: number, pieces: number): Uint8Array {
  return new Uint8Array(pieces * PIECE_BYTES - 3).fill(byte);
}

describe('pieces', () => {
  it('join once the last one is there, in whatever order and however often they come', () => {
    fc.assert(
      fc.property(
        fc.array(long, { minLength: 1, maxLength: 8 }),
        counter,
        fc.infiniteStream(fc.nat()),
        fc.nat(),
        (messages, firstCounter, random, loss) => {
          const joiner = new PieceJoiner(PIECE_BYTES);
          const next = () => random.next().value as number;
          const queue = messages.flatMap((each, source) => piecesOf(source, firstCounter, each));
          const lost = queue[loss % queue.length]!;
          const whole = new Set<number>();
          // One piece never comes; any other may come again before its message is whole.
          const waiting = queue.filter((piece) => piece !== lost);
          while (waiting.length > 0) {
            const at = next() % waiting.length;
            const piece = waiting[at]!;
            const joined = add(joiner, piece);
            if (joined !== undefined) {
              assert.deepEqual(joined, [...messages[piece.source]!]);
              assert.isFalse(whole.has(piece.source));
              whole.add(piece.source);
            }
            if (whole.has(piece.source) || next() % 4 !== 0) waiting.splice(at, 1);
          }
          assert.equal(whole.size, messages.length - 1);
          assert.isFalse(whole.has(lost.source));
          assert.deepEqual(add(joiner, lost), [...messages[lost.source]!]);
        },
      ),
    );
  });

  it('of any bytes never join to what nobody sent', () => {
    const body = fc.uint8Array({ maxLength: PIECE_BYTES + 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(40), body, fc.nat(200)), { maxLength: 60 }),
        (pieces) => {
          const joiner = new PieceJoiner(PIECE_BYTES);
          for (const [source, count, bytes, timeSeconds] of pieces) {
            const joined = add(joiner, { source, counter: count, body: bytes }, timeSeconds);
            if (joined !== undefined) assert.isAtMost(joined.length, MAXIMUM_PIECES * PIECE_BYTES);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('wait for 60 seconds and not longer', () => {
    const [first, second] = piecesOf(1, 5, message(1, 2));
    for (const [waitSeconds, joins] of [
      [60, true],
      [61, false],
      [-1, false],
    ] as const) {
      const joiner = new PieceJoiner(PIECE_BYTES);
      add(joiner, first!, 1000);
      assert.equal(add(joiner, second!, 1000 + waitSeconds) !== undefined, joins, `after ${waitSeconds} s`);
      assert.equal(joiner.abandoned, joins ? 0 : 1);
    }
  });

  it('of a newer message end the older one of the same peer, and late ones do not come back', () => {
    const joiner = new PieceJoiner(PIECE_BYTES);
    const older = piecesOf(1, 0xffff_ffff, message(1, 2));
    const newer = piecesOf(1, 1, message(2, 2));
    add(joiner, older[0]!);
    add(joiner, newer[0]!);
    assert.isUndefined(add(joiner, older[1]!));
    assert.deepEqual(add(joiner, newer[1]!), [...message(2, 2)]);
    assert.deepEqual([joiner.abandoned, joiner.refused], [1, 1]);
  });

  it('of a ninth peer take the place of the message that began first', () => {
    const joiner = new PieceJoiner(PIECE_BYTES);
    const peers = Array.from({ length: 9 }, (_, source) => piecesOf(source, 5, message(source, 2)));
    peers.forEach(([first], index) => {
      add(joiner, first!, index);
    });
    assert.equal(joiner.abandoned, 1);
    assert.isUndefined(add(joiner, peers[0]![1]!, 9));
    for (const source of [8, 7, 6, 5, 4, 3, 2]) {
      assert.deepEqual(add(joiner, peers[source]![1]!, 9), [...message(source, 2)], `peer ${source}`);
    }
  });

  it('that say nothing sensible are counted', () => {
    const joiner = new PieceJoiner(PIECE_BYTES);
    const wrong = [
      [],
      [pieceHeader(0, 2)],
      [pieceHeader(0, 1), 1],
      [pieceHeader(2, 2), 1],
      [pieceHeader(0, 2), ...new Uint8Array(PIECE_BYTES + 1)],
    ];
    for (const body of wrong) {
      assert.isUndefined(add(joiner, { source: 1, counter: 5, body: Uint8Array.from(body) }));
    }
    assert.equal(joiner.refused, wrong.length);
  });
});
