import { assert } from 'chai';
import fc from 'fast-check';
import { FrameReader, FrameWriter } from '../../../src/link/frames.js';

const MAXIMUM = 128;
const packet = fc.uint8Array({ minLength: 1, maxLength: MAXIMUM });
/** Noise with many zeros, and runs that are longer than a frame. */
const noise = fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { maxLength: 400 });

function framesOf(packets: readonly Uint8Array[]): number[][] {
  const writer = new FrameWriter(MAXIMUM);
  return packets.map((each) => [...writer.bytes.slice(0, writer.build(each, each.length))]);
}

/** What a reader gives for a stream that comes in pieces of so many bytes. */
function read(stream: readonly number[], pieceBytes: number): { packets: Uint8Array[]; damaged: number } {
  const packets: Uint8Array[] = [];
  const reader = new FrameReader(MAXIMUM, (bytes, length) => packets.push(bytes.slice(0, length)));
  for (let at = 0; at < stream.length; at += pieceBytes) {
    reader.receive(Uint8Array.from(stream.slice(at, at + pieceBytes)));
  }
  return { packets, damaged: reader.damaged };
}

describe('frames', () => {
  it('carry every packet through a stream that is cut into pieces anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 8 }),
        fc.integer({ min: 1, max: 200 }),
        (packets, pieceBytes) => {
          const { packets: read_, damaged } = read(framesOf(packets).flat(), pieceBytes);
          assert.deepEqual(read_, packets);
          assert.equal(damaged, 0);
        },
      ),
    );
  });

  it('hold no zero but the first and the last byte', () => {
    fc.assert(
      fc.property(packet, (each) => {
        const frame = framesOf([each])[0]!;
        assert.deepEqual([frame.indexOf(0), frame.indexOf(0, 1)], [0, frame.length - 1]);
      }),
    );
  });

  it('are found behind any noise', () => {
    fc.assert(
      fc.property(noise, packet, noise, packet, (before, first, between, second) => {
        const [one, two] = framesOf([first, second]);
        const { packets } = read([...before, ...one!, ...between, ...two!], 50);
        assert.deepInclude(packets, first);
        assert.deepEqual(packets.at(-1), second);
      }),
    );
  });

  // The seed stands, because a CRC of 16 bits lets one damaged frame in 65,536 pass: other seeds may meet one.
  it('with damage are counted and never give a wrong packet', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(packet, damage, (each, hits) => {
        const frame = framesOf([each])[0]!;
        for (const [at, bits] of hits) frame[at % frame.length]! ^= bits;
        const { packets } = read([...frame, 0], 1000);
        for (const wrong of packets) assert.deepEqual(wrong, each);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('that are longer than any packet are dropped whole', () => {
    const [good] = framesOf([Uint8Array.of(1, 2, 3)]);
    const { packets, damaged } = read([0, ...new Array(10_000).fill(1), ...good!], 64);
    assert.deepEqual(packets, [Uint8Array.of(1, 2, 3)]);
    assert.equal(damaged, 1);
  });
});
