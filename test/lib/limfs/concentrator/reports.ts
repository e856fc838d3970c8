import { assert } from 'chai';
import {
  type Arrival,
  type DeviceHeader,
  MAXIMUM_DEVICES,
  type Outcome,
  type Report,
  type ReportRing,
  reportBytes,
} from '../../../../lib/limfs/concentrator/index.js';
import type { StoreId } from '../../../../lib/limfs/index.js';
import type { Random } from '../../../../simulator/random/random.js';

export const managers: readonly StoreId[] = [
  [1, 0xffff_ffff],
  [0xdead_beef, 2],
  [0, 3],
];

/** A report as the test knows it. */
export interface Witnessed {
  readonly arrival: Arrival;
  readonly body: Uint8Array;
  readonly outcome: Outcome;
  /** As the ring says; no two reports of one name may have the same. */
  copy: number;
  acknowledged: boolean;
}

export function bodyOf(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

export function headersOf(random: Random, count: number): DeviceHeader[] {
  return Array.from({ length: count }, (_, hop) => ({
    device: [random.nextUint32(), hop] as const,
    timeSeconds: random.nextUint32(),
    batteryMillivolts: random.below(3) === 0 ? null : random.below(0xffff),
    errors: random.below(0x1_0000),
    rssiDbm: random.below(3) === 0 ? null : random.below(255) - 127,
  }));
}

/** Reads a whole body, a few bytes at a time. */
export function readWhole(ring: ReportRing, report: Report, pieceBytes = 50): Uint8Array {
  const body = new Uint8Array(report.bodyBytes);
  let done = 0;
  while (done < body.length) {
    const count = ring.readBody(report, done, body, done, pieceBytes);
    if (count === 0) break;
    done += count;
  }
  assert.equal(done, body.length, 'the body reads to its end');
  return body;
}

/** Every report that waits, oldest first. */
export function waitingReports(ring: ReportRing): Report[] {
  const reports: Report[] = [];
  for (let report = ring.next(); report !== null; report = ring.next(report)) reports.push(report);
  return reports;
}

/** What a ring must hold; knows the sizes of reports, and nothing of how they are stored. */
export class ReportModel {
  readonly reports: Witnessed[] = [];

  get waiting(): Witnessed[] {
    return this.reports.filter(({ acknowledged }) => !acknowledged);
  }

  /** Bytes from the oldest report that waits to the newest, and how many reports these are. */
  held(): { bytes: number; count: number } {
    const first = this.reports.findIndex(({ acknowledged }) => !acknowledged);
    const held = first < 0 ? [] : this.reports.slice(first);
    return { bytes: held.reduce((sum, one) => sum + bytesOf(one), 0), count: held.length };
  }

  add(arrival: Arrival, body: Uint8Array, outcome: Outcome): void {
    if (outcome === 'duplicate') return;
    this.reports.push({ arrival, body, outcome, copy: 0, acknowledged: false });
  }

  /** What must become of a report; acknowledged ones of its page may or may not still be there. */
  expected(arrival: Arrival, body: Uint8Array): Outcome[] {
    const same = this.reports.filter((other) => samePage(other.arrival, arrival));
    const equal = same.filter(
      (other) => other.arrival.checksum === arrival.checksum && sameBytes(other.body, body),
    );
    if (equal.some(({ acknowledged }) => !acknowledged)) return ['duplicate'];
    const different = same.filter((other) => !equal.includes(other));
    const outcomes: Outcome[] = equal.length > 0 ? ['duplicate'] : [];
    if (different.length > 0) outcomes.push('conflict');
    if (different.every(({ acknowledged }) => acknowledged)) outcomes.push('stored');
    return outcomes;
  }
}

function bytesOf({ arrival, body }: Witnessed): number {
  return reportBytes(arrival.headers.length, body.length);
}

export function samePage(a: Arrival, b: Arrival): boolean {
  return a.storeId[0] === b.storeId[0] && a.storeId[1] === b.storeId[1] && a.pageCounter === b.pageCounter;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Compares all that waits, field by field and byte by byte. */
export function compareWaiting(ring: ReportRing, waiting: readonly Witnessed[]): void {
  const reports = waitingReports(ring);
  assert.equal(reports.length, waiting.length, 'reports that wait');
  assert.equal(ring.unacknowledged, waiting.length, 'their number');
  reports.forEach((report, index) => {
    const { arrival, body, outcome } = waiting[index]!;
    const { pageCounter, checksum, timeSeconds, storeId, headers } = report;
    assert.deepEqual({ pageCounter, checksum, timeSeconds, storeId, headers }, arrival);
    assert.equal(report.conflict, outcome === 'conflict', 'conflict');
    waiting[index]!.copy = report.copy;
    assert.isTrue(sameBytes(readWhole(ring, report, 256), body), 'body');
  });
  const names = reports.map(({ storeId, pageCounter, checksum, copy }) =>
    [...storeId, pageCounter, checksum, copy].join(),
  );
  assert.equal(new Set(names).size, names.length, 'names differ');
}

/** Fresh reports of a few local managers. */
export function createArrivals(
  random: Random,
  largestBody: number,
): () => { arrival: Arrival; body: Uint8Array } {
  const counters = managers.map(() => random.below(0x1_0000));
  let timeSeconds = 1_700_000_000;
  return () => {
    const manager = random.below(managers.length);
    counters[manager]! += 1;
    timeSeconds += random.below(12) === 0 ? -random.below(50_000) : random.below(4000);
    const large = random.below(4) === 0;
    const body = bodyOf(random, 1 + random.below(large ? largestBody : Math.min(40, largestBody)));
    const headers = headersOf(random, random.below(large ? MAXIMUM_DEVICES + 1 : 3));
    const storeId = managers[manager]!;
    const checksum = random.nextUint32();
    return { arrival: { storeId, pageCounter: counters[manager]!, checksum, timeSeconds, headers }, body };
  };
}
