import type { ManagerSettings } from '../../lib/limfs/manager/index.js';
import { planLocalManager } from '../../lib/limfs/plan/index.js';
import { ahead } from '../../lib/limfs/sequence.js';
import { PlanCondition } from './planCondition.js';

/** The paper's Table 1. */
const LONGEST_WINDOW = 80;

/** A concentrator asks no more often; it may be late by a minute or two. */
const shortestReportSeconds = 3900;

/** What would make a condition hold again. */
export interface Proposal {
  /** One of `PlanCondition`. */
  readonly condition: number;
  /** n: readings in a window. */
  readonly windowReadings: number;
  /** I: intervals from report to report. */
  readonly reportIntervals: number;
}

/**
 * Holds what is observed on the air against the planner (section 3.2): the longest run of lost windows of one meter
 * since the report before, and the time between two reports.
 */
export class PlanWatch {
  readonly #settings: ManagerSettings;
  readonly #intervalSeconds: number;
  /** By place: the sequence after the newest window's last; -1: none was heard since the restart. */
  readonly #next: number[];
  #burst = 0;
  #isCrowded = false;
  #reportedSeconds = Number.NaN;

  constructor(settings: ManagerSettings, intervalSeconds: number) {
    this.#settings = settings;
    this.#intervalSeconds = intervalSeconds;
    this.#next = new Array<number>(settings.meters).fill(-1);
  }

  /** A window came, after which the meter's next reading will have this sequence. */
  heard(place: number, nextSequence: number): void {
    const before = this.#next[place]!;
    if (before >= 0) this.#burst = Math.max(this.#burst, ahead(nextSequence, before) - 1);
    if (before < 0 || ahead(nextSequence, before) > 0) this.#next[place] = nextSequence;
  }

  forget(place: number): void {
    this.#next[place] = -1;
  }

  /** Readings are missing, and the store has no room for them before the next report. */
  crowded(): void {
    this.#isCrowded = true;
  }

  /** A report begins: judges what was seen since the one before. Null: all is well. */
  report(meters: number, timeSeconds: number): Proposal | null {
    const sinceSeconds = timeSeconds - this.#reportedSeconds;
    const burst = this.#burst;
    const isCrowded = this.#isCrowded;
    this.#reportedSeconds = timeSeconds;
    this.#burst = 0;
    this.#isCrowded = false;
    if (!(sinceSeconds > 0) || meters === 0) return null;
    const intervals = Math.max(1, Math.round(sinceSeconds / this.#intervalSeconds));
    if (!isCrowded || sinceSeconds <= shortestReportSeconds) return this.#judge(meters, burst, intervals);
    const { windowReadings } = this.#settings;
    return { condition: PlanCondition.room, windowReadings, reportIntervals: Math.max(1, intervals >> 1) };
  }

  #judge(meters: number, burst: number, reportIntervals: number): Proposal | null {
    const { windowReadings, blockBytes, cells, roll, backfill, meterCapacityReadings } = this.#settings;
    const plan = planLocalManager(
      {
        dataBytes: cells * blockBytes,
        readingBytes: blockBytes / windowReadings,
        meters,
        windowReadings,
        reportIntervals,
        intervalSeconds: this.#intervalSeconds,
      },
      { burstPackets: burst, outageIntervals: burst + 1, meterCapacity: meterCapacityReadings },
    );
    const fails = (name: string) => plan.conditions.some((one) => one.name === name && !one.holds);
    if (backfill && fails('backfill')) {
      return { condition: PlanCondition.backfill, windowReadings, reportIntervals };
    }
    if (roll && fails('roll')) {
      const longer = Math.min(LONGEST_WINDOW, burst + 1);
      return { condition: PlanCondition.roll, windowReadings: longer, reportIntervals };
    }
    if (roll || !fails('paper')) return null;
    const longer = Math.min(LONGEST_WINDOW, reportIntervals + burst);
    const shorter = Math.max(1, Math.min(reportIntervals, windowReadings - burst));
    return { condition: PlanCondition.paper, windowReadings: longer, reportIntervals: shorter };
  }
}
