import { assert } from 'chai';
import { Clock } from '../../../hosts/xs/clock.js';
import { noiseWord } from '../../../hosts/xs/noise.js';
import { SimulatedRegister } from '../../../hosts/xs/register.js';
import { numberOf, numbersOf, textOf } from '../../../hosts/xs/settings.js';

describe('Clock of a device', () => {
  it('counts from its start until it is set', () => {
    let now = 5_000;
    const clock = new Clock(() => now, false);
    now += 2_500;
    assert.isFalse(clock.isSet);
    assert.equal(clock.seconds(), 2);
    assert.equal(clock.milliseconds(), 2_500);
  });

  it('goes on from the time that it was stepped to', () => {
    let now = 5_000;
    const clock = new Clock(() => now, false);
    clock.step(1_800_000_000);
    now += 61_000;
    assert.isTrue(clock.isSet);
    assert.equal(clock.seconds(), 1_800_000_061);
    clock.step(-60);
    assert.equal(clock.seconds(), 1_800_000_001);
  });

  it('stands rather than going back when it is slewed', () => {
    let now = 0;
    const clock = new Clock(() => now, true);
    now = 10_000;
    assert.equal(clock.milliseconds(), 10_000);
    clock.slew(-700);
    now = 10_500;
    assert.equal(clock.milliseconds(), 10_000);
    now = 11_000;
    assert.equal(clock.milliseconds(), 10_300);
  });

  it('takes the time of a system that knows it', () => {
    const clock = new Clock(() => 1_800_000_000_999, true);
    assert.isTrue(clock.isSet);
    assert.equal(clock.seconds(), 1_800_000_000);
  });
});

describe('SimulatedRegister', () => {
  function readAt(register: SimulatedRegister, timeSeconds: number): number {
    const values = [0];
    register.read(timeSeconds, values);
    return values[0]!;
  }

  it('never runs backwards, even when the clock does', () => {
    const register = new SimulatedRegister(100);
    let now = 1_800_000_000;
    const seen = [0, 900, 900, -4000, 900, 0, 86_400].map((step) => {
      now += step;
      return readAt(register, now);
    });
    assert.equal(seen[0], 100);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
  });

  it('consumes between 100 W and 2147 W', () => {
    for (let quarter = 0; quarter < 1000; quarter += 1) {
      const register = new SimulatedRegister(0);
      readAt(register, quarter * 900);
      const consumed = readAt(register, quarter * 900 + 899);
      assert.isAtLeast(consumed, 24, `quarter ${quarter}`);
      assert.isAtMost(consumed, 537, `quarter ${quarter}`);
    }
  });
});

describe('noiseWord', () => {
  it('makes each bit the parity of sixteen samples', () => {
    const samples = Array.from({ length: 512 }, (_, index) =>
      index % 16 === 0 && index % 32 === 0 ? 0x801 : 0x800,
    );
    let next = 0;
    assert.equal(
      noiseWord(() => samples[next++]!),
      0xaaaa_aaaa,
    );
    assert.equal(next, 512);
  });

  it('is unsigned', () => {
    let next = 0;
    assert.equal(
      noiseWord(() => (next++ % 16 === 0 ? 1 : 0)),
      0xffff_ffff,
    );
  });
});

describe('settings of a device', () => {
  it('takes numbers, and digits from the command line of mcconfig', () => {
    assert.equal(numberOf({ baud: 115_200 }, 'baud'), 115_200);
    assert.equal(numberOf({ baud: '9600' }, 'baud'), 9600);
    assert.equal(textOf({ image: 'meter.img' }, 'image'), 'meter.img');
    assert.deepEqual(numbersOf({ route: '11,1' }, 'route'), [11, 1]);
    assert.deepEqual(numbersOf({ route: 1 }, 'route'), [1]);
    assert.deepEqual(numbersOf({ route: '' }, 'route'), []);
  });

  for (const value of [undefined, '1,', '1 2', -1, 'up']) {
    it(`names the setting when its numbers are ${JSON.stringify(value) ?? value}`, () => {
      assert.throws(
        () => numbersOf({ route: value }, 'route'),
        "config 'route' in manifest.json must be numbers",
      );
    });
  }

  for (const value of [undefined, '', 'fast', -1, 1.5, true, Number.NaN]) {
    it(`names the setting when its number is ${JSON.stringify(value) ?? value}`, () => {
      assert.throws(
        () => numberOf({ baud: value }, 'baud'),
        "config 'baud' in manifest.json must be a whole number",
      );
    });
  }

  for (const value of [undefined, '', 7]) {
    it(`names the setting when its text is ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => textOf({ image: value }, 'image'),
        "config 'image' in manifest.json must be a text",
      );
    });
  }
});
