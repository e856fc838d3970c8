import { assert } from 'chai';
import { LimfsError } from '../../../../lib/limfs/index.js';
import {
  framPulseRecord,
  initialisePulses,
  MAXIMUM_PULSES,
  PULSE_BYTES,
  PulseCounter,
} from '../../../../lib/limfs/pulse/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const ADDRESS = 40;

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.instanceOf(error, LimfsError);
    return (error as LimfsError).code;
  }
  return 'none';
}

/** A medium that counts writes and the bytes of the last one. */
class CountingMedium extends RamMedium {
  writes = 0;
  lastBytes = 0;

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.writes += 1;
    this.lastBytes = length;
    super.write(address, from, offset, length);
  }
}

function freshCounter(count = 0, unsavedPulses = 0): { medium: CountingMedium; counter: PulseCounter } {
  const medium = new CountingMedium(100);
  initialisePulses(framPulseRecord(medium, ADDRESS), count);
  return { medium, counter: new PulseCounter(framPulseRecord(medium, ADDRESS), unsavedPulses) };
}

function mounted(medium: RamMedium): PulseCounter {
  return new PulseCounter(framPulseRecord(medium, ADDRESS));
}

describe('pulse counter', () => {
  it('has every pulse on FRAM before the next, with one write of ten bytes', () => {
    const { medium, counter } = freshCounter();
    for (let pulse = 1; pulse <= 1000; pulse += 1) {
      const before = medium.writes;
      counter.add();
      assert.equal(medium.writes, before + 1);
      assert.equal(medium.lastBytes, PULSE_BYTES / 2);
      assert.equal(mounted(medium).count, pulse);
    }
  });

  it('counts batches, beyond 32 bits, up to its limit and never over it', () => {
    const { medium, counter } = freshCounter(2 ** 32 - 2);
    counter.add(5);
    assert.equal(mounted(medium).count, 2 ** 32 + 3);
    initialisePulses(framPulseRecord(medium, ADDRESS), MAXIMUM_PULSES - 1);
    const last = mounted(medium);
    last.add();
    assert.equal(
      codeOf(() => last.add()),
      'parameter-range',
    );
    assert.equal(mounted(medium).count, MAXIMUM_PULSES);
  });

  it('loses one batch at most when one copy rots, and never shows a wrong count', () => {
    const { medium, counter } = freshCounter();
    for (const pulses of [3, 4, 5]) counter.add(pulses);
    const whole = medium.image.slice();
    for (let at = 0; at < PULSE_BYTES; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        medium.image.set(whole);
        medium.image[ADDRESS + at]! ^= 1 << bit;
        assert.include([12, 7], mounted(medium).count, `byte ${at}, bit ${bit}`);
      }
    }
  });

  it('never takes a missing or a damaged count for zero', () => {
    assert.equal(
      codeOf(() => mounted(new RamMedium(100))),
      'blank',
    );
    assert.equal(
      codeOf(() => mounted(new RamMedium(new Uint8Array(100).fill(0xff)))),
      'blank',
    );
    const { medium, counter } = freshCounter();
    counter.add();
    medium.image[ADDRESS + 3]! ^= 1;
    medium.image[ADDRESS + 13]! ^= 1;
    assert.equal(
      codeOf(() => mounted(medium)),
      'damaged',
    );
    initialisePulses(framPulseRecord(medium, ADDRESS), 77);
    assert.equal(mounted(medium).count, 77);
  });

  it('keeps as many pulses in RAM as it was told, states how many, and none after the power-fail input', () => {
    const { medium, counter } = freshCounter(0, 10);
    const before = medium.writes;
    for (let pulse = 1; pulse <= 10; pulse += 1) counter.add();
    assert.equal(medium.writes, before);
    assert.equal(counter.unsaved, 10);
    assert.equal(mounted(medium).count, 0);
    counter.flush();
    counter.flush();
    assert.equal(medium.writes, before + 1);
    assert.equal(mounted(medium).count, 10);
    for (let pulse = 1; pulse <= 11; pulse += 1) counter.add();
    assert.equal(mounted(medium).count, 21);
    for (let pulse = 0; pulse < 500; pulse += 1) {
      counter.add(1 + (pulse % 7));
      assert.isAtMost(counter.count - mounted(medium).count, counter.unsavedPulses);
    }
  });

  it('refuses nonsense and asks to be loaded again after a write that failed', () => {
    const { medium, counter } = freshCounter();
    for (const pulses of [0, -1, 1.5, Number.NaN])
      assert.equal(
        codeOf(() => counter.add(pulses)),
        'parameter-range',
      );
    assert.equal(
      codeOf(() => initialisePulses(framPulseRecord(medium, ADDRESS), -1)),
      'parameter-range',
    );
    medium.write = () => {
      throw new LimfsError('medium-failed', 'no acknowledge');
    };
    assert.equal(
      codeOf(() => counter.add()),
      'medium-failed',
    );
    assert.equal(
      codeOf(() => counter.add()),
      'needs-mount',
    );
  });
});
