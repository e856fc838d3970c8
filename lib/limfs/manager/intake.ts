import { LimfsError } from '../errors.js';
import { ahead } from '../sequence.js';
import { BlockScanner } from './blockScanner.js';
import { type Cell, CellKind } from './cell.js';
import { bringsMissing, coverByFill, coverByWindow, type Range, slidingOut } from './coverage.js';
import type { IntakeParts, ManagerCounters, MeterBlock, Outcome } from './intakeParts.js';
import { Losses } from './losses.js';
import type { ManagerSettings } from './managerLayout.js';
import { type Meter, MeterState, type MeterTable } from './meterTable.js';
import type { RedoLog } from './redoLog.js';
import type { Room } from './room.js';
import { PageKind, type Tape } from './tape.js';

/** Decides where a block goes, and puts it there: each change is one transaction. */
export class Intake {
  readonly scanner: BlockScanner;
  readonly losses: Losses;
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
    this.losses = new Losses(parts);
  }

  /** Why nothing of a block may be taken; null: it is scanned, and the meter's. A window holds at most `most` readings. */
  refuse(place: number, { line, block }: MeterBlock, most?: number): Outcome | null {
    try {
      this.scanner.scan(block, most);
    } catch (error) {
      if (!(error instanceof LimfsError) || error.code !== 'packet') throw error;
      this.counters.damaged += 1;
      return 'damaged';
    }
    if (line !== this.meter.line) this.counters.otherLine += 1;
    if (this.meter.state !== MeterState.active) return this.quarantine(place);
    if (line !== this.meter.line) return 'other-line';
    const jump = Math.abs(ahead(this.scanner.end, this.meter.next));
    return jump > 2 * this.settings.meterCapacityReadings ? this.quarantine(place) : null;
  }

  private quarantine(place: number): Outcome {
    const { meter } = this;
    this.counters.quarantined += 1;
    if (meter.state === MeterState.active) {
      meter.state = MeterState.quarantined;
      this.table.store(place, meter);
      this.log.commit();
    }
    return 'quarantined';
  }

  takeWindow(place: number, block: Uint8Array, timeSeconds: number): Outcome {
    const { meter, scanner, counters, tape } = this;
    if (scanner.hasError) counters.withError += 1;
    if (!bringsMissing(meter, scanner.first, scanner.end)) {
      counters.known += 1;
      return 'known';
    }
    if (scanner.hasError || ahead(scanner.end, meter.next) <= 0) {
      return this.fill(place, block, timeSeconds);
    }
    const page = tape.openWindow;
    if (page < 0) {
      this.openWindowPage(place, true, timeSeconds);
    } else if (place >= tape.state.windowCells || (meter.page === page && this.mustStay())) {
      const outcome = this.makeWay(place, block, timeSeconds);
      if (outcome !== 'stored') return outcome;
    }
    const rolled = page >= 0 && tape.openWindow !== page;
    this.storeWindow(place, block);
    return rolled ? 'rolled' : 'stored';
  }

  /** Puts the scanned backfill into a fill page. */
  takeBackfill(place: number, block: Uint8Array, timeSeconds: number): Outcome {
    const { meter, scanner } = this;
    if (bringsMissing(meter, scanner.first, scanner.end)) {
      return this.fill(place, block, timeSeconds);
    }
    this.counters.known += 1;
    return 'known';
  }

  /** Whether the meter's cell in the open page may not be replaced by the scanned window. */
  private mustStay(): boolean {
    return this.meter.cellTaken || slidingOut(this.meter, this.scanner.first, this.range);
  }

  /** Opens a page early, or else stores the window in a fill page, or else makes gaps of what slides out. */
  private makeWay(place: number, block: Uint8Array, timeSeconds: number): Outcome {
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
      const outcome = this.fill(place, block, timeSeconds);
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

  private storeWindow(place: number, block: Uint8Array): void {
    const { meter, scanner, counters, tape, cell } = this;
    const page = tape.openWindow;
    if (meter.page === page && ahead(meter.cellEnd, meter.cellFirst) > 0) counters.replaced += 1;
    counters.stored += 1;
    coverByWindow(meter, page, scanner.first, scanner.end);
    cell.setBlock(CellKind.window, scanner.count, block, scanner.headBytes);
    cell.write(page + place, place, meter);
    this.table.store(place, meter);
    this.log.commit();
  }

  /** Stores the scanned block in a fill page, if there are such and there is room. */
  private fill(place: number, block: Uint8Array, timeSeconds: number): Outcome {
    const { meter, scanner, counters, cell } = this;
    if (!this.settings.backfill) {
      counters.ignored += 1;
      return 'ignored';
    }
    const position = this.losses.takeFillCell(timeSeconds);
    if (position < 0) return 'no-room';
    counters.filled += 1;
    coverByFill(meter, scanner.first, scanner.end);
    cell.setBlock(CellKind.fill, scanner.count, block, scanner.headBytes);
    cell.write(position, place, meter);
    this.table.store(place, meter);
    this.log.commit();
    return 'filled';
  }
}
