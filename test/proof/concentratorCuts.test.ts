import { assert } from 'chai';
import {
  type Arrival,
  formatReportRing,
  mountReportRing,
  type ReportName,
  type ReportRing,
  reportBytes,
} from '../../lib/limfs/concentrator/index.js';
import type { Medium } from '../../lib/limfs/index.js';
import { createRandom, type Random } from '../../simulator/random/random.js';
import {
  compareWaiting,
  createArrivals,
  ReportModel,
  type Witnessed,
} from '../lib/limfs/concentrator/reports.js';
import { FlashCutRig } from './flashCutRig.js';
import { type CutChoice, CutProof, type Life } from './storeCuts.js';

type Step =
  | {
      readonly kind: 'append';
      readonly arrival: Arrival;
      readonly body: Uint8Array;
      readonly duplicate: boolean;
      readonly conflict: boolean;
    }
  | { readonly kind: 'acknowledge'; readonly name: ReportName };

const TABLE_ADDRESS = 1032;

class ConcentratorLife implements Life<ReportRing, Step> {
  private readonly model = new ReportModel();
  private readonly random: Random;
  private readonly fresh: () => { arrival: Arrival; body: Uint8Array };
  private readonly slots: number;
  private readonly capacity: number;

  constructor(seed: number, slots: number, ordinaryBytes: number, largestBody: number) {
    this.random = createRandom(seed, 'concentrator cuts');
    this.fresh = createArrivals(this.random, largestBody);
    this.slots = slots;
    this.capacity = slots * ordinaryBytes;
  }

  mount(medium: Medium): ReportRing {
    return mountReportRing(medium);
  }

  findings(ring: ReportRing): readonly unknown[] {
    return ring.findings;
  }

  perform(ring: ReportRing, step: Step): void {
    if (step.kind === 'acknowledge') {
      assert.isTrue(ring.acknowledge(step.name), 'known');
      return;
    }
    const outcome = ring.append(step.arrival, step.body);
    const expected = step.duplicate ? 'duplicate' : step.conflict ? 'conflict' : 'stored';
    assert.equal(outcome, expected);
  }

  nextStep(): Step {
    const { waiting } = this.model;
    const { arrival, body } = this.fresh();
    const held = this.model.held();
    const some = waiting[this.random.below(Math.max(1, waiting.length))];
    const bytes = reportBytes(arrival.headers.length, body.length);
    const full = held.count === this.slots || held.bytes + bytes > this.capacity;
    if (some !== undefined && (full || this.random.below(5) < 2)) {
      return acknowledgementOf(full && this.random.below(2) === 0 ? waiting[0]! : some);
    }
    const step = { kind: 'append', arrival, body, duplicate: false, conflict: false } as const;
    if (some === undefined || this.random.below(8) > 0) return step;
    const { storeId, pageCounter } = some.arrival;
    const duplicate =
      this.random.below(2) === 0 && held.bytes + reportBytes(9, some.body.length) <= this.capacity;
    const checksum = duplicate ? some.arrival.checksum : arrival.checksum;
    const again = { ...arrival, storeId, pageCounter, checksum };
    return { ...step, arrival: again, body: duplicate ? some.body : body, duplicate, conflict: !duplicate };
  }

  followingStep(step: Step): Step {
    const { waiting } = this.model;
    if (step.kind === 'append' && waiting.length > 0) return acknowledgementOf(waiting.at(-1)!);
    if (waiting.length > 0 && waiting.length % 2 === 0) return acknowledgementOf(waiting[0]!);
    const storeId = [5, 5] as const;
    const arrival = { storeId, pageCounter: 1, checksum: 1, timeSeconds: 1_700_000_000, headers: [] };
    const held = this.model.held();
    if (held.count === this.slots || held.bytes + reportBytes(0, 10) > this.capacity) {
      return acknowledgementOf(waiting[0]!);
    }
    return { kind: 'append', arrival, body: new Uint8Array(10), duplicate: false, conflict: false };
  }

