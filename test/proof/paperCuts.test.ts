import { assert } from 'chai';
import { MediumRegion } from '../../lib/limfs/events/index.js';
import { createBatch, type Medium } from '../../lib/limfs/index.js';
import { formatPaperStore, mountPaperStore, type PaperStore } from '../../lib/limfs/paper/index.js';
import { PowerCut } from '../../simulator/chips/powerCut.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import { createRandom, type Random } from '../../simulator/random/random.js';
import { storedLaps } from '../lib/limfs/paper/pages.js';
import { CutProof, type Life } from './storeCuts.js';

interface Step {
  readonly timeSeconds: number;
  readonly value: number;
}

const windowReadings = 3;
const intervalSeconds = 60;
/** Eleven pages and a spare one; the end of the chip's first bank lies in the data area, in a page. */
const slots = 12;
const regionBytes = 1032 + slots * (3 * 4 + 3 + 12);
const regionAddress = 65_536 - regionBytes + 77;

/** A meter in the paper's layout: regular readings, some late, some after the clock was set back. */
class PaperLife implements Life<PaperStore, Step> {
  private book: Step[] = [];
  private readonly random: Random;
  private readonly irregular: number;
  private readonly batch = createBatch(windowReadings);

  /** One reading in `irregular` does not come at the regular time. */
  constructor(seed: number, irregular: number) {
    this.random = createRandom(seed, 'paper cuts');
    this.irregular = irregular;
  }

  region(medium: Medium): Medium {
    return new MediumRegion(medium, regionAddress, regionBytes);
  }

  format(medium: Medium): void {
    const shape = { windowReadings, readingBytes: 4, intervalSeconds };
    formatPaperStore(this.region(medium), { storeId: [7, 8], ...shape });
  }

  mount(medium: Medium): PaperStore {
    const store = mountPaperStore(this.region(medium));
    // One PVT entry a page, counted on the medium (row L14).
    assert.equal(storedLaps(this.region(medium), store.nextSequence), store.count);
    return store;
  }

  findings(store: PaperStore): readonly unknown[] {
    return store.findings;
  }

  perform(store: PaperStore, { timeSeconds, value }: Step): void {
    store.append(timeSeconds, value);
  }

  nextStep(): Step {
    const { random } = this;
    const last = this.book[this.book.length - 1]?.timeSeconds ?? 1_700_000_000;
    const odd = random.below(this.irregular) === 0;
    const step = odd ? (random.below(3) === 0 ? -200 : 1 + random.below(90)) : intervalSeconds;
    return { timeSeconds: last + step, value: random.below(1 << 30) - (1 << 29) };
  }

  /** After a cut, and a mount, the clock may be another: a PVT entry without its page is written once more. */
  followingStep({ timeSeconds, value }: Step): Step {
    return { timeSeconds: timeSeconds + (value & 1 ? intervalSeconds : 7), value: value ^ 5 };
  }

  take(step: Step): void {
    this.book.push(step);
  }

  snapshot(): () => void {
    const copy = [...this.book];
    return () => {
      this.book = copy;
    };
  }

  examine(store: PaperStore, step: Step, acknowledged: boolean): boolean {
    const { book } = this;
    const there = store.nextSequence === book.length + 1;
    if (acknowledged) assert.isTrue(there, 'what was acknowledged is there');
    const expected = there ? [...book, step] : book;
    assert.equal(store.nextSequence, expected.length);
    assert.equal(store.count, Math.min(expected.length, slots - 1));
    for (let sequence = store.oldestSequence; sequence < expected.length; sequence += 1) {
      const { timeSeconds } = expected[sequence]!;
      // A reading that the clock has come to again is found in the newer run.
      const hidden = expected.findIndex((one, at) => at > sequence && one.timeSeconds <= timeSeconds);
      if (hidden < 0) this.examineBlock(store, expected, sequence);
    }
    return there;
  }

  private examineBlock(store: PaperStore, expected: readonly Step[], sequence: number): void {
    const { batch } = this;
    const { timeSeconds } = expected[sequence]!;
    assert.isTrue(store.find(timeSeconds, batch), `page ${sequence} is found`);
    const window = expected.slice(Math.max(0, sequence + 1 - windowReadings), sequence + 1);
    assert.deepEqual(
      batch.values.slice(0, batch.count),
      window.map(({ value }) => value),
    );
    assert.equal(batch.times[batch.count - 1], timeSeconds);
    assert.equal(batch.firstSequence + batch.count - 1, sequence);
  }
}

