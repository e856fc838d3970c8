import { assert } from 'chai';
import { type EventLog, formatEventLog, MediumRegion, mountEventLog } from '../../lib/limfs/events/index.js';
import type { Medium } from '../../lib/limfs/index.js';
import { createRandom, type Random } from '../../simulator/random/random.js';
import { FlashCutRig } from './flashCutRig.js';
import { type CutChoice, CutProof, type Life } from './storeCuts.js';

type Step =
  | {
      readonly kind: 'event';
      readonly code: number;
      readonly timeSeconds: number;
      readonly payload: Uint8Array;
    }
  | { readonly kind: 'acknowledge'; readonly sequence: number };

interface Book {
  /** Events by sequence, as text; the oldest may be gone. */
  readonly events: string[];
  readonly times: { readonly code: number; readonly timeSeconds: number }[];
  readonly folded: Map<number, number>;
  pointer: number;
}

const limit = { events: 2, seconds: 1000 };
/** On FRAM the end of the chip's first bank lies in the middle of the table or of the events. */
const FRAM_ADDRESS = 65_536 - 300;
const FLASH_ADDRESS = 100;

class EventLife implements Life<EventLog, Step> {
  private book: Book = { events: [], times: [], folded: new Map(), pointer: 0 };
  private readonly random: Random;
  private readonly regionBytes: number;
  private readonly capacity: number;
  private readonly address: number;
  private time = 1_700_000_000;

  constructor(seed: number, capacity: number, address: number) {
    this.address = address;
    this.random = createRandom(seed, 'event cuts');
    this.capacity = capacity;
    this.regionBytes = 208 + capacity * 44;
  }

  region(medium: Medium): Medium {
    return new MediumRegion(medium, this.address, this.regionBytes);
  }

  mount(medium: Medium): EventLog {
    return mountEventLog(this.region(medium), limit);
  }

  findings(log: EventLog): readonly unknown[] {
    return log.findings;
  }

  perform(log: EventLog, step: Step): void {
    if (step.kind === 'acknowledge') log.acknowledge(step.sequence);
    else log.record(step.code, step.timeSeconds, step.payload);
  }

  nextStep(): Step {
    const { random, book } = this;
    if (random.below(6) === 0 && book.events.length > book.pointer) {
      return {
        kind: 'acknowledge',
        sequence: book.pointer + random.below(book.events.length - book.pointer),
      };
    }
    this.time += random.below(20) === 0 ? -500 : random.below(400);
    const payload = Uint8Array.from({ length: random.below(25) }, () => random.below(256));
    return { kind: 'event', code: 1 + random.below(3), timeSeconds: this.time, payload };
  }

  followingStep(step: Step): Step {
    const { events, pointer } = this.book;
    if (step.kind === 'event' && events.length > pointer)
      return { kind: 'acknowledge', sequence: events.length - 1 };
    return { kind: 'event', code: 2, timeSeconds: this.time + 1, payload: Uint8Array.of(1, 2) };
  }

  take(step: Step): void {
    const { book } = this;
    if (step.kind === 'acknowledge') {
      book.pointer = Math.max(book.pointer, step.sequence + 1);
      return;
    }
    const { code, timeSeconds, payload } = step;
    const kept = book.times.slice(-this.capacity);
    const recent = kept.filter(
      (one) =>
        one.code === code && one.timeSeconds <= timeSeconds && timeSeconds - one.timeSeconds < limit.seconds,
    );
    const counted = book.folded.get(code) ?? 0;
    if (recent.length >= limit.events) {
      book.folded.set(code, counted + 1);
      return;
    }
    book.folded.delete(code);
    book.events.push(JSON.stringify([code, timeSeconds, counted, [...payload]]));
    book.times.push({ code, timeSeconds });
  }

  snapshot(): () => void {
    const { events, times, folded, pointer } = this.book;
    const copy: Book = { events: [...events], times: [...times], folded: new Map(folded), pointer };
    return () => {
      this.book = copy;
    };
  }

  examine(log: EventLog, step: Step, acknowledged: boolean): boolean {
    const found = this.describe(log);
    const before = this.expected(found.oldest);
    const restore = this.snapshot();
    this.take(step);
    const after = this.expected(found.oldest);
    restore();
    if (found.text === after) return true;
    assert.isFalse(acknowledged, `what was acknowledged is there: ${found.text}`);
    assert.equal(found.text, before);
    return false;
  }

  private describe(log: EventLog): { oldest: number; text: string } {
    const events: string[] = [];
    let oldest = log.nextSequence;
    for (let event = log.read(0); event !== null; event = log.read(event.sequence + 1)) {
      const { sequence, code, timeSeconds, folded, payload } = event;
      oldest = Math.min(oldest, sequence);
      events.push(JSON.stringify([code, timeSeconds, folded, [...payload]]));
    }
    // A cut between making the oldest invalid and the new event leaves one event less, never two.
    assert.isAtLeast(events.length, Math.min(log.nextSequence, this.capacity - 1));
    const counts = log.foldedCounts.map(({ code, count }) => [code, count]).sort();
    return { oldest, text: JSON.stringify([events, counts, log.acknowledgedSequence]) };
  }

  private expected(oldest: number): string {
    const { events, folded, pointer } = this.book;
    return JSON.stringify([events.slice(oldest), [...folded].sort(), pointer]);
  }
}

function proof(seed: number, capacity: number, choice: CutChoice = {}): CutProof<EventLog, Step> {
  const life = new EventLife(seed, capacity, choice.rig === undefined ? FRAM_ADDRESS : FLASH_ADDRESS);
  return new CutProof(
    `event log, seed ${seed}`,
    life,
    (medium) => formatEventLog(life.region(medium), [seed, 1]),
    choice,
  );
}

describe('An event log after a power cut at every byte', () => {
  it('shows each event whole or not at all, and counts none twice', () => {
    const one = proof(1, 6);
    for (let step = 0; step < 120; step += 1) one.cutStep(false);
    assert.isAbove(one.tally.cuts, 5000);
  });

  it('does so when the byte under way is written half', () => {
    const one = proof(3, 5, { mode: 'brownOut' });
    for (let step = 0; step < 60; step += 1) one.cutStep(false);
    assert.isAbove(one.tally.cuts, 2500);
  });

  it('does so after every pair of cuts', () => {
    const one = proof(2, 4);
    one.live(10);
    for (let step = 0; step < 4; step += 1) one.cutStep(true);
    assert.isAbove(one.tally.pairs, 5000);
  });
});

describe('An event log on NOR flash after power cuts inside programs and erasures', () => {
  for (const mode of ['clean', 'brownOut'] as const) {
    it(`shows each event whole or not at all, and counts none twice (${mode})`, () => {
      const rig = new FlashCutRig({ sectors: 16, sizeBytes: 64 * 10 });
      const one = proof(4, 6, { rig, mode, stride: 43 });
      for (let step = 0; step < 24; step += 1) one.cutStep(step > 21);
      assert.isAbove(one.tally.cuts, 300);
      assert.isAbove(one.tally.pairs, 200);
    });
  }
});
