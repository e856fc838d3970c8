import { ahead, earlier, later } from '../sequence.js';
import { type Cell, CellKind } from './cell.js';
import { Meter, MeterState, type MeterTable } from './meterTable.js';
import type { RedoLog } from './redoLog.js';
import { PageKind, type Tape } from './tape.js';

/** Pages behind a dropped one that are looked at for a window with the same readings. */
const PAGES_LOOKED_AT = 8;

/**
 * Makes room on the tape. Reported pages just end. A page that was not reported is dropped only when asked to: the
 * report pointer passes it first, then cell after cell becomes gaps of its meter, and then its entry ends. Each step is
 * a transaction, and a mount goes on where the last one stopped.
 */
export class Room {
  /** Pages dropped since mount. */
  dropped = 0;
  private readonly tape: Tape;
  private readonly log: RedoLog;
  private readonly table: MeterTable;
  private readonly cell: Cell;
  private readonly later: Cell;
  private readonly meter = new Meter();

  /** Both cells are the caller's; what is in them does not outlast a call. */
  constructor(log: RedoLog, tape: Tape, table: MeterTable, cell: Cell, later: Cell) {
    this.log = log;
    this.tape = tape;
    this.table = table;
    this.cell = cell;
    this.later = later;
  }

  /**
   * Makes room for `cells` more, and for one more PVT entry if `entry`; false when that would take a page that was not
   * reported and `mayDrop` is false. Meters' records may have changed when `dropped` has.
   */
  make(cells: number, entry: boolean, mayDrop: boolean): boolean {
    this.finishDrop();
    const { tape } = this;
    if (!mayDrop && !tape.hasRoom(cells)) return false;
    while (!tape.fits(cells) || (entry && tape.entryIsTaken())) {
      this.log.begin();
      const { oldest, state } = tape;
      if (oldest < state.oldestUnreported) this.discard();
      else if (mayDrop) this.drop(oldest);
      else return false;
    }
    return true;
  }

  /** Goes on with a page that was being dropped when the power failed. */
  finishDrop(): void {
    const { tape, log } = this;
    const { state } = tape;
    if (state.dropFirst >= state.dropEnd) return;
    while (state.dropFirst < state.dropEnd) {
      // On NOR flash a long drop may need idle time between its transactions; the same call goes on then.
      log.begin();
      const { ownerlessReadings } = state;
      const missing = this.hasMissing(state.dropFirst);
      state.dropFirst += 1;
      const isLast = state.dropFirst === state.dropEnd;
      if (!missing && !isLast && state.ownerlessReadings === ownerlessReadings) continue;
      if (missing) this.table.store(this.cell.place, this.meter);
      if (isLast) tape.discardBefore(state.dropEnd);
      else tape.storeState();
      log.commit();
    }
  }

  private discard(): void {
    this.tape.discardOldest();
    this.log.commit();
  }

  private drop(position: number): void {
    const { state } = this.tape;
    const end = this.tape.endOf(position);
    state.dropFirst = position;
    state.dropEnd = end;
    state.oldestUnreported = end;
    state.frozen = Math.max(state.frozen, end);
    if (state.windowPosition < end) state.windowCells = 0;
    state.droppedPages += 1;
    this.tape.storeState();
    this.log.commit();
    this.dropped += 1;
    this.finishDrop();
  }

  /** Whether dropping a cell makes gaps, or leaves lines untold; that is in `meter` then. */
  private hasMissing(position: number): boolean {
    const { cell, meter, table } = this;
    if (cell.read(position) !== 'whole' || cell.place >= table.places) return false;
    const isLines = cell.kind === CellKind.lines;
    const end = this.endOfOnlyHere();
    if (!isLines && ahead(end, cell.first) <= 0) return false;
    const known = table.load(cell.place, meter) && meter.state !== MeterState.free;
    if (!known || !isOf(cell, meter.storeHigh, meter.storeLow)) {
      this.tape.state.ownerlessReadings += (end - cell.first) >>> 0;
      return false;
    }
    if (isLines) {
      meter.linesUntold = true;
      return true;
    }
    // The page before may have been reported with some of these readings.
    meter.gaps.add(cell.first, earlier(end, later(meter.next, cell.first)), true);
    return meter.gaps.changed;
  }

  /** Where the next window of the cell's meter begins: readings from there on stand in that too. */
  private endOfOnlyHere(): number {
    const { cell, tape } = this;
    let position = tape.state.dropEnd;
    for (let page = 0; page < PAGES_LOOKED_AT && position < tape.state.end; page += 1) {
      const end = tape.endOf(position);
      const place = position + cell.place;
      const isWindow = tape.pageAt(position)?.run === PageKind.window && place < end;
      if (isWindow && this.later.read(place) === 'whole' && isOf(this.later, cell.storeHigh, cell.storeLow)) {
        if (cell.kind === CellKind.lost) return cell.end;
        return earlier(cell.end, later(cell.first, this.later.first));
      }
      position = end;
    }
    return cell.end;
  }
}

function isOf(cell: Cell, storeHigh: number, storeLow: number): boolean {
  return cell.storeHigh === storeHigh && cell.storeLow === storeLow;
}
