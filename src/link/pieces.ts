import { ahead } from '../../lib/limfs/sequence.js';

/** A message longer than a packet goes in so many pieces at most. */
export const MAXIMUM_PIECES = 16;

/** In front of a piece: its index in the upper half of a byte, their number less one in the lower. */
export const PIECE_HEADER_BYTES = 1;

/** Peers whose messages are joined at a time, one message each. */
const MAXIMUM_PEERS = 8;

/** After so long a message that is not whole is given up. */
const PATIENCE_SECONDS = 60;

export function pieceHeader(index: number, count: number): number {
  return (index << 4) | (count - 1);
}

/** A message of one peer, of which some pieces have come. */
interface Joint {
  source: number;
  /** Counter of the packet with the first piece: the others' follow, so it names the message. */
  firstCounter: number;
  count: number;
  startSeconds: number;
  /** Bits of the pieces that are here; 0: the place is free. */
  present: number;
  /** Pieces at multiples of `stride`; grows with the longest message that ever came. */
  bytes: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Joins pieces into messages; in whatever order they come, and however often. */
export class PieceJoiner {
  /** Messages that were given up: too old, or a newer one of the same peer or of too many peers took their place. */
  abandoned = 0;
  /** Pieces that say nothing sensible, or belong to a message that was given up. */
  refused = 0;
  /** The message of the last `add` that returned a length; stays until the next `add`. */
  message: Uint8Array = new Uint8Array(0);
  readonly #stride: number;
  readonly #joints: Joint[] = [];

  /** No piece is longer than `maximumBytes`. */
  constructor(maximumBytes: number) {
    this.#stride = maximumBytes;
  }

  /**
   * Takes the body bytes[offset, offset + length) of the packet `counter` from `source`. Returns the length of `message`
   * when it was the last piece missing, else 0.
   */
  add(
    timeSeconds: number,
    source: number,
    counter: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): number {
    const header = bytes[offset] ?? 0;
    const index = header >>> 4;
    const count = (header & 15) + 1;
    const pieceBytes = length - PIECE_HEADER_BYTES;
    if (pieceBytes < 1 || pieceBytes > this.#stride || index >= count || count < 2) {
      this.refused += 1;
      return 0;
    }
    this.#forgetOld(timeSeconds);
    const joint = this.#jointFor(timeSeconds, source, (counter - index) >>> 0, count);
    if (joint === null) return 0;
    joint.bytes.set(bytes.subarray(offset + PIECE_HEADER_BYTES, offset + length), index * this.#stride);
    joint.lengths[index] = pieceBytes;
    joint.present |= 1 << index;
    return joint.present === (1 << count) - 1 ? this.#join(joint) : 0;
  }

  /** A clock that was set back ends a message too. */
  #forgetOld(timeSeconds: number): void {
    for (const joint of this.#joints) {
      const age = timeSeconds - joint.startSeconds;
      if (joint.present !== 0 && (age < 0 || age > PATIENCE_SECONDS)) this.#abandon(joint);
    }
  }

  #abandon(joint: Joint): void {
    joint.present = 0;
    this.abandoned += 1;
  }

  /** The place of a message, a new one if need be; null when a newer message of this peer has begun. */
  #jointFor(timeSeconds: number, source: number, firstCounter: number, count: number): Joint | null {
    const known = this.#joints.find((joint) => joint.present !== 0 && joint.source === source);
    if (known !== undefined) {
      const newer = ahead(firstCounter, known.firstCounter);
      if (newer === 0 && known.count === count) return known;
      if (newer <= 0) {
        this.refused += 1;
        return null;
      }
      this.#abandon(known);
    }
    const joint = known ?? this.#place();
    joint.source = source;
    joint.firstCounter = firstCounter;
    joint.count = count;
    joint.startSeconds = timeSeconds;
    joint.present = 0;
    if (joint.bytes.length < count * this.#stride) joint.bytes = new Uint8Array(count * this.#stride);
    return joint;
  }

  /** A free place, or the one whose message began first. */
  #place(): Joint {
    const free = this.#joints.find((joint) => joint.present === 0);
    if (free !== undefined) return free;
    if (this.#joints.length < MAXIMUM_PEERS) {
      const joint: Joint = {
        source: 0,
        firstCounter: 0,
        count: 0,
        startSeconds: 0,
        present: 0,
        bytes: new Uint8Array(0),
        lengths: new Uint8Array(MAXIMUM_PIECES),
      };
      this.#joints.push(joint);
      return joint;
    }
    const oldest = this.#joints.reduce((first, joint) =>
      joint.startSeconds < first.startSeconds ? joint : first,
    );
    this.#abandon(oldest);
    return oldest;
  }

  /** Moves the pieces together where they lie. */
  #join(joint: Joint): number {
    let end = 0;
    for (let index = 0; index < joint.count; index += 1) {
      const start = index * this.#stride;
      joint.bytes.copyWithin(end, start, start + joint.lengths[index]!);
      end += joint.lengths[index]!;
    }
    joint.present = 0;
    this.message = joint.bytes;
    return end;
  }
}
