import { createBatch, createReading } from '../../../lib/limfs/index.js';
import type { NorMeterStore } from '../../../lib/limfs/nor/norMeterStore.js';
import { same } from '../../lib/limfs/meter/comparison.js';
import type { Model, Witnessed } from '../model.js';
import type { ReadingStep } from '../script.js';

/** Readings that are compared when not all are: more than a cut can have touched. */
const RECENT = 30;

const batch = createBatch(64);
const reading = createReading();

/**
 * Compares a store with what was acknowledged. One reading more may be there, of those that were cut off on the way
 * (`pending`); it is returned. `acknowledged`: the last of those had returned and must be there.
 */
export function compareWithModel(
  store: NorMeterStore,
  model: Model,
  pending: readonly ReadingStep[],
  acknowledged: boolean,
  everything: boolean,
): ReadingStep | null {
  nothingIsDamaged(store);
  const ahead = (store.nextSequence - model.nextSequence) | 0;
  if (ahead < 0) throw new Error(`${-ahead} acknowledged readings are gone`);
  if (ahead > 1) throw new Error(`${ahead} readings that were never stored`);
  if (acknowledged && ahead === 0 && pending.length > 0) throw new Error('the acknowledged reading is gone');
  const there = store.newest(reading);
  const step = ahead === 0 ? null : (pending.find((each) => same(reading, model.witness(each))) ?? null);
  if (ahead === 1 && step === null) throw new Error(`nothing torn is accepted: ${JSON.stringify(reading)}`);
  const extra = step === null ? null : model.witness(step);
  const newest = extra ?? model.newest;
  if (newest === undefined) return null;
  if (!there || !same(reading, newest))
    throw new Error(`the newest is not ${JSON.stringify(newest)} but ${JSON.stringify(reading)}`);
  const kept = (store.nextSequence - store.oldestSequence) >>> 0;
  const back = everything ? kept : Math.min(kept, RECENT);
  compareReadings(store, model, extra, (store.nextSequence - back) >>> 0);
  nothingIsDamaged(store);
  return step;
}

function compareReadings(store: NorMeterStore, model: Model, extra: Witnessed | null, first: number): void {
  for (let next = first; next !== store.nextSequence; ) {
    const count = store.read(next, batch);
    if (count === 0 || batch.firstSequence !== next) throw new Error(`${next} cannot be read`);
    for (let row = 0; row < count; row += 1) {
      const wanted = next === model.nextSequence ? extra : model.at(next);
      reading.sequence = next;
      reading.timeSeconds = batch.times[row]!;
      reading.status = batch.statuses[row]!;
      reading.valid = batch.valids[row] === 1;
      reading.run = batch.run;
      for (let channel = 0; channel < batch.channels; channel += 1)
        reading.values[channel] = batch.values[row * batch.channels + channel]!;
      if (wanted === null || wanted === undefined || !same(reading, wanted))
        throw new Error(`${next} is not ${JSON.stringify(wanted)} but ${JSON.stringify(reading)}`);
      next = (next + 1) >>> 0;
    }
  }
}

function nothingIsDamaged(store: NorMeterStore): void {
  if (store.findings.length > 0) throw new Error(`damage was found: ${JSON.stringify(store.findings)}`);
}
