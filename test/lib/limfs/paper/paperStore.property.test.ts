import { assert } from 'chai';
import fc from 'fast-check';
import { createBatch } from '../../../../lib/limfs/index.js';
import { formatPaperStore, mountPaperStore, type PaperStore } from '../../../../lib/limfs/paper/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../../simulator/random/random.js';
import { storedLaps } from './pages.js';

interface Shape {
  readonly windowReadings: number;
  readonly readingBytes: number;
  readonly extraBytes: number;
  readonly pages: number;
  readonly intervalSeconds: number;
  readonly firstSequence: number;
  /** One reading in so many does not come at the regular time. */
  readonly irregular: number;
}

const anyShape: fc.Arbitrary<Shape> = fc.record({
  windowReadings: fc.integer({ min: 1, max: 12 }),
  readingBytes: fc.integer({ min: 2, max: 24 }),
  extraBytes: fc.integer({ min: 0, max: 9 }),
  pages: fc.integer({ min: 3, max: 90 }),
  intervalSeconds: fc.constantFrom(1, 60, 3600),
  firstSequence: fc.constantFrom(0, 0xffff_ff80),
  irregular: fc.constantFrom(1, 3, 20, 100_000),
});

const SEED = 20_140_915;

interface Taken {
  readonly timeSeconds: number;
  readonly value: number;
  readonly run: number;
}

/** What find() must give: the newest page of the newest run that covers the time, else the nearest before. */
function modelFind(taken: readonly Taken[], from: number, seconds: number): number {
  let best = -1;
  for (let end = taken.length; end > from; ) {
    let start = end - 1;
    while (start > from && taken[start - 1]!.run === taken[end - 1]!.run) start -= 1;
    let before = end - 1;
    while (before >= start && taken[before]!.timeSeconds > seconds) before -= 1;
    if (before >= start) {
      if (before < end - 1 || taken[before]!.timeSeconds === seconds) return before;
      if (best < 0 || taken[before]!.timeSeconds > taken[best]!.timeSeconds) best = before;
    }
    end = start;
  }
  return best;
}

class Life {
  readonly taken: Taken[] = [];
  store: PaperStore;
  readonly medium: RamMedium;
  private readonly shape: Shape;
  private readonly random;
  private readonly batch;

  constructor(shape: Shape, seed: number) {
    const { windowReadings, readingBytes, extraBytes, pages } = shape;
    const blockBytes = windowReadings * readingBytes + extraBytes;
    this.shape = shape;
    this.random = createRandom(seed, 'paper life');
    this.batch = createBatch(windowReadings);
    this.medium = new RamMedium(32_768);
    // A medium that is not new: what lies in the data area may look like anything.
    for (let at = 1000; at < 32_768; at += 1) this.medium.image[at] = this.random.below(256);
    formatPaperStore(this.medium, {
      storeId: [seed, 3],
      ...shape,
      blockBytes,
      dataBytes: pages * blockBytes,
    });
    this.store = mountPaperStore(this.medium);
  }

  append(): void {
    const { random, shape, taken } = this;
    const last = taken[taken.length - 1] ?? { timeSeconds: 1_700_000_000, run: 0 };
    const { intervalSeconds } = shape;
    let step = intervalSeconds;
    if (random.below(shape.irregular) === 0) {
      const back = random.below(6) === 0;
      step = back ? -random.below(20 * intervalSeconds) : random.below(3 * intervalSeconds);
    }
    const value = random.below(30_000) - 15_000;
    const run = step < 0 && taken.length > 0 ? last.run + 1 : last.run;
    const timeSeconds = last.timeSeconds + step;
    assert.equal(this.store.append(timeSeconds, value), (shape.firstSequence + taken.length) >>> 0);
    taken.push({ timeSeconds, value, run });
  }

  mount(): void {
    this.store = mountPaperStore(this.medium);
    assert.deepEqual(this.store.findings, []);
  }

  examine(): void {
    const { store, taken, shape, random } = this;
    assert.equal(store.count, Math.min(taken.length, shape.pages));
    assert.equal(storedLaps(this.medium, taken.length), store.count);
    const from = taken.length - store.count;
    const times = taken.slice(from).map(({ timeSeconds }) => timeSeconds);
    for (let search = 0; search < 30; search += 1) {
      const near = times[random.below(times.length)]!;
      this.search(
        from,
        near + random.below(3) * (random.below(2 * shape.intervalSeconds) - shape.intervalSeconds),
      );
    }
  }

  private search(from: number, seconds: number): void {
    const { batch, shape, taken } = this;
    const wanted = modelFind(taken, from, seconds);
    const found = this.store.find(seconds, batch);
    assert.equal(found, wanted >= 0, `time ${seconds}`);
    if (!found) return;
    const window = taken.slice(Math.max(0, wanted + 1 - shape.windowReadings), wanted + 1);
    assert.deepEqual(
      batch.values.slice(0, batch.count),
      window.map(({ value }) => value),
      `time ${seconds}`,
    );
    assert.equal(batch.times[batch.count - 1], taken[wanted]!.timeSeconds);
    assert.equal(batch.run, taken[wanted]!.run & 0xff);
    assert.equal((batch.firstSequence + batch.count - 1) >>> 0, (shape.firstSequence + wanted) >>> 0);
  }
}

function live(shape: Shape, seed: number, readings: number): void {
  const life = new Life(shape, seed);
  const random = createRandom(seed, 'mounts');
  for (let count = 0; count < readings; count += 1) {
    life.append();
    if (random.below(20) === 0) life.mount();
    if (random.below(60) === 0) life.examine();
  }
  life.mount();
  life.examine();
}

describe("A store in the paper's layout, whatever its shape and its meter", () => {
  it('finds every window by time against a plain list, over laps, mounts, late readings and clocks set back', () => {
    fc.assert(fc.property(anyShape, fc.nat(), fc.integer({ min: 1, max: 700 }), live), {
      numRuns: 60,
      seed: SEED,
    });
  });

  it('does so until its lap byte has gone round', () => {
    const shape = { windowReadings: 2, readingBytes: 3, extraBytes: 0, pages: 3, intervalSeconds: 60 };
    live({ ...shape, firstSequence: 0xffff_ff00, irregular: 5 }, 1, 1200);
  });
});
