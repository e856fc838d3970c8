import { LimfsError } from '../errors.js';
import type { Natives } from '../natives.js';
import { BlockScanner } from './blockScanner.js';
import { type Cell, CellKind, LOST_UNCERTAIN, type LostReason } from './cell.js';
import { bringsMissing, coverByFill, coverByWindow, earlier, type Range, slidingOut } from './coverage.js';
import { ahead } from './gapList.js';
import type { ManagerSettings } from './managerLayout.js';
import { type Meter, MeterState, type MeterTable } from './meterTable.js';
import type { RedoLog } from './redoLog.js';
import type { Room } from './room.js';
import { PageKind, type Tape } from './tape.js';

/** What became of a block. */
export type Outcome =
  /** It stands in the open page. */
  | 'stored'
  /** It stands in a page that was opened early for it. */
  | 'rolled'
  /** It stands in a fill page. */
  | 'filled'
  /** Every reading in it is known. */
  | 'known'
  /** It has an error, or comes too late for the open page, and there are no fill pages. */
  | 'ignored'
  /** A fill page would overwrite what was not reported yet: what the block brings stays missing. */
  | 'no-room'
  /** Its sequences jump too far; nothing of this meter is taken until it has joined again. */
  | 'quarantined'
  /** It makes no sense. */
  | 'damaged';

/** Counts since mount. */
export class ManagerCounters {
  /** Windows that went to the open page, and those of them that replaced an earlier one. */
  stored = 0;
  replaced = 0;
  /** Pages that were opened early. */
  rolled = 0;
  /** Blocks that went to fill pages. */
  filled = 0;
  /** Windows in which a reading carries an error. */
  withError = 0;
  known = 0;
  ignored = 0;
  withoutRoom = 0;
  quarantined = 0;
  damaged = 0;
  /** Readings that were reported, and that the server never got. */
  missedAgain = 0;
  /** Acknowledgements that named another store, page or content than the oldest report's. */
  strangeAcknowledgements = 0;
}

/** The parts of a store that blocks go through. */
export interface IntakeParts {
  readonly settings: ManagerSettings;
  readonly counters: ManagerCounters;
  readonly log: RedoLog;
  readonly tape: Tape;
  readonly table: MeterTable;
  readonly room: Room;
  /** The record of the meter whose block it is; loaded by the caller. */
  readonly meter: Meter;
  readonly cell: Cell;
  readonly natives: Natives;
}

/** Decides where a block goes, and puts it there: each change is one transaction. */
export class Intake {
  readonly scanner: BlockScanner;
  private readonly settings: ManagerSettings;
  private readonly counters: ManagerCounters;
  private readonly log: RedoLog;
  private readonly tape: Tape;
  private readonly table: MeterTable;
  private readonly room: Room;
  private readonly meter: Meter;
  private readonly cell: Cell;
  private readonly range: Range = { first: 0, end: 0 };

  constructor(parts: IntakeParts) {
    this.settings = parts.settings;
    this.counters = parts.counters;
    this.log = parts.log;
    this.tape = parts.tape;
    this.table = parts.table;
    this.room = parts.room;
    this.meter = parts.meter;
    this.cell = parts.cell;
    this.scanner = new BlockScanner(parts.settings, parts.natives);
  }

  scan(block: Uint8Array, offset: number, length: number, most?: number): boolean {
    try {
      this.scanner.scan(block, offset, length, most);
      return true;
    } catch (error) {
      if (!(error instanceof LimfsError) || error.code !== 'packet') throw error;
      this.counters.damaged += 1;
      return false;
    }
  }

  /** Whether the sequences of the scanned block may be this meter's; else it is quarantined. */
  believes(place: number): boolean {
    const { meter, scanner, settings } = this;
    const jump = Math.abs(ahead(scanner.end, meter.next));
    if (meter.state === MeterState.active && jump <= 2 * settings.meterCapacityReadings) return true;
    this.counters.quarantined += 1;
    if (meter.state === MeterState.active) {
      meter.state = MeterState.quarantined;
      this.table.store(place, meter);
      this.log.commit();
    }
    return false;
  }

  takeWindow(place: number, block: Uint8Array, offset: number, length: number, timeSeconds: number): Outcome {
    const { meter, scanner, counters, tape } = this;
    if (scanner.hasError) counters.withError += 1;
    if (!bringsMissing(meter, scanner.first, scanner.end)) {
      counters.known += 1;
      return 'known';
    }
    if (scanner.hasError || ahead(scanner.end, meter.next) <= 0) {
      return this.fill(place, block, offset, length, timeSeconds);
    }
    const page = tape.openWindow;
    if (page < 0) {
      this.openWindowPage(place, true, timeSeconds);
    } else if (place >= tape.state.windowCells || (meter.page === page && this.mustStay())) {
      const outcome = this.makeWay(place, block, offset, length, timeSeconds);
      if (outcome !== 'stored') return outcome;
    }
    const rolled = page >= 0 && tape.openWindow !== page;
    this.storeWindow(place, block, offset, length);
    return rolled ? 'rolled' : 'stored';
  }

