import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { type Fold, seed, stored } from '../checksum.js';
import { assert, LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import {
  isTransactionMedium,
  type TransactionMedium,
  WRITE_HEAD_BYTES,
} from '../transaction/transactionMedium.js';

/** Length of the writes, checksum, counter and mark behind them. */
export const RECORD_FOOT_BYTES = 6;
/** The mark, written last, is the counter seen through this mask: a torn record keeps its old mark and shows it. */
const MARK = 0xa5;

const KIND = 0x0310;

/**
 * Makes several writes one: they are written as one record first, whose last byte commits, and then to their places. A
 * power cut before that byte leaves nothing, a cut behind it leaves a record that is done again.
 *
 * Two places take records in turn, so that a torn record lies beside the last whole one. Records end at the upper end of
 * their place; so counter and mark are always found, and no more is written than the record has.
 *
 * Nothing is written while mounting: until the first write the last record is laid over everything that is read.
 *
 * A medium that makes several writes one by itself (the translation of NOR flash) gets them straight away.
 */
export class RedoLog implements Medium {
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  /** The newest record is whole by its mark but not by its checksum: it has rotted. */
  damaged = false;
  private readonly medium: Medium;
  private readonly together: TransactionMedium | null;
  private readonly address: number;
  private readonly placeBytes: number;
  private readonly seedSum: number;
  private readonly fold: Fold;
  private readonly bytes: Uint8Array;
  private readonly words: Uint16Array;
  /** Bytes of the writes in `bytes`: a transaction that grows, or the last record's. */
  private length = 0;
  /** The writes in `bytes` are committed, but perhaps not all of them have reached their places. */
  private committed = false;
  private failed = false;
  /** Place and counter of the newest record. */
  private place = 1;
  private counter = 0;

  /** `placeBytes` is even: the largest transaction with its heads and its foot. */
  constructor(medium: Medium, address: number, placeBytes: number, seedSum: number, fold: Fold) {
    assert((placeBytes & 1) === 0, 'a record has whole words');
    this.medium = medium;
    this.together = isTransactionMedium(medium) ? medium : null;
    this.address = address;
    this.placeBytes = placeBytes;
    this.seedSum = seed(seedSum, KIND);
    this.fold = fold;
    this.bytes = new Uint8Array(placeBytes);
    this.words = new Uint16Array(this.bytes.buffer);
  }

  get sizeBytes(): number {
    return this.medium.sizeBytes;
  }

  /** No record yet; the newest one goes last, so that an older one never takes its place. */
  clear(): void {
    this.bytes.fill(0, 0, RECORD_FOOT_BYTES);
    this.medium.write(this.endOf(1 - this.place) - RECORD_FOOT_BYTES, this.bytes, 0, RECORD_FOOT_BYTES);
    this.medium.write(this.endOf(this.place) - RECORD_FOOT_BYTES, this.bytes, 0, RECORD_FOOT_BYTES);
  }

  /** Finds the newest record; reads both feet and one record. */
  load(): void {
    let newest = -1;
    let length = 0;
    for (let place = 0; place < 2; place += 1) {
      this.medium.read(this.endOf(place) - RECORD_FOOT_BYTES, this.bytes, 0, RECORD_FOOT_BYTES);
      const counter = this.bytes[4]!;
      if ((counter ^ MARK) !== this.bytes[5]) continue;
      if (newest >= 0 && ((counter - this.counter) & 0xff) >= 0x80) continue;
      newest = place;
      length = getUint16(this.bytes, 0);
      this.counter = counter;
    }
    if (newest < 0) return;
    this.place = newest;
    const foot = (length + 1) & ~1;
    const total = foot + RECORD_FOOT_BYTES;
    this.damaged = total > this.placeBytes;
    if (this.damaged) return;
    this.medium.read(this.endOf(newest) - total, this.bytes, 0, total);
    this.damaged = getUint16(this.bytes, foot + 2) !== this.check(foot);
    if (this.damaged) return;
    this.length = length;
    this.committed = true;
  }

  /**
   * Must be called before anything is changed. Errors: `needs-mount`, when an earlier change was left half-way;
   * `needs-idle`.
   */
  begin(): void {
    this.refuseWhenFailed();
    this.failed = this.length > 0 && !this.committed;
    this.refuseWhenFailed();
    this.together?.refuseWhenFull();
  }

  refuseWhenFailed(): void {
    if (this.failed) throw new LimfsError('needs-mount', 'an earlier change failed; mount the store again');
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.medium.read(address, into, offset, length);
    for (let at = 0; at < this.length; ) {
      const place = getUint32(this.bytes, at);
      const size = getUint16(this.bytes, at + 4);
      const from = Math.max(address, place);
      const end = Math.min(address + length, place + size);
      const source = at + WRITE_HEAD_BYTES - place;
      for (let byte = from; byte < end; byte += 1) into[offset + byte - address] = this.bytes[source + byte]!;
      at += WRITE_HEAD_BYTES + size;
    }
  }

  /** Adds a write to the transaction; it shows in reads at once, and on the medium after `commit`. */
  write(address: number, from: Uint8Array, offset: number, length: number): void {
    if (this.committed) {
      this.failed = true;
      this.apply();
      // An image that came from FRAM: its record would stay the newest one for ever.
      if (this.together !== null) this.clear();
      this.failed = false;
    }
    const end = this.length + WRITE_HEAD_BYTES + length;
    assert(end + 1 + RECORD_FOOT_BYTES <= this.placeBytes, 'a transaction fits its record');
    putUint32(this.bytes, this.length, address);
    putUint16(this.bytes, this.length + 4, length);
    // On XS a copy of a whole buffer costs as much as one of five bytes in a loop.
    if (length === from.length) this.bytes.set(from, end - length);
    else
      for (let index = 0; index < length; index += 1)
        this.bytes[end - length + index] = from[offset + index]!;
    this.length = end;
  }

  erase(): void {
    // Bytes can be rewritten: nothing is ever erased.
  }

  /** Makes all writes since the last commit durable, together. */
  commit(): void {
    this.refuseWhenFailed();
    if (this.length === 0 || this.committed) return;
    this.failed = true;
    const { bytes, length } = this;
    if (this.together !== null) {
      this.together.writeTogether(bytes, length);
      this.length = 0;
      this.failed = false;
      return;
    }
    this.place = 1 - this.place;
    this.counter = (this.counter + 1) & 0xff;
    const foot = (length + 1) & ~1;
    if (foot > length) bytes[length] = 0;
    putUint16(bytes, foot, length);
    putUint16(bytes, foot + 2, this.check(foot));
    bytes[foot + 4] = this.counter;
    bytes[foot + 5] = this.counter ^ MARK;
    const total = foot + RECORD_FOOT_BYTES;
    this.medium.write(this.endOf(this.place) - total, bytes, 0, total);
    this.apply();
    this.failed = false;
  }

  /** Writes what is committed to its places. */
  private apply(): void {
    for (let at = 0; at < this.length; ) {
      const size = getUint16(this.bytes, at + 4);
      this.medium.write(getUint32(this.bytes, at), this.bytes, at + WRITE_HEAD_BYTES, size);
      at += WRITE_HEAD_BYTES + size;
    }
    this.length = 0;
    this.committed = false;
  }

  private endOf(place: number): number {
    return this.address + (place + 1) * this.placeBytes;
  }

  private check(foot: number): number {
    const sum = seed(this.seedSum, this.place | (this.counter << 8));
    return stored(this.fold(sum, this.words, (foot + 2) >> 1, 0));
  }
}
