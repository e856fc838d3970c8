import { createBatch, type FindingCode, type MeterStore } from '../../lib/limfs/index.js';
import { Difference, mountUntouched, sameRow } from './examine.js';
import { followingReading, perform } from './script.js';
import type { Recording } from './tape.js';
import type { TakenStep, Trial } from './trial.js';

/** What was seen after brown-outs: states that differ in which bits of the byte under way had changed. */
export interface BrownOutTally {
  states: number;
  /** The reading under way is there and right though it was not acknowledged. */
  right: number;
  /** It is there with a wrong time, status or value. */
  wrong: number;
  /** Besides it readings are there that never were. */
  phantoms: number;
  /** Sequences have jumped. */
  jumps: number;
  /** Findings, by code. */
  readonly findings: Map<string, number>;
}

export function createBrownOutTally(): BrownOutTally {
  return { states: 0, right: 0, wrong: 0, phantoms: 0, jumps: 0, findings: new Map() };
}

const batch = createBatch(256);

/** Findings that cost no reading. */
const harmless: readonly FindingCode[] = ['table-scanned', 'lap-repaired', 'entry-rebuilt'];

/** Lives through one step and, at each of its bytes, lets a brown-out change every choice of the bits that were to change. */
export function brownOutStep(trial: Trial, tally: BrownOutTally): void {
  const { rig } = trial;
  const taken = trial.guard('0', () => trial.take());
  const recording = taken.recordings[0]!;
  for (let bytes = 0; bytes < recording.busBytes; bytes += 1) {
    const changing = changingBits(trial, recording, bytes);
    for (let changed = changing; changed > 0; changed = (changed - 1) & changing) {
      trial.guard(`${bytes}~${changed}`, () => {
        play(trial, recording, bytes, changed);
        judge(trial, taken, tally);
      });
      rig.chip.rollBack();
    }
  }
  trial.finish(taken);
}

function play({ rig }: Trial, recording: Recording, bytes: number, changed: number): void {
  rig.bits.mask = changed;
  rig.tape.play(recording, bytes, 'brownOut');
}

/** The bits that the byte at this place of the traffic changes; 0 where it is none that is stored. */
function changingBits(trial: Trial, recording: Recording, bytes: number): number {
  const { image, chip } = trial.rig;
  play(trial, recording, bytes, 0);
  const without = image.slice();
  chip.rollBack();
  play(trial, recording, bytes, 0xff);
  const at = image.findIndex((byte, address) => byte !== without[address]);
  const changing = at < 0 ? 0 : image[at]! ^ without[at]!;
  chip.rollBack();
  return changing;
}

/** Everything acknowledged is there, the ring has dropped no more than it may, and the next reading is stored. */
function judge(trial: Trial, taken: TakenStep, tally: BrownOutTally): void {
  const { rig, model } = trial;
  const store = mountUntouched(rig);
  const oldest = store.oldestSequence;
  if (oldest !== taken.oldestBefore && oldest !== taken.oldestAfter)
    throw new Difference('the ring drops one page at most', `oldest is ${oldest}`);
  const extra = readAcknowledged(trial, store, oldest);
  tally.states += 1;
  if (extra > 0 && taken.step.kind === 'reading') {
    if (firstExtraIsRight(trial, taken, store)) tally.right += 1;
    else tally.wrong += 1;
    if (extra > 1) tally.phantoms += 1;
  } else if (extra > 0) throw new Difference('nothing torn is accepted', `${extra} readings in a checkpoint`);
  if (((store.nextSequence - model.nextSequence) | 0) > extra) tally.jumps += 1;
  for (const { code } of store.findings) tally.findings.set(code, (tally.findings.get(code) ?? 0) + 1);
  goOn(trial, store);
}

/** Reads everything; returns how many readings there are behind the acknowledged ones. */
function readAcknowledged({ model }: Trial, store: MeterStore, oldest: number): number {
  const acknowledged = (model.nextSequence - oldest) >>> 0;
  let seen = 0;
  let extra = 0;
  let next = oldest;
  while (store.read(next, batch) > 0) {
    for (let row = 0; row < batch.count; row += 1) {
      const sequence = (batch.firstSequence + row) >>> 0;
      if (((sequence - model.nextSequence) | 0) >= 0) extra += 1;
      else {
        const witnessed = model.at(sequence);
        if (witnessed === undefined || !sameRow(batch, row, witnessed))
          throw new Difference('every field is as stored', `${sequence}`);
        seen += 1;
      }
    }
    next = (batch.firstSequence + batch.count) >>> 0;
  }
  if (seen !== acknowledged)
    throw new Difference(
      'acknowledged readings are there',
      `${acknowledged - seen} of ${acknowledged} are gone`,
    );
  return extra;
}

function firstExtraIsRight({ model }: Trial, { step }: TakenStep, store: MeterStore): boolean {
  store.read(model.nextSequence, batch);
  return (
    step.kind === 'reading' &&
    batch.firstSequence === model.nextSequence &&
    sameRow(batch, 0, model.witness(step))
  );
}

/** The next reading takes a sequence of its own and is there after one more mount, as the acknowledged ones are. */
function goOn(trial: Trial, store: MeterStore): void {
  const { rig, model } = trial;
  const sequence = store.nextSequence;
  const next = followingReading(model.newest, model.intervalSeconds, rig.geometry);
  perform(store, next);
  const mounted = mountUntouched(rig);
  if (mounted.nextSequence !== (sequence + 1) >>> 0)
    throw new Difference('the next append works', `${mounted.nextSequence} follows ${sequence}`);
  readAcknowledged(trial, mounted, mounted.oldestSequence);
  // A half-written lap stays until its slot's turn comes, and is proven right by its checksum at every mount till then.
  if (mounted.findings.some(({ code }) => !harmless.includes(code)))
    throw new Difference('nothing is damaged after the next append', JSON.stringify(mounted.findings));
}