function proof(seed: number, irregular: number, brownOut = false): CutProof<PaperStore, Step> {
  const life = new PaperLife(seed, irregular);
  return new CutProof(
    `paper store, seed ${seed}, irregular 1/${irregular}`,
    life,
    (medium) => life.format(medium),
    { mode: brownOut ? 'brownOut' : 'clean' },
  );
}

/** Value that stands for no page. */
const NOTHING = -9;

/** Plain memory whose power fails after so many bytes. */
class FailingMedium extends RamMedium {
  bytesLeft = Number.POSITIVE_INFINITY;

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    const written = Math.min(length, this.bytesLeft);
    super.write(address, from, offset, written);
    this.bytesLeft -= written;
    if (written < length) throw new PowerCut();
  }
}

/** Appends and cuts the power after so many written bytes; true when that was not needed. */
function appendUntil(medium: FailingMedium, bytes: number, { timeSeconds, value }: Step): boolean {
  medium.bytesLeft = bytes;
  try {
    mountPaperStore(medium).append(timeSeconds, value);
    return true;
  } catch (error) {
    if (error instanceof PowerCut) return false;
    throw error;
  } finally {
    medium.bytesLeft = Number.POSITIVE_INFINITY;
  }
}

/**
 * The first reading begins a stretch, and the power fails; the next one comes at another time, and the power fails
 * again. An entry whose page is missing must neither be found nor, half overwritten, be taken for another.
 */
function cutAtTwoTimes(before: number): number {
  const clean = new RamMedium(regionBytes);
  formatPaperStore(clean, { storeId: [7, 8], windowReadings, readingBytes: 4, intervalSeconds });
  const store = mountPaperStore(clean);
  for (let count = 0; count < before; count += 1) store.append(1000 * count, count);
  const late = { timeSeconds: 1000 * before + 7, value: -1 };
  const later = { timeSeconds: 1000 * before + 0x12345, value: -2 };
  const batch = createBatch(windowReadings);
  const newestAt = (medium: Medium, timeSeconds: number): number => {
    const mounted = mountPaperStore(medium);
    assert.deepEqual(mounted.findings, []);
    return mounted.find(timeSeconds, batch) ? batch.values[batch.count - 1]! : NOTHING;
  };
  const last = before === 0 ? NOTHING : before - 1;
  let cuts = 0;
  for (let first = 0; ; first += 1) {
    const once = new FailingMedium(clean.image.slice());
    if (appendUntil(once, first, late)) return cuts;
    assert.equal(newestAt(once, late.timeSeconds + 5), last);
    for (let second = 0, done = false; !done; second += 1) {
      const twice = new FailingMedium(once.image.slice());
      done = appendUntil(twice, second, later);
      cuts += 1;
      assert.equal(newestAt(twice, later.timeSeconds), done ? -2 : last, `${before}: ${first}+${second}`);
      mountPaperStore(twice).append(later.timeSeconds + intervalSeconds, -3);
      assert.equal(newestAt(twice, later.timeSeconds + intervalSeconds - 1), done ? -2 : last);
      assert.equal(newestAt(twice, later.timeSeconds + intervalSeconds), -3);
    }
  }
}

describe("A store in the paper's layout after a power cut at every byte", () => {
  for (const irregular of [1000, 4, 1]) {
    it(`shows each page whole or not at all, over two laps (one in ${irregular} irregular)`, () => {
      const one = proof(irregular, irregular);
      for (let step = 0; step < 2 * slots; step += 1) one.cutStep(false);
      assert.isAtLeast(one.tally.cuts, 2 * slots * 18);
    });

    it(`does so when the byte under way is written half (one in ${irregular} irregular)`, () => {
      const one = proof(irregular + 1, irregular, true);
      for (let step = 0; step < 2 * slots; step += 1) one.cutStep(false);
      assert.isAtLeast(one.tally.cuts, 2 * slots * 18);
    });
  }

  it('does so when the reading after the cut comes at another time, and is cut too, over a lap', () => {
    let cuts = 0;
    for (let before = 0; before <= slots; before += 3) cuts += cutAtTwoTimes(before);
    assert.isAbove(cuts, 3000);
  });

  it('does so after every pair of cuts, over a lap', () => {
    const one = proof(3, 3);
    one.live(8);
    for (let step = 0; step < slots + 1; step += 1) one.cutStep(true);
    assert.isAbove(one.tally.pairs, 5000);
  });
});
