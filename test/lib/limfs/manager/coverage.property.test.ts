import { assert } from 'chai';
import fc from 'fast-check';
import {
  bringsMissing,
  coverByFill,
  coverByWindow,
  slidingOut,
} from '../../../../lib/limfs/manager/coverage.js';
import { Meter } from '../../../../lib/limfs/manager/meterTable.js';

/** Near the end of the u32 sequences, so that they run over in most histories. */
const START = 0xffff_ffe0;

/** Which readings stand where, reading by reading. */
class Model {
  readonly meter = new Meter();
  /** Readings in pages that take no windows any more, in fill pages, or reported. */
  readonly elsewhere = new Set<number>();
  readonly cell = new Set<number>();
  page = 1;
  next = START;
  needless = 0;

  constructor() {
    const { meter } = this;
    meter.next = START;
    meter.cellFirst = START;
    meter.cellEnd = START;
    meter.settled = START;
    meter.islandFirst = START;
    meter.islandEnd = START;
  }

  window(first: number, end: number): void {
    const { meter, elsewhere, cell } = this;
    if (!bringsMissing(meter, first, end) || ((end - meter.next) | 0) <= 0) return;
    const range = { first: 0, end: 0 };
    const kept = [...cell].filter((sequence) => sequence < first && !elsewhere.has(sequence));
    if (meter.page === this.page && slidingOut(meter, first, range)) {
      if (kept.length === 0) this.needless += 1;
      this.roll();
    } else if (meter.page === this.page) assert.isEmpty(kept, 'slides out unseen');
    coverByWindow(meter, this.page, first >>> 0, end >>> 0);
    cell.clear();
    for (let sequence = first; sequence < end; sequence += 1) cell.add(sequence);
    this.next = Math.max(this.next, end);
  }

  fill(first: number, end: number): void {
    if (!bringsMissing(this.meter, first, end)) return;
    coverByFill(this.meter, first >>> 0, end >>> 0);
    for (let sequence = first; sequence < end; sequence += 1) this.elsewhere.add(sequence);
    this.next = Math.max(this.next, end);
  }

  roll(): void {
    for (const sequence of this.cell) this.elsewhere.add(sequence);
    this.cell.clear();
    this.page += 1;
  }

  /** A page that holds these is dropped before it was reported; that happens only while no window page is open. */
  drop(first: number, end: number): void {
    this.roll();
    for (let sequence = first; sequence < end; sequence += 1) {
      if (!this.elsewhere.delete(sequence)) continue;
      this.meter.gaps.add(sequence >>> 0, (sequence + 1) >>> 0, true);
    }
  }

  check(): void {
    assert.equal(this.meter.next, this.next >>> 0);
    for (let sequence = START; sequence < this.next; sequence += 1) {
      const missing = this.meter.gaps.overlaps(sequence >>> 0, (sequence + 1) >>> 0);
      assert.isTrue(
        this.cell.has(sequence) || this.elsewhere.has(sequence) || missing,
        `${sequence} is nowhere`,
      );
    }
  }
}

const step = fc.record({
  kind: fc.constantFrom('window', 'window', 'window', 'fill', 'fill', 'roll', 'drop'),
  back: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 12 })),
  ahead: fc.integer({ min: -8, max: 6 }),
});

describe('where the readings of a meter stand', () => {
  it('is never claimed wrongly, and hardly ever forgotten', () => {
    let needless = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const { kind, back, ahead } of steps) {
          const end = Math.max(START + 1, model.next + ahead);
          const first = Math.max(START, end - 1 - back);
          if (kind === 'window') model.window(first, end);
          else if (kind === 'fill') model.fill(first, end);
          else if (kind === 'drop') model.drop(first, end);
          else model.roll();
          model.check();
        }
        needless += model.needless;
      }),
      { numRuns: 3000 },
    );
    // Out of 60,000 windows and more.
    assert.isBelow(needless, 60);
  });

  it('is not claimed of a fill page that was dropped', () => {
    const model = new Model();
    model.window(START, START + 2);
    model.fill(START + 5, START + 6);
    model.drop(START + 5, START + 6);
    model.window(START + 5, START + 8);
    model.window(START + 6, START + 9);
    assert.equal(model.page, 3);
    model.check();
  });
});
