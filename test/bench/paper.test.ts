import { assert } from 'chai';
import { measureBlock } from '../../bench/paper/blockTime.js';
import { measureGrid, measureTable2 } from '../../bench/paper/capacity.js';
import {
  dailyBurst,
  type Loss,
  ratioWithout,
  recoveryRatio,
  SendingMeter,
  schemes,
} from '../../bench/paper/recovery.js';
import { paperTable2, targets } from '../../bench/paper/targets.js';
import { createRandom } from '../../simulator/random/random.js';
import { generateReadings } from '../../simulator/readings/generator.js';

const source = generateReadings({ seed: 1, meters: 1, slots: 2_880 });

/**
 * R of the paper's scheme for n = 5 by burst and, in each row, report interval 1..5: simulated once with bursts at
 * random hours. A reading lost more or less moves R by 0.035.
 */
const simulated = [
  [100, 100, 100, 100, 99.22],
  [100, 100, 100, 99.14, 97.32],
  [100, 100, 98.48, 96.77, 94.75],
  [100, 98.02, 96.08, 93.42, 91.57],
  [95.83, 93.65, 91.74, 89.41, 87.68],
];
const noise = 0.4;

/** Half of all packets lost, but never more than so many in a row. */
function randomRuns(seed: number, longest: number): Loss {
  const random = createRandom(seed, 'lost packets', longest);
  let run = 0;
  return () => {
    run = run < longest && random.below(2) === 0 ? run + 1 : 0;
    return run > 0;
  };
}

describe("The paper's evaluation", () => {
  it('Table 2 is measured exactly', () => {
    assert.deepEqual(measureTable2(), [...paperTable2]);
  });

  it('T(I) is the capacity for I <= n; beyond that each page holds its n readings', () => {
    for (const row of measureGrid()) {
      const { d, k, x, n, interval, formula, measured } = row;
      assert.equal(measured, interval <= n ? formula : d / (k * x), JSON.stringify(row));
    }
  });

  for (const blockSize of [targets.fromBytes, 33, 100]) {
    it(`Figure 8: a block of ${blockSize} bytes is read and written at little more than a raw transfer`, () => {
      const { warm, write, cold } = measureBlock(blockSize, 20);
      assert.isAtMost(warm, targets.warm);
      assert.isAtMost(write, targets.write);
      assert.isAbove(cold, warm, 'the first search reads the PVT');
    });
  }

  describe('Figure 9, windows in raw coding', () => {
    let meter: SendingMeter;
    before(() => {
      meter = new SendingMeter(source, 'raw');
    });

    simulated.forEach((row, index) => {
      const burst = index + 1;
      it(`the paper's scheme with bursts of ${burst} is as simulated`, () => {
        row.forEach((expected, column) => {
          const interval = column + 1;
          const ratio = recoveryRatio(meter, schemes.paper, interval, dailyBurst(burst));
          assert.closeTo(ratio, expected, noise, `I = ${interval}`);
          if (interval + burst <= 5) assert.equal(ratio, 100, `I = ${interval}`);
        });
        assert.closeTo(ratioWithout(dailyBurst(burst)), 100 - (burst / 24) * 100, 1e-9);
      });
    });

    for (let interval = 1; interval < 5; interval += 1) {
      it(`nothing is lost with I = ${interval} however runs of up to ${5 - interval} lost packets follow each other`, () => {
        for (let seed = 1; seed <= 5; seed += 1) {
          const loss = randomRuns(seed, 5 - interval);
          assert.equal(recoveryRatio(meter, schemes.paper, interval, loss), 100, `seed ${seed}`);
        }
      });
    }

    it('with roll nothing is lost while b < n', () => {
      assert.equal(recoveryRatio(meter, schemes.roll, 5, dailyBurst(4)), 100);
      assert.isBelow(recoveryRatio(meter, schemes.roll, 1, dailyBurst(5)), 100);
    });

    it('with backfill nothing is lost', () => {
      for (const interval of [1, 5])
        assert.equal(recoveryRatio(meter, schemes.backfill, interval, dailyBurst(5)), 100);
    });
  });

  it('Figure 9: packed windows of the same payload lose nothing with the longest report interval', () => {
    const meter = new SendingMeter(source, 'packed');
    assert.equal(recoveryRatio(meter, schemes.paper, 12, dailyBurst(23)), 100);
  });
});
