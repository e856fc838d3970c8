import { type Fold, seed, stored } from '../checksum.js';
import { assert } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { getUint16, putUint16 } from './bytes.js';

/** Checksum in front, counter and mark behind the payload. */
const FRAME_BYTES = 4;
/** The mark, written last, is the counter seen through this mask: a torn copy keeps its old mark and shows it. */
const MARK = 0xa5;

/** A small record of fixed size, wherever it is kept. */
export interface SmallRecord {
  readonly payloadBytes: number;
  /** Where the payload lies in `buffer` after `load` has found one. */
  readonly payloadOffset: number;
  readonly buffer: Uint8Array;
  /** Reads the newest whole copy; false when there is none. */
  load(): boolean;
  /** Stores a payload of `payloadBytes`; durable and committed on return. */
  store(payload: Uint8Array): void;
  /** No record yet. */
  clear(): void;
}

/**
 * A small record in two copies. The writer overwrites the older or the invalid one, so that one whole copy exists at
 * every moment; the last byte commits. A counter of eight bits is enough to tell which of two neighbours is newer.
 */
export class RecordPair implements SmallRecord {
  private readonly medium: Medium;
  private readonly address: number;
  private readonly copyBytes: number;
  private readonly seedSum: number;
  private readonly fold: Fold;
  private readonly bytes: Uint8Array;
  private readonly words: Uint16Array;
  /** Copy and counter of the newest whole record; -1 before `load` and when there is none. */
  private newest = -1;
  private counter = 0;
  /** Whether a copy did not pass its check in the last `load`: a torn write, or damage. */
  damaged = false;

  /** `copyBytes` is even and includes four bytes of frame; `seedSum` stands for the store and the kind of record. */
  constructor(medium: Medium, address: number, copyBytes: number, seedSum: number, fold: Fold) {
    assert((copyBytes & 1) === 0, 'a record has whole words');
    this.medium = medium;
    this.address = address;
    this.copyBytes = copyBytes;
    this.seedSum = seedSum;
    this.fold = fold;
    this.bytes = new Uint8Array(2 * copyBytes);
    this.words = new Uint16Array(this.bytes.buffer);
  }

  get payloadBytes(): number {
    return this.copyBytes - FRAME_BYTES;
  }

  /** Reads both copies in one transfer; true when a whole one exists. The payload then lies in `payload`. */
  load(): boolean {
    this.medium.read(this.address, this.bytes, 0, 2 * this.copyBytes);
    this.newest = -1;
    this.damaged = false;
    for (let copy = 0; copy < 2; copy += 1) {
      const state = this.examine(copy);
      if (state === 'damaged') this.damaged = true;
      if (state !== 'whole') continue;
      const counter = this.bytes[(copy + 1) * this.copyBytes - 2]!;
      if (this.newest < 0 || ((counter - this.counter) & 0xff) < 0x80) {
        this.newest = copy;
        this.counter = counter;
      }
    }
    return this.newest >= 0;
  }

  /** Where the payload of the newest whole copy starts in `buffer`; `load` must have found one. */
  get payloadOffset(): number {
    assert(this.newest >= 0, 'a record was loaded');
    return this.newest * this.copyBytes + 2;
  }

  get buffer(): Uint8Array {
    return this.bytes;
  }

  /** Stores a payload of `payloadBytes` into the older copy; durable and committed on return. */
  store(payload: Uint8Array): void {
    assert(payload.length === this.payloadBytes, 'a payload fills its record');
    if (this.newest < 0) this.load();
    const copy = this.newest === 0 ? 1 : 0;
    const start = copy * this.copyBytes;
    const end = start + this.copyBytes;
    const counter = this.newest < 0 ? 1 : (this.counter + 1) & 0xff;
    this.bytes.set(payload, start + 2);
    this.bytes[end - 2] = counter;
    this.bytes[end - 1] = counter ^ MARK;
    putUint16(this.bytes, start, this.checkOf(copy));
    this.medium.write(this.address + start, this.bytes, start, this.copyBytes);
    this.newest = copy;
    this.counter = counter;
  }

  /** Writes zeros over both copies: no record yet. */
  clear(): void {
    this.bytes.fill(0);
    this.medium.write(this.address, this.bytes, 0, 2 * this.copyBytes);
    this.newest = -1;
  }

  private examine(copy: number): 'empty' | 'whole' | 'damaged' {
    const end = (copy + 1) * this.copyBytes;
    const counter = this.bytes[end - 2]!;
    const mark = this.bytes[end - 1]!;
    if (counter === 0 && mark === 0) return 'empty';
    if ((counter ^ MARK) !== mark) return 'damaged';
    return getUint16(this.bytes, copy * this.copyBytes) === this.checkOf(copy) ? 'whole' : 'damaged';
  }

  private checkOf(copy: number): number {
    const first = (copy * this.copyBytes) >> 1;
    return stored(this.fold(seed(this.seedSum, copy), this.words, first + (this.copyBytes >> 1), first + 1));
  }
}
