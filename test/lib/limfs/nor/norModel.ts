import type { Reading } from '../../../../lib/limfs/index.js';
import type { NorMeterStore } from '../../../../lib/limfs/nor/norMeterStore.js';
import type { Geometry } from '../../../proof/geometry.js';
import type { Witnessed } from '../../../proof/model.js';
import type { Step } from '../../../proof/script.js';
import { channelList, type NorShape } from './norRig.js';

/** The life of a meter that the proof on FRAM uses, for a store on NOR flash. */
export function proofGeometry(shape: NorShape & { readonly oddities: number }): Geometry {
  return {
    name: 'nor',
    pageBytes: 256,
    pages: 8,
    channels: shape.channels ?? 1,
    intervalSeconds: shape.intervalSeconds ?? 3600,
    firstSequence: shape.firstSequence ?? 0,
    filling: 'ones',
    oddities: shape.oddities,
  };
}

/** Does one step; durable when it returns. */
export function performOnNor(store: NorMeterStore, step: Step): void {
  if (step.kind === 'checkpoint') {
    store.checkpoint(step.timeSeconds);
    return;
  }
  if (step.intervalSeconds > 0) store.setInterval(step.intervalSeconds);
  if (step.listKind > 0) store.reviseChannels(channelList(store.channelCount, step.listKind));
  if (step.newRun) store.startRun();
  if (step.values === null) store.appendHole(step.timeSeconds, step.status);
  else store.append(step.timeSeconds, step.values, step.status);
}

export function same(found: Reading, wanted: Witnessed): boolean {
  const { sequence, timeSeconds, status, values, run } = wanted;
  return (
    found.sequence === sequence &&
    found.timeSeconds === timeSeconds &&
    found.status === status &&
    found.run === run &&
    found.valid === (values !== null) &&
    (values === null || values.every((value, channel) => found.values[channel] === value))
  );
}

/** What find() must give: the newest reading of the newest run that covers the time, else the nearest before. */
export function modelFind(kept: readonly Witnessed[], time: number): Witnessed | undefined {
  let best: Witnessed | undefined;
  for (let end = kept.length; end > 0; ) {
    let start = end - 1;
    while (start > 0 && kept[start - 1]!.run === kept[end - 1]!.run) start -= 1;
    const run = kept.slice(start, end);
    const before = run.filter(({ timeSeconds }) => timeSeconds <= time);
    const last = before.at(-1);
    if (last !== undefined) {
      if (before.length < run.length || last.timeSeconds === time) return last;
      if (best === undefined || last.timeSeconds > best.timeSeconds) best = last;
    }
    end = start;
  }
  return best;
}
