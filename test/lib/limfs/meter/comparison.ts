import { assert } from 'chai';
import { createBatch, createReading } from '../../../../lib/limfs/index.js';
import type { ReadingStore } from '../../../../lib/limfs/meter/readingStore.js';
import { createRandom } from '../../../../simulator/random/random.js';
import type { Witnessed } from '../../../proof/model.js';

/** A store on any medium. */
type Store = Omit<ReadingStore, 'idle'>;

const batch = createBatch(61);
const reading = createReading();

export function same(found: typeof reading, wanted: Witnessed): boolean {
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

/** Compares all that a store gives back with a plain list. */
export function compareAll(store: Store, kept: readonly Witnessed[]): void {
  let at = 0;
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    assert.equal(batch.firstSequence, next);
    for (let row = 0; row < batch.count; row += 1, at += 1) {
      const wanted = kept[at]!;
      reading.sequence = (batch.firstSequence + row) >>> 0;
      reading.timeSeconds = batch.times[row]!;
      reading.status = batch.statuses[row]!;
      reading.valid = batch.valids[row] === 1;
      reading.run = batch.run;
      for (let channel = 0; channel < batch.channels; channel += 1)
        reading.values[channel] = batch.values[row * batch.channels + channel]!;
      if (!same(reading, wanted)) assert.deepEqual(reading as unknown, wanted as unknown);
    }
    next = (next + batch.count) >>> 0;
  }
  assert.equal(at, kept.length);
}

/** What find() must give: the newest reading of the newest run that covers the time, else the nearest before. */
function modelFind(kept: readonly Witnessed[], time: number): Witnessed | undefined {
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

/** Compares searches by time, whose times come from `seed`, with the same searches in a plain list. */
export function compareSearches(store: Store, kept: readonly Witnessed[], seed: number): void {
  const random = createRandom(seed, 'searches', kept.length);
  for (let count = 0; count < 15; count += 1) {
    const time = kept[random.below(kept.length)]!.timeSeconds + (random.below(3) - 1) * random.below(10_000);
    const wanted = modelFind(kept, time);
    assert.equal(store.find(time, reading), wanted !== undefined, `find(${time})`);
    if (wanted !== undefined && !same(reading, wanted))
      assert.deepEqual(reading as unknown, wanted as unknown);
    const until = time + random.below(100_000);
    const found: number[] = [];
    const visited = store.range(time, until, ({ sequence }) => found.push(sequence));
    const within = kept.filter(({ timeSeconds }) => timeSeconds >= time && timeSeconds < until);
    assert.deepEqual(
      found,
      within.map(({ sequence }) => sequence),
      `range(${time}, ${until})`,
    );
    assert.equal(visited, found.length);
  }
}

/** Compares the newest reading. */
export function compareNewest(store: Store, wanted: Witnessed): void {
  assert.isTrue(store.newest(reading));
  if (!same(reading, wanted)) assert.deepEqual(reading as unknown, wanted as unknown);
}
