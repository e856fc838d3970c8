import { LimfsError } from '../errors.js';
import { ahead, earlier, later } from '../sequence.js';
import { type Cell, LOST_UNCERTAIN, type LostReason } from './cell.js';
import type { IntakeParts, ManagerCounters } from './intakeParts.js';
import type { ManagerSettings } from './managerLayout.js';
import type { Meter, MeterTable } from './meterTable.js';
import type { RedoLog } from './redoLog.js';
import type { Room } from './room.js';
import { PageKind, type Tape } from './tape.js';

/** Says in fill pages what can never be delivered; each note and the end of its gap are one transaction. */
export class Losses {
  private readonly settings: ManagerSettings;
  private readonly counters: ManagerCounters;
  private readonly log: RedoLog;
  private readonly tape: Tape;
  private readonly table: MeterTable;
  private readonly room: Room;
  private readonly meter: Meter;
  private readonly cell: Cell;

  constructor(parts: IntakeParts) {
    this.settings = parts.settings;
    this.counters = parts.counters;
    this.log = parts.log;
    this.tape = parts.tape;
    this.table = parts.table;
    this.room = parts.room;
    this.meter = parts.meter;
    this.cell = parts.cell;
  }

  /** Adds one more cell of a fill page to the transaction; -1 when there is no room. */
  takeFillCell(timeSeconds: number): number {
    const { tape, room } = this;
    if (!room.make(1, !tape.fillIsOpen, false)) {
      this.counters.withoutRoom += 1;
      return -1;
    }
    return tape.fillIsOpen ? tape.extend() : tape.open(PageKind.fill, 1, timeSeconds);
  }

  /** Gaps before a sequence are lost, for want of what the meter cannot give any more: says so in a fill page. */
  noteLost(place: number, sequence: number, reason: LostReason, timeSeconds: number): void {
    const { gaps } = this.meter;
    const before = earlier(sequence, this.meter.next);
    while (gaps.count > 0 && ahead(gaps.firsts[0]!, before) < 0) {
      const end = earlier(gaps.ends[0]!, before);
      if (!this.giveUp(place, 0, gaps.firsts[0]!, end, reason, timeSeconds)) return;
    }
  }

  /** Errors: `ring-full`. */
  giveUpGaps(place: number, reason: LostReason, timeSeconds: number): void {
    const { gaps } = this.meter;
    while (gaps.count > 0) {
      if (this.giveUp(place, 0, gaps.firsts[0]!, gaps.ends[0]!, reason, timeSeconds)) continue;
      throw new LimfsError(
        'ring-full',
        'there is no room to note what this meter owes; let the reports be acknowledged first',
      );
    }
  }

  /** What is missing from a sequence on is lost; false for want of room to say so. */
  loseFrom(place: number, first: number, reason: number, timeSeconds: number): boolean {
    const { gaps } = this.meter;
    for (let gap = gaps.count - 1; gap >= 0; gap -= 1) {
      const from = later(gaps.firsts[gap]!, first);
      const to = gaps.ends[gap]!;
      if (ahead(to, from) <= 0) continue;
      if (!this.giveUp(place, gap, from, to, reason, timeSeconds)) return false;
    }
    return true;
  }

  /** Reports [first, end) of a gap lost; false when there is no room for that. */
  private giveUp(
    place: number,
    gap: number,
    first: number,
    end: number,
    reason: number,
    timeSeconds: number,
  ): boolean {
    const { meter, cell } = this;
    const count = (end - first) >>> 0;
    if (this.settings.backfill) {
      const position = this.takeFillCell(timeSeconds);
      if (position < 0) return false;
      const doubt = meter.gaps.uncertain[gap] === 1 ? LOST_UNCERTAIN : 0;
      cell.setLost(first, count, reason | doubt, meter.next);
      cell.write(position, place, meter);
    }
    meter.gaps.remove(first, end);
    meter.lost = (meter.lost + count) >>> 0;
    this.table.store(place, meter);
    this.log.commit();
    return true;
  }
}
