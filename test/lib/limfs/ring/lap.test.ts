import { assert } from 'chai';
import { FIRST_LAP, isLap, NO_LAP, nextLap, previousLap } from '../../../../lib/limfs/ring/lap.js';

describe('A lap byte', () => {
  it('comes round after 127 laps, each different and none of them "no page"', () => {
    const seen = new Set<number>();
    let lap: number = FIRST_LAP;
    do {
      assert.isFalse(seen.has(lap));
      assert.notEqual(lap, NO_LAP);
      assert.isTrue(isLap(lap));
      assert.equal(previousLap(nextLap(lap)), lap);
      assert.equal(nextLap(previousLap(lap)), lap);
      seen.add(lap);
      lap = nextLap(lap);
    } while (lap !== FIRST_LAP);
    assert.equal(seen.size, 127);
  });

  it('is none after any one bit has rotted', () => {
    for (let lap = FIRST_LAP, count = 0; count < 127; lap = nextLap(lap), count += 1) {
      for (let bit = 1; bit < 0x100; bit <<= 1) {
        assert.isFalse(isLap(lap ^ bit));
        assert.notEqual(lap ^ bit, NO_LAP);
      }
    }
  });

  it('is one of 127 bytes', () => {
    let laps = 0;
    for (let byte = 0; byte < 0x100; byte += 1) if (isLap(byte)) laps += 1;
    assert.equal(laps, 127);
  });
});
