import { type Batch, createBatch, createReading, type MeterStore } from '../../lib/limfs/index.js';
import { channelList } from './geometry.js';
import type { Model, Witnessed } from './model.js';
import type { Rig } from './rig.js';
import type { Step } from './script.js';

/** What went wrong, by the name of the check that saw it. */
export class Difference extends Error {
  override readonly name = 'Difference';
  readonly check: string;

  constructor(check: string, message: string) {
    super(`${check}: ${message}`);
    this.check = check;
  }
}

/** What a store may show after a cut inside a step. */
export interface Expectation {
  readonly step: Step;
  /** Whether the step had returned: then it must be there. */
  readonly acknowledged: boolean;
  /** Oldest sequence before and after the step. */
  readonly oldestBefore: number;
  readonly oldestAfter: number;
  /** Look at every reading, not only at the pages that can have been touched. */
  readonly everything: boolean;
}

const batch = createBatch(256);
const reading = createReading();

/** Mounts with fresh objects; the mount must work, write nothing and find nothing wrong. */
export function mountUntouched(rig: Rig): MeterStore {
  const written = rig.chip.bytesWritten;
  let store: MeterStore;
  try {
    store = rig.mount();
  } catch (error) {
    throw new Difference('mount works', String(error));
  }
  if (rig.chip.bytesWritten !== written) throw new Difference('mount writes nothing', 'it wrote');
  return store;
}

/** Compares a store, mounted after a cut, with what was acknowledged; true when the step that was cut off is there. */
export function examine(rig: Rig, store: MeterStore, model: Model, expected: Expectation): boolean {
  if (store.findings.length > 0) throw new Difference('nothing is damaged', JSON.stringify(store.findings));
  const { step } = expected;
  if (step.kind === 'checkpoint') {
    const stored = examineCheckpoint(store, model, expected, step.timeSeconds);
    examineReadings(rig, store, model, null, expected);
    return stored;
  }
  const ahead = (store.nextSequence - model.nextSequence) | 0;
  if (ahead < 0) throw new Difference('acknowledged readings are there', `${-ahead} of the newest are gone`);
  if (ahead > 1) throw new Difference('nothing torn is accepted', `${ahead} readings that were never stored`);
  if (ahead === 0 && expected.acknowledged)
    throw new Difference('acknowledged readings are there', 'the one just acknowledged is gone');
  examineReadings(rig, store, model, ahead === 1 ? model.witness(step) : null, expected);
  if (step.listKind > 0) examineList(store, model, step.listKind, ahead === 1);
  return ahead === 1;
}

function examineCheckpoint(store: MeterStore, model: Model, expected: Expectation, time: number): boolean {
  const found = store.lastCheckpointSeconds();
  if (found !== time && (expected.acknowledged || found !== model.checkpointSeconds))
    throw new Difference('a checkpoint is old or new', `${found}, not ${model.checkpointSeconds} or ${time}`);
  return found === time;
}

function examineList(store: MeterStore, model: Model, kind: number, stored: boolean): void {
  const text = JSON.stringify(store.channels());
  const isNew = text === JSON.stringify(channelList(store.channelCount, kind));
  const isOld = text === JSON.stringify(channelList(store.channelCount, model.listKind));
  if (!isNew && (stored || !isOld)) throw new Difference('a channel list is old or new', text);
}

/** Compares the newest reading with the model's, and reads the last two back from the medium. */
export function examineNewest(store: MeterStore, model: Model): void {
  const newest = model.newest;
  if (newest === undefined || !store.newest(reading))
    throw new Difference('the newest is there', 'it is not');
  compareNewest(store, newest);
  const first = model.at((newest.sequence - 1) >>> 0) ?? newest;
  readAll(store, model, null, first.sequence);
}

