import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { CLOCK_ADDRESS, CLOCK_BYTES } from '../areas/layout.js';
import { RecordPair } from '../areas/record.js';
import { type Fold, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';

export const CLOCK_KIND = 0x0304;

/** What the clock record says. */
export interface ClockRecord {
  /** Device time when it was written. */
  timeSeconds: number;
  /** The sequence that was next. */
  nextSequence: number;
  /** Checksum of the open page up to there. */
  check: number;
}

/**
 * The current time, kept across a reset (environment area), together with a checksum of the open page. An open page
 * has no checksum of its own, because nothing but its last byte may take part in a commit; written once a minute this
 * record lets the next mount tell damage in it from a whole page.
 */
export class Clock {
  private readonly record: RecordPair;
  private readonly payload: Uint8Array;

  constructor(medium: Medium, storeSeedSum: number, fold: Fold) {
    this.record = new RecordPair(medium, CLOCK_ADDRESS, CLOCK_BYTES, seed(storeSeedSum, CLOCK_KIND), fold);
    this.payload = new Uint8Array(this.record.payloadBytes);
  }

  initialise(): void {
    this.record.clear();
  }

  load(into: ClockRecord): boolean {
    if (!this.record.load()) return false;
    const { buffer, payloadOffset } = this.record;
    into.timeSeconds = getUint32(buffer, payloadOffset);
    into.nextSequence = getUint32(buffer, payloadOffset + 4);
    into.check = getUint16(buffer, payloadOffset + 8);
    return true;
  }

  store(from: ClockRecord): void {
    putUint32(this.payload, 0, from.timeSeconds);
    putUint32(this.payload, 4, from.nextSequence);
    putUint16(this.payload, 8, from.check);
    this.record.store(this.payload);
  }
}
