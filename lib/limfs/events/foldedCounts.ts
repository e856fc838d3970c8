import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { RecordPair } from '../areas/record.js';
import { type Fold, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { FOLDED_ADDRESS, FOLDED_BYTES, MAXIMUM_COUNT } from './event.js';

const KIND = 0x0305;
const PLACE_BYTES = 8;

/** Events of one code that were counted instead of stored. */
export interface FoldedCount {
  readonly code: number;
  readonly count: number;
}

interface Place extends FoldedCount {
  count: number;
  /** The sequence that was next when counting began: once a later event of the code is stored, it carries the count. */
  readonly since: number;
}

/** Counts of a few codes in a record of two copies: a counted event is one transfer, and survives a power cut. */
export class FoldedCounts {
  private readonly record: RecordPair;
  private readonly payload: Uint8Array;
  private places: Place[] = [];
  /** The record still holds a count that an event carries: it has to go before that event does. */
  stale = false;

  constructor(medium: Medium, storeSeedSum: number, fold: Fold) {
    this.record = new RecordPair(medium, FOLDED_ADDRESS, FOLDED_BYTES, seed(storeSeedSum, KIND), fold);
    this.payload = new Uint8Array(this.record.payloadBytes);
  }

  /** The most codes that can be counted at a time. */
  get capacity(): number {
    return this.payload.length / PLACE_BYTES;
  }

  get counts(): readonly FoldedCount[] {
    return this.places;
  }

  initialise(): void {
    this.record.clear();
  }

  /** `isCarried` tells whether an event of that code with that sequence or a later one is stored. */
  load(isCarried: (code: number, since: number) => boolean): void {
    this.places = [];
    if (!this.record.load()) return;
    const { buffer, payloadOffset } = this.record;
    for (let at = payloadOffset; at < payloadOffset + this.payload.length; at += PLACE_BYTES) {
      const code = getUint16(buffer, at);
      const since = getUint32(buffer, at + 4);
      if (code === 0) continue;
      if (isCarried(code, since)) this.stale = true;
      else this.places.push({ code, count: getUint16(buffer, at + 2), since });
    }
  }

  of(code: number): number {
    return this.places.find((place) => place.code === code)?.count ?? 0;
  }

  /** Counts an event; false when too many codes are being counted already. */
  add(code: number, nextSequence: number): boolean {
    let place = this.places.find((one) => one.code === code);
    if (place === undefined) {
      if (this.places.length === this.capacity) return false;
      place = { code, count: 0, since: nextSequence };
      this.places.push(place);
    }
    place.count = Math.min(place.count + 1, MAXIMUM_COUNT);
    this.store();
    return true;
  }

  /** A stored event carries the count now. */
  remove(code: number): void {
    this.places = this.places.filter((place) => place.code !== code);
    this.store();
  }

  private store(): void {
    this.payload.fill(0);
    this.places.forEach(({ code, count, since }, index) => {
      putUint16(this.payload, index * PLACE_BYTES, code);
      putUint16(this.payload, index * PLACE_BYTES + 2, count);
      putUint32(this.payload, index * PLACE_BYTES + 4, since);
    });
    this.record.store(this.payload);
    this.stale = false;
  }
}
