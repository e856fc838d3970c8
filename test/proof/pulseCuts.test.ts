import { assert } from 'chai';
import type { Medium } from '../../lib/limfs/index.js';
import { framPulseRecord, initialisePulses, PulseCounter } from '../../lib/limfs/pulse/index.js';
import { createRandom } from '../../simulator/random/random.js';
import { FlashCutRig } from './flashCutRig.js';
import { CutProof, type Life } from './storeCuts.js';

const random = createRandom(1, 'pulse cuts');

class PulseLife implements Life<PulseCounter, number> {
  private count = 0;
  private readonly address: number;

  constructor(address: number) {
    this.address = address;
  }

  mount(medium: Medium): PulseCounter {
    return new PulseCounter(framPulseRecord(medium, this.address));
  }

  findings(): readonly unknown[] {
    return [];
  }

  perform(counter: PulseCounter, pulses: number): void {
    counter.add(pulses);
  }

  nextStep(): number {
    return random.below(3) === 0 ? 1 + random.below(2 ** 31) : 1;
  }

  followingStep(): number {
    return 1;
  }

  take(pulses: number): void {
    this.count += pulses;
  }

  snapshot(): () => void {
    const { count } = this;
    return () => {
      this.count = count;
    };
  }

  examine(counter: PulseCounter, pulses: number, acknowledged: boolean): boolean {
    const there = counter.count === this.count + pulses;
    if (there) return true;
    assert.isFalse(acknowledged, 'a pulse that was counted is there');
    assert.equal(counter.count, this.count);
    return false;
  }
}

/** The second address has the edge between the chip's banks inside a copy: one write becomes two transfers. */
const cases = [
  [0x1_0000 - 20, false],
  [0x1_0000 - 5, false],
  [0x1_0000 - 5, true],
] as const;

describe('A pulse counter after a power cut at every byte, and every pair', () => {
  for (const [address, brownOut] of cases) {
    const what = brownOut ? 'the byte under way written half' : 'every byte whole';
    it(`shows the count before or after, never another (at ${address}, ${what})`, () => {
      const format = (medium: Medium): void => {
        initialisePulses(framPulseRecord(medium, address));
      };
      const proof = new CutProof('pulse counter', new PulseLife(address), format, {
        mode: brownOut ? 'brownOut' : 'clean',
      });
      for (let step = 0; step < 60; step += 1) proof.cutStep(true);
      assert.isAbove(proof.tally.pairs, 11_000);
      assert.equal(proof.tally.storedBytes, 60 * 10);
    });
  }
});

describe('A pulse counter on NOR flash after power cuts inside programs and erasures, and pairs', () => {
  for (const mode of ['clean', 'brownOut'] as const) {
    it(`shows the count before or after, never another (${mode})`, () => {
      const rig = new FlashCutRig({ sectors: 16, sizeBytes: 64 * 10 });
      const format = (medium: Medium): void => {
        initialisePulses(framPulseRecord(medium, 55));
      };
      const proof = new CutProof('pulse counter', new PulseLife(55), format, { rig, mode, stride: 29 });
      for (let step = 0; step < 20; step += 1) proof.cutStep(true);
      assert.isAbove(proof.tally.pairs, 400);
    });
  }
});
