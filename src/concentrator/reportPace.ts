import { LimfsError } from '../../lib/limfs/index.js';
import { readNumbers } from '../events/numbers.js';
import { PlanCondition } from '../manager/planCondition.js';
import { hoursOf, type ManagerRoster, MOST_MANAGERS } from './managerRoster.js';

const hourSeconds = 3600;
/** A condition that has not failed for so long holds again. */
const heldSeconds = 86_400;
const never = Number.POSITIVE_INFINITY;

/** Tells that a local manager's report interval was shortened, or is as before. Durable when it returns. */
export type PaceListener = (address: number, hours: number, isShort: boolean, timeSeconds: number) => void;

/**
 * Acts on what local managers say of their plan (section 3.2, L31): where report interval and lost packets do not fit
 * into the window, or what is missing finds no room between two reports, it asks more often, and as before when that has
 * not been said for a day.
 */
export class ReportPace {
  readonly #roster: ManagerRoster;
  readonly #tell: PaceListener;
  /** By place: when the condition failed last; at places with a shortened interval only. */
  readonly #failedSeconds: number[];

  /** What was shortened before the restart stays so for a day. */
  constructor(roster: ManagerRoster, tell: PaceListener, timeSeconds: number) {
    this.#roster = roster;
    this.#tell = tell;
    this.#failedSeconds = new Array<number>(MOST_MANAGERS).fill(never);
    for (let place = 0; place < MOST_MANAGERS; place += 1) {
      if (roster.at(place)?.shortHours !== undefined) this.#failedSeconds[place] = timeSeconds;
    }
  }

  get wakeSeconds(): number {
    let earliest = never;
    for (let place = 0; place < MOST_MANAGERS; place += 1) {
      if (this.#failedSeconds[place]! < earliest) earliest = this.#failedSeconds[place]!;
    }
    return earliest + heldSeconds;
  }

  /** A local manager says that a condition fails; `payload` as in `planFails`. Returns whether its interval changes. */
  failed(place: number, payload: Uint8Array, timeSeconds: number): boolean {
    const managed = this.#roster.at(place);
    const hours = proposedHours(payload);
    if (managed === null || hours === 0 || hours >= managed.reportHours) return false;
    this.#failedSeconds[place] = timeSeconds;
    if (hours >= hoursOf(managed)) return false;
    // Told first: a cut in between tells it twice, never not at all.
    this.#tell(managed.address, hours, true, timeSeconds);
    this.#roster.put(place, { ...managed, shortHours: hours });
    return true;
  }

  /** Returns whether intervals are as before from now on. */
  wake(timeSeconds: number): boolean {
    if (timeSeconds < this.wakeSeconds) return false;
    for (let place = 0; place < MOST_MANAGERS; place += 1) {
      if (timeSeconds < this.#failedSeconds[place]! + heldSeconds) continue;
      this.#failedSeconds[place] = never;
      const managed = this.#roster.at(place);
      if (managed?.shortHours === undefined) continue;
      const { address, reportHours, silent } = managed;
      this.#tell(address, reportHours, false, timeSeconds);
      this.#roster.put(place, { address, reportHours, silent });
    }
    return true;
  }

  clockStepped(bySeconds: number): void {
    for (let place = 0; place < MOST_MANAGERS; place += 1) this.#failedSeconds[place]! += bySeconds;
  }
}

/** Hours that would make the condition hold; 0: no interval would, or it is not said. */
function proposedHours(payload: Uint8Array): number {
  const [condition, , reportIntervals = 0, intervalSeconds = 0] = numbersOf(payload);
  const isOfInterval = condition === PlanCondition.paper || condition === PlanCondition.room;
  if (!isOfInterval || intervalSeconds === 0) return 0;
  return Math.max(1, Math.floor((reportIntervals * intervalSeconds) / hourSeconds));
}

function numbersOf(payload: Uint8Array): readonly number[] {
  try {
    return readNumbers(payload);
  } catch (error) {
    if (!(error instanceof LimfsError) || error.code !== 'packet') throw error;
    return [];
  }
}