  examine(ring: ReportRing, step: Step, acknowledged: boolean): boolean {
    const before = this.model.waiting;
    if (step.kind === 'append' && step.duplicate) {
      compareWaiting(ring, before);
      return acknowledged;
    }
    const restore = this.snapshot();
    this.take(step);
    const after = this.model.waiting;
    restore();
    const there = ring.unacknowledged === after.length;
    assert.isTrue(there || !acknowledged, 'what was acknowledged is there');
    compareWaiting(ring, there ? after : before);
    return there;
  }

  take(step: Step): void {
    if (step.kind === 'append') {
      const outcome = step.duplicate ? 'duplicate' : step.conflict ? 'conflict' : 'stored';
      this.model.add(step.arrival, step.body, outcome);
      return;
    }
    const { pageCounter, checksum, copy } = step.name;
    for (const one of this.model.reports) {
      const same = one.arrival.pageCounter === pageCounter && one.arrival.checksum === checksum;
      if (same && one.copy === copy) one.acknowledged = true;
    }
  }

  snapshot(): () => void {
    const { reports } = this.model;
    const marks = reports.map(({ acknowledged }) => acknowledged);
    return () => {
      reports.length = marks.length;
      reports.forEach((one, index) => {
        one.acknowledged = marks[index]!;
      });
    };
  }
}

function acknowledgementOf({ arrival, copy }: Witnessed): Step {
  const { storeId, pageCounter, checksum } = arrival;
  return { kind: 'acknowledge', name: { storeId, pageCounter, checksum, copy } };
}

function proof(
  seed: number,
  slots: number,
  ordinaryBytes: number,
  largestBody: number,
  choice: CutChoice = {},
) {
  const life = new ConcentratorLife(seed, slots, ordinaryBytes, largestBody);
  const sizeBytes = TABLE_ADDRESS + slots * (12 + ordinaryBytes + 1);
  const format = (medium: Medium): void => {
    formatReportRing(medium, { storeId: [seed, 9], reportBytes: ordinaryBytes, sizeBytes });
  };
  return new CutProof(`ring of reports, seed ${seed}`, life, format, choice);
}

describe('A ring of reports after a power cut at every byte', () => {
  it('holds every stored report that waits, and shows none that was cut off', () => {
    const one = proof(1, 6, 70, 200);
    for (let step = 0; step < 120; step += 1) one.cutStep(false);
    assert.isAbove(one.tally.cuts, 7000);
  });

  it('does so for reports longer than a piece of writing, across the end of the ring', () => {
    const one = proof(2, 5, 400, 900);
    for (let step = 0; step < 40; step += 1) one.cutStep(false);
    assert.isAbove(one.tally.cuts, 5000);
  });

  it('does so when the lap byte has gone round', () => {
    const one = proof(3, 4, 70, 40);
    one.live(127 * 8);
    for (let step = 0; step < 60; step += 1) one.cutStep(false);
    assert.isAbove(one.tally.cuts, 2500);
  });

  it('does so when the byte under way is written half', () => {
    const one = proof(5, 5, 70, 60, { mode: 'brownOut' });
    for (let step = 0; step < 60; step += 1) one.cutStep(false);
    assert.isAbove(one.tally.cuts, 2500);
  });

  it('does so after every pair of cuts', () => {
    const one = proof(4, 4, 60, 20);
    one.live(20);
    for (let step = 0; step < 6; step += 1) one.cutStep(true);
    assert.isAbove(one.tally.pairs, 8000);
  });
});

describe('A ring of reports on NOR flash after power cuts inside programs and erasures', () => {
  for (const mode of ['clean', 'brownOut'] as const) {
    it(`holds every stored report that waits, and shows none that was cut off (${mode})`, () => {
      const rig = new FlashCutRig({ sectors: 20, sizeBytes: 64 * 48 });
      const one = proof(6, 6, 70, 200, { rig, mode, stride: 43 });
      for (let step = 0; step < 24; step += 1) one.cutStep(step > 21);
      assert.isAbove(one.tally.cuts, 300);
      assert.isAbove(one.tally.pairs, 200);
    });
  }
});
