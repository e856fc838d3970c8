import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { RecordPair } from '../areas/record.js';
import { type Fold, foldDown, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';

const KIND = 0x0307;
/** Six bytes of count and four of frame. */
const COPY_BYTES = 10;
const COUNT_BYTES = COPY_BYTES - 4;

/** What the record takes on a medium whose bytes can be rewritten. */
export const PULSE_BYTES = 2 * COPY_BYTES;
/** The register of any real meter is far below: at 1000 pulses a second it lasts for 8,900 years. */
export const MAXIMUM_PULSES = 2 ** 48 - 1;

/** A small record that is replaced as a whole: two copies on FRAM, a log on NOR flash. */
export type PulseRecord = Pick<RecordPair, 'load' | 'store' | 'payloadBytes' | 'payloadOffset' | 'buffer'>;

/**
 * The record of a counter on FRAM. Its checksum is not seeded with a store id, because the register goes on when a
 * store is formatted.
 */
export function framPulseRecord(medium: Medium, address: number, fold: Fold = foldDown): RecordPair {
  if (medium.eraseBytes !== 1) {
    throw new LimfsError('parameter-range', 'this record needs bytes that can be rewritten');
  }
  return new RecordPair(medium, address, COPY_BYTES, seed(1, KIND), fold);
}

/**
 * Counts pulses for ever. On FRAM each `add` is durable when it returns, with one transfer of ten data bytes: the
 * whole count goes into the older of two copies, so a cut leaves the count before or after, never a mixture.
 *
 * On a medium that wears, `unsavedPulses` of them may stay in RAM: a port with a power-fail input calls `flush` from
 * it and loses none; without one a cut costs up to `unsavedPulses`.
 */
export class PulseCounter {
  /** What a cut may cost at the most where nobody calls `flush` in time; 0: nothing. */
  readonly unsavedPulses: number;
  private readonly record: PulseRecord;
  private readonly payload: Uint8Array;
  private total: number;
  private saved: number;
  private failed = false;

  /**
   * Loads the count; writes nothing.
   * Errors: `blank` (call `initialisePulses`), `damaged` (no copy checks: only the meter's display knows the count).
   */
  constructor(record: PulseRecord, unsavedPulses = 0) {
    checkRecord(record);
    if (!Number.isInteger(unsavedPulses) || unsavedPulses < 0) {
      throw new LimfsError('parameter-range', 'the pulses that may be lost are an integer, 0 or more');
    }
    this.record = record;
    this.unsavedPulses = unsavedPulses;
    this.payload = new Uint8Array(record.payloadBytes);
    if (!record.load()) {
      const blank = record.buffer.every((byte) => byte === record.buffer[0]);
      throw new LimfsError(
        blank ? 'blank' : 'damaged',
        blank
          ? 'no count was ever stored: initialise it'
          : 'both copies of the count are damaged: set it again',
      );
    }
    const { buffer, payloadOffset } = record;
    this.total = getUint32(buffer, payloadOffset) + getUint16(buffer, payloadOffset + 4) * 0x1_0000_0000;
    this.saved = this.total;
  }

  /** Pulses so far. */
  get count(): number {
    return this.total;
  }

  /** Pulses that a cut would cost now. */
  get unsaved(): number {
    return this.total - this.saved;
  }

  /** Counts pulses: one, or what came in at most 100 ms. Errors: `parameter-range`, `medium-failed`, `needs-mount`. */
  add(pulses = 1): void {
    if (this.failed)
      throw new LimfsError('needs-mount', 'an earlier count may be stored or not: load it again');
    if (!Number.isInteger(pulses) || pulses < 1 || this.total + pulses > MAXIMUM_PULSES) {
      throw new LimfsError(
        'parameter-range',
        `pulses are counted one or more at a time, up to ${MAXIMUM_PULSES}`,
      );
    }
    this.total += pulses;
    if (this.unsaved > this.unsavedPulses) this.flush();
  }

  /** Makes every pulse durable; for the power-fail input and before planned resets. No transfer when all are. */
  flush(): void {
    if (this.unsaved === 0) return;
    this.failed = true;
    putCount(this.payload, this.total);
    this.record.store(this.payload);
    this.saved = this.total;
    this.failed = false;
  }
}

/** Sets the count: at the first start, and after a meter or its mechanics were exchanged. Errors: `parameter-range`. */
export function initialisePulses(record: PulseRecord, count = 0): void {
  checkRecord(record);
  if (!Number.isInteger(count) || count < 0 || count > MAXIMUM_PULSES) {
    throw new LimfsError('parameter-range', `a count is an integer, 0 to ${MAXIMUM_PULSES}`);
  }
  const payload = new Uint8Array(record.payloadBytes);
  putCount(payload, count);
  record.store(payload);
}

function checkRecord({ payloadBytes }: PulseRecord): void {
  if (payloadBytes >= COUNT_BYTES) return;
  throw new LimfsError(
    'parameter-range',
    `a count takes ${COUNT_BYTES} bytes, the record has ${payloadBytes}`,
  );
}

function putCount(payload: Uint8Array, count: number): void {
  putUint32(payload, 0, count % 0x1_0000_0000);
  putUint16(payload, 4, Math.floor(count / 0x1_0000_0000));
}
