import { assert } from 'chai';
import { LimfsError } from '../../../lib/limfs/index.js';
import { framPulseRecord, PULSE_BYTES } from '../../../lib/limfs/pulse/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { PulseRegister } from '../../../src/meter/pulseRegister.js';

/** A chip that refuses as many writes as it is told to, with the bytes written or not. */
class RefusingMedium extends RamMedium {
  refusals = 0;
  isWritten = false;

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    const refuses = this.refusals > 0;
    if (!refuses || this.isWritten) super.write(address, from, offset, length);
    if (!refuses) return;
    this.refusals -= 1;
    throw new LimfsError('medium-failed', 'no acknowledge');
  }
}

function open(medium: RamMedium, start: number): PulseRegister {
  return new PulseRegister(framPulseRecord(medium, 0), start);
}

function countOf(register: PulseRegister): number {
  const values = [0];
  assert.isTrue(register.read(0, values));
  return values[0]!;
}

describe('PulseRegister', () => {
  it('begins where it is told to on a blank chip', () => {
    const register = open(new RamMedium(PULSE_BYTES), 41);
    register.pulse();
    assert.equal(countOf(register), 42);
  });

  it('has every pulse after a power cut, whatever was stored last', () => {
    const medium = new RamMedium(PULSE_BYTES);
    const register = open(medium, 41);
    for (let pulse = 0; pulse < 300; pulse += 1) register.pulse();
    assert.equal(countOf(open(medium, 41)), 341);
  });

  for (const isWritten of [false, true]) {
    it(`loses no pulse and counts none twice when writes fail, ${isWritten ? 'done' : 'not done'}`, () => {
      const medium = new RefusingMedium(PULSE_BYTES);
      const register = open(medium, 0);
      register.pulse();
      medium.isWritten = isWritten;
      medium.refusals = 5;
      for (let pulse = 0; pulse < 3; pulse += 1) register.pulse();
      assert.equal(countOf(register), 4);
      medium.refusals = 0;
      register.pulse();
      assert.equal(countOf(register), 5);
      assert.equal(countOf(open(medium, 0)), 5);
    });
  }

  it('begins from the last value stored when the count on the chip is damaged', () => {
    const medium = new RamMedium(PULSE_BYTES);
    open(medium, 7);
    medium.image.fill(0x5a, 1);
    assert.equal(countOf(open(medium, 30)), 30);
  });
});
