import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import type { BusFigures, Effort } from '../../bench/figures.js';
import { busFigures, filledRig } from '../../bench/figures.js';
import { limfs } from '../../bench/limfs.js';
import { noisy, type Profile, plain } from '../../bench/series.js';
import { generateReadings } from '../../simulator/readings/generator.js';

type Budget = Readonly<Record<string, Readonly<Record<string, number>>>>;

const budgets = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8')) as {
  readonly plain: Budget;
  readonly withNoise: Budget;
};
/** One lap of so small a store is soon written, and it has all that a large one has. */
const size = { sizeBytes: 16_384 };
const effort: Effort = { find: { states: 20, finds: 50 }, appendsBetweenMounts: 11, cutsPerStore: 4_000 };

describe('The meter store stays within its budget of transactions, bytes and buffers', () => {
  for (const [profile, budget] of [
    [plain, budgets.plain],
    [noisy, budgets.withNoise],
  ] as const) {
    describe(profile.name, () => {
      let figures: BusFigures;
      before(() => {
        figures = measure(profile);
      });
      for (const [subject, limits] of Object.entries(budget)) {
        it(subject, () => {
          const measured = figures[subject as keyof BusFigures] as Readonly<Record<string, number>>;
          for (const [figure, limit] of Object.entries(limits)) {
            assert.isAtMost(
              measured[figure]!,
              limit,
              `${subject}.${figure}; the budget is test/bench/budget.json`,
            );
          }
        });
      }
    });
  }
});

function measure(profile: Profile): BusFigures {
  const source = generateReadings({ seed: 1, meters: 3, slots: 2_880 });
  const full = [0, 1].map((meter) => filledRig(limfs, source, meter, profile, size));
  return busFigures(full, effort, () => {});
}
