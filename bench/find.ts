import { createRandom, type Random } from '../simulator/random/random.js';
import { Costs } from './costs.js';
import type { Rig } from './rig.js';

const daySeconds = 86_400;

export interface FindEffort {
  /** States of each store, spread over a lap, in which it is searched. */
  readonly states: number;
  /** Searches of each kind in each state; a tenth of them right after a mount. */
  readonly finds: number;
}

/** The newest reading, single readings and days at random times, in many states of a lap. */
export function measureFind(full: readonly Rig[], effort: FindEffort) {
  const costs = { newest: new Costs(), cold: new Costs(), warm: new Costs(), day: new Costs() };
  for (const rig of full.map((store) => store.fork())) {
    const random = createRandom(1, 'bench find');
    const step = Math.floor(rig.newest / effort.states);
    for (let state = 0; state < effort.states; state += 1) {
      for (let left = step; left > 0; left -= 1) rig.append();
      searchState(rig, random, effort.finds, costs);
    }
  }
  const { newest, cold, warm, day } = costs;
  return {
    newest: { transactions: newest.transactions.max, busMicroseconds: newest.busMicroseconds.max },
    find: {
      transactionsMean: warm.transactions.mean,
      bytesMean: warm.bytesRead.mean,
      busMicrosecondsMean: warm.busMicroseconds.mean,
      transactionsMax: warm.transactions.max,
      busMicrosecondsMax: warm.busMicroseconds.max,
      coldTransactionsMean: cold.transactions.mean,
      coldTransactionsMax: cold.transactions.max,
    },
    day: {
      transactionsMean: day.transactions.mean,
      busMicrosecondsMean: day.busMicroseconds.mean,
      busMicrosecondsMax: day.busMicroseconds.max,
    },
  };
}

interface SearchCosts {
  readonly newest: Costs;
  readonly cold: Costs;
  readonly warm: Costs;
  readonly day: Costs;
}

function searchState(rig: Rig, random: Random, finds: number, costs: SearchCosts): void {
  const { series } = rig;
  const kept = { fromSeconds: series.timeSeconds(rig.oldest), toSeconds: series.timeSeconds(rig.newest) };
  const newest = rig.newest;
  for (let left = Math.ceil(finds / 10); left > 0; left -= 1) {
    // Nothing may be asked of the store between the mount and the search: that alone would warm it up.
    rig.store = rig.mounted();
    rig.measure(costs.newest, () => expect(rig.store.newest(), series.timeSeconds(newest)));
    findOne(rig, randomTime(random, kept, 0), costs.cold);
  }
  const warmingUp = new Costs();
  for (let left = finds; left > 0; left -= 1) findOne(rig, randomTime(random, kept, 0), warmingUp);
  for (let left = finds; left > 0; left -= 1) findOne(rig, randomTime(random, kept, 0), costs.warm);
  for (let left = finds; left > 0; left -= 1) readDay(rig, randomTime(random, kept, daySeconds), costs.day);
}

function findOne(rig: Rig, timeSeconds: number, costs: Costs): void {
  const { series, store } = rig;
  const expected = series.timeSeconds(series.indexAt(timeSeconds));
  rig.measure(costs, () => expect(store.find(timeSeconds), expected));
}

function readDay(rig: Rig, fromSeconds: number, costs: Costs): void {
  const { series, store } = rig;
  const toSeconds = fromSeconds + daySeconds;
  const expected = series.indexAt(toSeconds - 1) - series.indexAt(fromSeconds - 1);
  rig.measure(costs, () => expect(store.range(fromSeconds, toSeconds), expected));
}

/** A time in the range that is kept, at least so many seconds before its end. */
function randomTime(
  random: Random,
  kept: { readonly fromSeconds: number; readonly toSeconds: number },
  secondsBeforeEnd: number,
): number {
  return kept.fromSeconds + random.below(kept.toSeconds - secondsBeforeEnd - kept.fromSeconds);
}

function expect(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`the store found ${actual} instead of ${expected}`);
}