/** Compares oldest, newest and the readings themselves; `extra` is the one that was cut off and is there. */
function examineReadings(
  rig: Rig,
  store: MeterStore,
  model: Model,
  extra: Witnessed | null,
  expected: Expectation,
): void {
  const oldest = store.oldestSequence;
  const { oldestBefore, oldestAfter } = expected;
  if (oldest !== oldestAfter && (extra !== null || oldest !== oldestBefore))
    throw new Difference(
      'the ring drops one page at most',
      `${oldest}, not ${oldestBefore} or ${oldestAfter}`,
    );
  const newest = extra ?? model.newest;
  const found = store.newest(reading);
  if (found !== (newest !== undefined)) throw new Difference('the newest is there', `newest() is ${found}`);
  if (newest === undefined) return;
  compareNewest(store, newest);
  // A change touches the open page and the one that is opened: begin in the page before.
  const page = 8 * rig.geometry.pageBytes;
  const kept = (model.nextSequence - oldest) >>> 0;
  const back = expected.everything ? kept : Math.min(kept, pagesBack(rig, page));
  readAll(store, model, extra, (model.nextSequence - back) >>> 0);
}

/** Readings that surely reach back behind the open page: a page holds at most one a bit, ordinarily one in eight. */
function pagesBack(rig: Rig, pageBits: number): number {
  return rig.geometry.pages === 0 ? pageBits >> 2 : pageBits >> 3;
}

function compareNewest(store: MeterStore, newest: Witnessed): void {
  const { sequence, timeSeconds, status, values, run } = newest;
  const same =
    reading.sequence === sequence &&
    reading.timeSeconds === timeSeconds &&
    reading.status === status &&
    reading.valid === (values !== null) &&
    reading.run === run &&
    (values === null || sameValues(reading.values, 0, values));
  if (!same) throw new Difference('the newest is the last stored', `${JSON.stringify([reading, newest])}`);
  if (values !== null && store.channelCount !== values.length)
    throw new Difference('the newest is the last stored', `${store.channelCount} channels`);
}

/** Reads from `first` to the end in batches and compares every field. */
function readAll(store: MeterStore, model: Model, extra: Witnessed | null, first: number): void {
  const end = (model.nextSequence + (extra === null ? 0 : 1)) >>> 0;
  let next = first;
  while (next !== end) {
    const count = store.read(next, batch);
    if (count === 0 || batch.firstSequence !== next)
      throw new Difference('acknowledged readings are there', `${next} cannot be read`);
    for (let row = 0; row < count; row += 1) {
      const witnessed = next === model.nextSequence ? extra : model.at(next);
      if (witnessed === null || witnessed === undefined)
        throw new Difference('nothing torn is accepted', `${next} was never stored`);
      compareRow(row, witnessed);
      next = (next + 1) >>> 0;
    }
  }
  if (store.read(end, batch) !== 0)
    throw new Difference('nothing torn is accepted', `${end} was never stored`);
  if (store.findings.length > 0) throw new Difference('nothing is damaged', JSON.stringify(store.findings));
}

function compareRow(row: number, witnessed: Witnessed): void {
  if (sameRow(batch, row, witnessed)) return;
  const found = [batch.times[row], batch.statuses[row], batch.valids[row], batch.run];
  const cells = batch.values.slice(row * batch.channels, (row + 1) * batch.channels);
  throw new Difference('every field is as stored', JSON.stringify([witnessed, found, cells]));
}

/** Whether a row of a batch is a reading with all its fields. */
export function sameRow(from: Batch, row: number, { timeSeconds, status, run, values }: Witnessed): boolean {
  return (
    from.times[row] === timeSeconds &&
    from.statuses[row] === status &&
    from.run === run &&
    (from.valids[row] === 1) === (values !== null) &&
    (values === null ||
      (values.length === from.channels && sameValues(from.values, row * from.channels, values)))
  );
}

function sameValues(found: readonly number[], from: number, values: readonly number[]): boolean {
  for (let channel = 0; channel < values.length; channel += 1)
    if (found[from + channel] !== values[channel]) return false;
  return true;
}
