import type { Costs } from './costs.js';
import type { Rig } from './rig.js';

/** Mounts after every so-manieth append of a lap, at any phase of page and ring, besides those in `costs` already. */
export function measureMount(full: readonly Rig[], costs: Costs, appendsBetween: number) {
  for (const rig of full.map((store) => store.fork())) {
    for (let left = Math.floor(rig.newest / appendsBetween); left > 0; left -= 1) {
      for (let appends = appendsBetween; appends > 0; appends -= 1) rig.append();
      mountOnce(rig, costs);
    }
  }
  return {
    mounts: costs.transactions.count,
    transactionsMean: costs.transactions.mean,
    transactionsMax: costs.transactions.max,
    bytesMax: costs.bytesRead.max,
    busMicrosecondsMax: costs.busMicroseconds.max,
    bytesWritten: costs.bytesWritten.max,
  };
}

function mountOnce(rig: Rig, costs: Costs): void {
  const next = rig.store.nextSequence;
  rig.measure(costs, () => {
    rig.store = rig.mounted();
  });
  if (rig.store.nextSequence !== next) {
    throw new Error(`a mount found sequence ${rig.store.nextSequence} instead of ${next}`);
  }
}
