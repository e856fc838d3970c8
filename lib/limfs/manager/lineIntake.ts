import { LINE_BYTES, type LineList } from '../lines/lineList.js';
import { ahead } from '../sequence.js';
import { LOST_UNCERTAIN, LostReason } from './cell.js';
import type { IntakeParts } from './intakeParts.js';
import type { Losses } from './losses.js';
import type { Members } from './members.js';
import { MeterState } from './meterTable.js';

const DAY_SECONDS = 86_400;
/** More often, each within a day of the time before, is no backup: two devices speak under one name. */
const MOST_SET_BACKS = 4;
/** A cell that tells a line names the one before, too. */
const LEAST_TOLD = 2;

/** What became of the lines that a meter told. */
export type LinesOutcome =
  /** They go on from what is known. */
  | 'taken'
  /** They part from it: the meter was set back, and what is known from there on is not the meter's any more. */
  | 'set-back'
  /** The same, once too often. */
  | 'quarantined'
  /** The same, but there is no room to say what is lost with it: nothing was taken. */
  | 'no-room';

/** Takes the names of a meter's lines: they say whether its readings are still those that are known. */
export class LineIntake {
  private readonly parts: IntakeParts;
  private readonly losses: Losses;
  private readonly members: Members;
  private readonly linesInCell: number;

  constructor(parts: IntakeParts, losses: Losses, members: Members) {
    this.parts = parts;
    this.losses = losses;
    this.members = members;
    const { backfill, blockBytes } = parts.settings;
    this.linesInCell = backfill ? Math.floor(blockBytes / LINE_BYTES) : 0;
  }

  /** The first sequence that is another reading now; the next one expected if there is none. */
  partingOf(place: number, told: LineList, oldestKept: number): number {
    const { meter, table } = this.parts;
    table.loadLines(place, meter.lines);
    return meter.lines.partingFrom(told, meter.next, oldestKept);
  }

  take(place: number, told: LineList, oldestKept: number, timeSeconds: number): LinesOutcome {
    const { meter, table, log } = this.parts;
    if (told.newest === meter.line && !meter.linesUntold) return 'taken';
    const parting = this.partingOf(place, told, oldestKept);
    const isSetBack = ahead(parting, meter.next) < 0;
    if (isSetBack && !this.loseFrom(place, parting, told, timeSeconds)) return 'no-room';
    if (isSetBack) this.setBack(place, parting, timeSeconds);
    meter.lines.goOn(told);
    meter.line = told.newest;
    // What is known is told with it, in case that the page that told it before was lost.
    this.tell(place, told.count > meter.lines.count ? told : meter.lines, timeSeconds);
    table.storeLines(place, meter.lines);
    table.store(place, meter);
    log.commit();
    if (!isSetBack) return 'taken';
    return meter.state === MeterState.active ? 'set-back' : 'quarantined';
  }

  /** What was missing is lost; where none of the lines is known, it may be there all the same. */
  private loseFrom(place: number, parting: number, told: LineList, timeSeconds: number): boolean {
    const isSure = this.parts.meter.lines.overlaps(told);
    const reason = isSure ? LostReason.meterSetBack : LostReason.meterSetBack | LOST_UNCERTAIN;
    return this.losses.loseFrom(place, parting, reason, timeSeconds);
  }

  private setBack(place: number, parting: number, timeSeconds: number): void {
    const { meter, counters } = this.parts;
    counters.setBacks += 1;
    this.members.beginAt(place, parting);
    const isNear = Math.abs(timeSeconds - meter.setBackSeconds) < DAY_SECONDS;
    meter.setBacks = isNear ? meter.setBacks + 1 : 1;
    meter.setBackSeconds = timeSeconds;
    if (meter.setBacks > MOST_SET_BACKS) meter.state = MeterState.quarantined;
  }

  /** Adds the lines to a fill page, in as many cells as it takes; without room for them they stay untold. */
  private tell(place: number, lines: LineList, timeSeconds: number): void {
    const { meter, cell, log } = this.parts;
    const { linesInCell } = this;
    meter.linesUntold = false;
    if (linesInCell < LEAST_TOLD) return;
    for (let from = 0, end = 0; end < lines.count; from = end - 1) {
      if (end > 0) log.commit();
      end = Math.min(lines.count, from + linesInCell);
      const position = this.losses.takeFillCell(timeSeconds);
      if (position < 0) {
        meter.linesUntold = true;
        return;
      }
      cell.setLines(lines, from, end);
      cell.write(position, place, meter);
    }
  }
}
