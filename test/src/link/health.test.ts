import { assert } from 'chai';
import { type Health, healthOf, qualityOf, stateOf } from '../../../src/link/health.js';

function again(health: Health): Health {
  return healthOf(qualityOf(health), stateOf(health));
}

describe('health', () => {
  it('keeps strength, mains and no errors as they are', () => {
    for (const rssiDbm of [null, -127, -70, 0, 127]) {
      const health = { rssiDbm, batteryMillivolts: null, errors: 0 };
      assert.deepEqual(again(health), health);
    }
  });

  it('rounds a battery down by less than 120 mV between 1.92 V and 3.6 V', () => {
    for (let batteryMillivolts = 1920; batteryMillivolts < 3720; batteryMillivolts += 7) {
      const read = again({ rssiDbm: null, batteryMillivolts, errors: 0 }).batteryMillivolts!;
      assert.isTrue(
        read <= batteryMillivolts && read > batteryMillivolts - 120,
        `${batteryMillivolts} as ${read}`,
      );
    }
    assert.equal(again({ rssiDbm: null, batteryMillivolts: 900, errors: 0 }).batteryMillivolts, 1920);
    assert.equal(again({ rssiDbm: null, batteryMillivolts: 12_000, errors: 0 }).batteryMillivolts, 3600);
  });

  it('gives the size of a number of errors', () => {
    const cases = [
      [1, 1],
      [2, 2],
      [3, 2],
      [1000, 512],
      [16_384, 16_384],
      [0xffff_ffff, 16_384],
    ];
    for (const [errors, read] of cases) {
      assert.equal(again({ rssiDbm: null, batteryMillivolts: null, errors: errors! }).errors, read);
    }
  });
});
