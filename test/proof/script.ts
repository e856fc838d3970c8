import type { ReadingStore } from '../../lib/limfs/meter/readingStore.js';
import { createRandom } from '../../simulator/random/random.js';
import { channelList, type Geometry } from './geometry.js';

/** One step of a meter's life: what it asks of its store between two moments at which a cut can be told apart. */
export type Step =
  | {
      readonly kind: 'reading';
      readonly timeSeconds: number;
      /** None: a hole. */
      readonly values: readonly number[] | null;
      readonly status: number;
      readonly newRun: boolean;
      /** A new interval from this reading on; 0: as before. */
      readonly intervalSeconds: number;
      /** Another channel list from this reading on: its kind; 0: as before. */
      readonly listKind: number;
    }
  | { readonly kind: 'checkpoint'; readonly timeSeconds: number };

export type ReadingStep = Extract<Step, { kind: 'reading' }>;

const LARGEST = Number.MAX_SAFE_INTEGER;
const INTERVALS = [1, 10, 60, 900, 3600, 4000, 43_200, 131_071] as const;

/** Does one step; durable when it returns. */
export function perform(store: Omit<ReadingStore, 'idle'>, step: Step): void {
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

/** The life of one meter, step after step, the same for ever for a seed. */
export function createScript(geometry: Geometry, seed: number): () => Step {
  const random = createRandom(seed, 'script', geometry.name);
  const below = (n: number) => random.below(n);
  let time = 1_700_000_000;
  let interval = geometry.intervalSeconds;
  let values = Array.from({ length: geometry.channels }, () => below(1_000_000));
  let lists = 0;
  let stepsSinceList = 0;
  let jitter = 0;
  // A list may only be replaced when no page names the list four before it any more: after about a third of a lap.
  const listSteps =
    geometry.pages === 0 ? Number.POSITIVE_INFINITY : (geometry.pages * geometry.pageBytes) / 2;

  function next(): Step {
    stepsSinceList += 1;
    const odd = random.chance(1000 * geometry.oddities);
    const what = odd ? below(18) : -1;
    if (what === 0) return { kind: 'checkpoint', timeSeconds: time };
    let status = 0;
    let newRun = false;
    let intervalSeconds = 0;
    let listKind = 0;
    let valid = true;
    if (what === 1) newRun = below(4) === 0;
    if (what === 2 && below(6) === 0) {
      intervalSeconds = INTERVALS[below(INTERVALS.length)]!;
      interval = intervalSeconds;
    }
    if (what === 3 && stepsSinceList > listSteps) {
      stepsSinceList = 0;
      lists = (lists % 255) + 1;
      listKind = lists;
    }
    time += interval;
    if (what === 4) time += below(10) * interval;
    if (what === 5) time += below(100_000);
    if (what === 6) time -= below(2 * interval);
    if (what === 7) jitter = below(60);
    if (what === 8 && below(8) === 0) time = below(0x7fff_ffff) * 2;
    if (jitter > 0) {
      jitter -= 1;
      time += below(5) - 2;
    }
    // The clock keeps clear of the year 2106, where nothing can be stored any more.
    if (time < 0 || time > 0xffff_ffff) time = 1_700_000_000 + below(1_000_000);
    if (what >= 9 && what <= 11) status = below(256);
    if (what === 12) valid = false;
    values = values.map((value) => {
      let following = value + (odd ? below(3000) : below(700));
      if (what === 13) following = value + below(1_000_000_000) - 500_000_000;
      if (what === 14)
        following = (below(2) === 0 ? 1 : -1) * (below(0x400_0000) * 0x800_0000 + below(0x800_0000));
      if (what === 15) following = 0;
      if (what === 16) following = value;
      return Math.max(-LARGEST, Math.min(LARGEST, following));
    });
    const step = {
      timeSeconds: time,
      values: valid ? values : null,
      status,
      newRun,
      intervalSeconds,
      listKind,
    };
    return { kind: 'reading', ...step };
  }
  return next;
}

/** The plain reading that is due after another one, or the first of all. */
export function followingReading(
  last: { readonly timeSeconds: number; readonly values: readonly number[] | null } | undefined,
  intervalSeconds: number,
  geometry: Geometry,
): ReadingStep {
  const timeSeconds =
    last === undefined ? 1_700_000_000 : Math.min(last.timeSeconds + intervalSeconds, 0xffff_ffff);
  const values = last?.values ?? new Array<number>(geometry.channels).fill(0);
  return { kind: 'reading', timeSeconds, values, status: 0, newRun: false, intervalSeconds: 0, listKind: 0 };
}
