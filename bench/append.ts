import { PowerCut } from '../simulator/chips/powerCut.js';
import { Costs } from './costs.js';
import type { Rig } from './rig.js';

/** Appends one lap of each store, each reading durable before the call returns. */
export function measureAppend(full: readonly Rig[]) {
  const costs = new Costs();
  for (const rig of full.map((store) => store.fork())) {
    for (let left = rig.newest; left > 0; left -= 1) rig.measure(costs, () => rig.append());
  }
  return {
    transactionsMean: costs.transactions.mean,
    transactionsMax: costs.transactions.max,
    bytesWrittenMean: costs.bytesWritten.mean,
    bytesReadMax: costs.bytesRead.max,
    busMicrosecondsMean: costs.busMicroseconds.mean,
    busMicrosecondsMax: costs.busMicroseconds.max,
  };
}

/** Of the appends that change no page, every so-manieth is cut; of those that change one, all. */
const plainAppendStep = 97;
/** A slave address and two address bytes in front of the data. */
const addressBytes = 3;

/**
 * The first append after a cut and a mount, worst over cuts at every byte of appends and page changes. The mounts
 * in between are the hardest there are, so their costs go into `mounts`.
 */
export function measureAppendAfterCut(full: readonly Rig[], mounts: Costs, cutsPerStore: number) {
  const costs = new Costs();
  for (const rig of full.map((store) => store.fork())) cutOneLap(rig, costs, mounts, cutsPerStore);
  return {
    cuts: costs.transactions.count,
    transactionsMax: costs.transactions.max,
    busMicrosecondsMax: costs.busMicroseconds.max,
  };
}

function cutOneLap(rig: Rig, costs: Costs, mounts: Costs, maximumCuts: number): void {
  const last = costs.transactions.count + maximumCuts;
  const lap = rig.newest;
  for (let index = 0; index < lap && costs.transactions.count < last; index += 1) {
    const price = new Costs();
    rig.chip.checkpoint();
    rig.measure(price, () => rig.append());
    const transactions = price.transactions.max;
    if (transactions === 1 && index % plainAppendStep !== 0) continue;
    const busBytes = price.bytesWritten.max + transactions * addressBytes;
    for (let bytes = 0; bytes < busBytes; bytes += 1) cutAndAppend(rig, bytes, costs, mounts);
    rig.store = rig.mounted();
    rig.append();
  }
}

function cutAndAppend(rig: Rig, bytes: number, costs: Costs, mounts: Costs): void {
  rig.chip.rollBack();
  rig.store = rig.mounted();
  const before = rig.store.nextSequence;
  rig.chip.powerCutAfterBytes(bytes);
  try {
    rig.append();
    throw new Error(`no power cut within ${bytes} bytes of an append`);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  rig.chip.powerOn();
  rig.measure(mounts, () => {
    rig.store = rig.mounted();
  });
  const stored = rig.store.nextSequence - before;
  if (stored !== 0 && stored !== 1)
    throw new Error(`an append cut after ${bytes} bytes left ${stored} readings`);
  rig.measure(costs, () => rig.append());
}
