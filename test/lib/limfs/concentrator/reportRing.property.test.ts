import { assert } from 'chai';
import fc from 'fast-check';
import {
  formatReportRing,
  MAXIMUM_DEVICES,
  mountReportRing,
  type ReportRing,
  reportBytes,
} from '../../../../lib/limfs/concentrator/index.js';
import { LimfsError } from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../../simulator/random/random.js';
import { compareWaiting, createArrivals, managers, ReportModel } from './reports.js';

interface Subject {
  ring: ReportRing;
  readonly medium: RamMedium;
  readonly model: ReportModel;
  readonly slots: number;
}

const shapes = [
  { sizeBytes: 1500, reportBytes: 34 },
  { sizeBytes: 2200, reportBytes: 128 },
  { sizeBytes: 4096, reportBytes: 300 },
];

/** Stores a report in random pieces; the ring must refuse exactly when what waits leaves no place. */
function append(subject: Subject, seed: number, kind: 'fresh' | 'again' | 'changed'): void {
  const { ring, model } = subject;
  const random = createRandom(seed, 'append');
  const old = model.reports[random.below(Math.max(1, model.reports.length))];
  const fresh = createArrivals(random, 400)();
  let { arrival, body } = fresh;
  if (old !== undefined && kind !== 'fresh') {
    arrival = { ...fresh.arrival, storeId: old.arrival.storeId, pageCounter: old.arrival.pageCounter };
    if (kind === 'again' || random.below(2) === 0) {
      arrival = { ...arrival, checksum: old.arrival.checksum };
      if (kind === 'again') body = old.body;
    }
  }
  const bytes = reportBytes(arrival.headers.length, body.length);
  const held = model.held();
  const fits = held.bytes + bytes <= ring.capacityBytes && held.count < subject.slots;
  const expected = model.expected(arrival, body);
  try {
    ring.begin(arrival);
    for (let at = 0; at < body.length; ) {
      const length = Math.min(body.length - at, 1 + random.below(300));
      ring.write(body, at, length);
      at += length;
    }
    const outcome = ring.finish();
    assert.isTrue(fits, `${outcome} though nothing is free`);
    assert.include(expected, outcome);
    model.add(arrival, body, outcome);
  } catch (error) {
    if (!(error instanceof LimfsError)) throw error;
    assert.include(['ring-full', 'parameter-range'], error.code);
    assert.isFalse(fits, `refused: ${error.message}`);
  }
}

function acknowledge({ ring, model }: Subject, seed: number, oldest: boolean): void {
  const { waiting } = model;
  const one = waiting[oldest ? 0 : seed % Math.max(1, waiting.length)];
  if (one === undefined) return;
  assert.isTrue(ring.acknowledge({ ...one.arrival, copy: one.copy }));
  one.acknowledged = true;
}

function compareOnDemand({ ring, model }: Subject, seed: number): void {
  const random = createRandom(seed, 'range');
  const from = 1_700_000_000 + random.below(60_000) - 30_000;
  const to = from + random.below(40_000);
  const found: number[] = [];
  ring.range(from, to, (report) => {
    if (!report.acknowledged) found.push(report.timeSeconds);
  });
  const expected = model.waiting.map(({ arrival }) => arrival.timeSeconds);
  assert.deepEqual(
    found,
    expected.filter((time) => time >= from && time < to),
  );
  const storeId = managers[seed % managers.length]!;
  const newest = model.reports.filter(({ arrival }) => arrival.storeId[0] === storeId[0]).at(-1);
  if (newest === undefined || newest.acknowledged) return;
  assert.equal(ring.newest(storeId)?.checksum, newest.arrival.checksum);
}

const step = fc.tuple(
  fc.constantFrom('fresh', 'fresh', 'fresh', 'again', 'changed', 'oldest', 'oldest', 'any', 'mount'),
  fc.nat(),
);

describe('ring of reports, against a model', () => {
  it('holds what waits, refuses only when nothing is free, and tells duplicates from conflicts', () => {
    fc.assert(
      fc.property(fc.constantFrom(...shapes), fc.array(step, { maxLength: 120 }), (shape, steps) => {
        const medium = new RamMedium(shape.sizeBytes);
        formatReportRing(medium, { storeId: [1, 2], reportBytes: shape.reportBytes });
        const ring = mountReportRing(medium);
        const slots = ring.capacityBytes / shape.reportBytes;
        const subject: Subject = { ring, medium, model: new ReportModel(), slots };
        for (const [kind, seed] of steps) {
          if (kind === 'mount') subject.ring = mountReportRing(medium);
          else if (kind === 'oldest' || kind === 'any') acknowledge(subject, seed, kind === 'oldest');
          else append(subject, seed, kind as 'fresh' | 'again' | 'changed');
          compareWaiting(subject.ring, subject.model.waiting);
          compareOnDemand(subject, seed);
        }
        assert.deepEqual(subject.ring.findings, []);
        compareWaiting(mountReportRing(medium), subject.model.waiting);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the server nothing that was not stored, whatever bytes of the medium rot', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 6 }),
        (seed, rots) => {
          const medium = new RamMedium(2200);
          formatReportRing(medium, { storeId: [1, 2], reportBytes: 128 });
          const ring = mountReportRing(medium);
          const next = createArrivals(createRandom(seed, 'rot'), 150);
          const stored = new Set<string>();
          for (let count = 0; count < 30; count += 1) {
            const { arrival, body } = next();
            while (ring.freeBytes < 400 + MAXIMUM_DEVICES * 18 || ring.unacknowledged > 5)
              ring.acknowledge(ring.next()!);
            ring.append(arrival, body);
            stored.add(JSON.stringify([arrival.pageCounter, arrival.checksum, [...body]]));
          }
          for (const [place, mask] of rots)
            medium.image[1032 + (place % (medium.image.length - 1032))]! ^= mask;
          const damaged = mountReportRing(medium);
          for (let report = damaged.next(); report !== null; report = damaged.next(report)) {
            const body = new Uint8Array(report.bodyBytes);
            damaged.readBody(report, 0, body, 0, body.length);
            assert.isAtMost(report.headers.length, MAXIMUM_DEVICES);
            assert.isTrue(stored.has(JSON.stringify([report.pageCounter, report.checksum, [...body]])));
          }
          damaged.range(0, 2 ** 32 - 1, () => undefined);
          assert.doesNotThrow(() => damaged.newest());
        },
      ),
      { numRuns: 300 },
    );
  });
});