  /** Puts the scanned backfill into a fill page. */
  takeBackfill(
    place: number,
    block: Uint8Array,
    offset: number,
    length: number,
    timeSeconds: number,
  ): Outcome {
    const { meter, scanner } = this;
    if (bringsMissing(meter, scanner.first, scanner.end)) {
      return this.fill(place, block, offset, length, timeSeconds);
    }
    this.counters.known += 1;
    return 'known';
  }

  /** Whether the meter's cell in the open page may not be replaced by the scanned window. */
  private mustStay(): boolean {
    return this.meter.cellTaken || slidingOut(this.meter, this.scanner.first, this.range);
  }

  /** Opens a page early, or else stores the window in a fill page, or else makes gaps of what slides out. */
  private makeWay(
    place: number,
    block: Uint8Array,
    offset: number,
    length: number,
    timeSeconds: number,
  ): Outcome {
    const { meter, settings, counters, tape, scanner, range } = this;
    const noCell = place >= tape.state.windowCells || meter.cellTaken;
    const due =
      timeSeconds - meter.rolledSeconds >= settings.rollSeconds || timeSeconds < meter.rolledSeconds;
    if ((settings.roll || noCell) && due && this.openWindowPage(place, false, timeSeconds)) {
      meter.rolledSeconds = timeSeconds;
      counters.rolled += 1;
      return 'stored';
    }
    if (settings.backfill && this.tape.hasRoom(1)) {
      const outcome = this.fill(place, block, offset, length, timeSeconds);
      if (outcome === 'filled') return outcome;
    }
    if (noCell) {
      counters.withoutRoom += 1;
      return 'no-room';
    }
    // Some of it may stand in a fill page that the record has forgotten.
    if (slidingOut(meter, scanner.first, range)) meter.gaps.add(range.first, range.end, true);
    return 'stored';
  }

  /** Adds a new window page to the transaction; false when that would take unreported pages and `mayDrop` is false. */
  private openWindowPage(place: number, mayDrop: boolean, timeSeconds: number): boolean {
    const { room, tape, meter } = this;
    const { dropped } = room;
    if (!room.make(tape.state.places, true, mayDrop)) return false;
    if (room.dropped !== dropped) this.table.load(place, meter);
    tape.open(PageKind.window, tape.state.places, timeSeconds);
    return true;
  }

  private storeWindow(place: number, block: Uint8Array, offset: number, length: number): void {
    const { meter, scanner, counters, tape, cell } = this;
    const page = tape.openWindow;
    if (meter.page === page && ahead(meter.cellEnd, meter.cellFirst) > 0) counters.replaced += 1;
    counters.stored += 1;
    coverByWindow(meter, page, scanner.first, scanner.end);
    cell.setBlock(CellKind.window, scanner.count, block, offset, length, scanner.headBytes);
    cell.write(page + place, place, meter.storeHigh, meter.storeLow);
    this.table.store(place, meter);
    this.log.commit();
  }

  /** Stores the scanned block in a fill page, if there are such and there is room. */
  private fill(
    place: number,
    block: Uint8Array,
    offset: number,
    length: number,
    timeSeconds: number,
  ): Outcome {
    const { meter, scanner, counters, cell } = this;
    if (!this.settings.backfill) {
      counters.ignored += 1;
      return 'ignored';
    }
    const position = this.takeFillCell(timeSeconds);
    if (position < 0) return 'no-room';
    counters.filled += 1;
    coverByFill(meter, scanner.first, scanner.end);
    cell.setBlock(CellKind.fill, scanner.count, block, offset, length, scanner.headBytes);
    cell.write(position, place, meter.storeHigh, meter.storeLow);
    this.table.store(place, meter);
    this.log.commit();
    return 'filled';
  }

  /** Adds one more cell of a fill page to the transaction; -1 when there is no room. */
  private takeFillCell(timeSeconds: number): number {
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
      if (!this.giveUp(place, earlier(gaps.ends[0]!, before), reason, timeSeconds)) return;
    }
  }

  /** Errors: `ring-full`. */
  giveUpGaps(place: number, reason: LostReason, timeSeconds: number): void {
    const { gaps } = this.meter;
    while (gaps.count > 0) {
      if (this.giveUp(place, gaps.ends[0]!, reason, timeSeconds)) continue;
      throw new LimfsError(
        'ring-full',
        'there is no room to note what this meter owes; let the reports be acknowledged first',
      );
    }
  }

  /** Reports the first gap up to `end` lost; false when there is no room for that. */
  private giveUp(place: number, end: number, reason: LostReason, timeSeconds: number): boolean {
    const { meter, cell } = this;
    const first = meter.gaps.firsts[0]!;
    const count = (end - first) >>> 0;
    if (this.settings.backfill) {
      const position = this.takeFillCell(timeSeconds);
      if (position < 0) return false;
      cell.setLost(first, count, reason | (meter.gaps.uncertain[0] === 1 ? LOST_UNCERTAIN : 0));
      cell.write(position, place, meter.storeHigh, meter.storeLow);
    }
    meter.gaps.remove(first, end);
    meter.lost = (meter.lost + count) >>> 0;
    this.table.store(place, meter);
    this.log.commit();
    return true;
  }
}
