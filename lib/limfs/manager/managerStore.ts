import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import type { Natives } from '../natives.js';
import { Cell, LostReason } from './cell.js';
import { earlier } from './coverage.js';
import { ahead, GapList } from './gapList.js';
import { Intake } from './intake.js';
import { ManagerCounters, type Outcome } from './intakeParts.js';
import { loadSettings, ManagerLayout, type ManagerSettings } from './managerLayout.js';
import { Meter, MeterState, MeterTable, Seam } from './meterTable.js';
import { RedoLog } from './redoLog.js';
import { type ManagerPage, Reports } from './reports.js';
import { Room } from './room.js';
import { doubt, endOfLine, hasOvertaken, isOfEndedLine, noteSetBack } from './setBack.js';
import { Tape } from './tape.js';

/**
 * A local manager's store (the paper's section 3.2, Figures 5 and 6): each meter's newest window without error in the
 * open page, pages reported in order. Made by `mountManagerStore`. A change is whole and durable when its call returns.
 *
 * A meter is named by its place, 0..meters-1. Every method that touches the medium may throw `medium-failed`; after a
 * change that failed all throw `needs-mount`.
 */
export class ManagerStore {
  readonly storeId: StoreId;
  readonly settings: ManagerSettings;
  readonly counters = new ManagerCounters();
  /** What is wrong with the store, found by mount and by later reads; empty when all is well. */
  readonly findings: readonly Finding[] = [];
  private readonly log: RedoLog;
  private readonly tape: Tape;
  private readonly table: MeterTable;
  private readonly room: Room;
  private readonly reports: Reports;
  private readonly intake: Intake;
  private readonly cell: Cell;
  private readonly meter = new Meter();

  /** Mounts; writes nothing. `superblock` comes from `identify`. Errors: `damaged`. */
  constructor(medium: Medium, superblock: Superblock, natives: Natives) {
    const { fold } = natives;
    const seedSum = storeSeed(superblock.storeId);
    const findings = this.findings as Finding[];
    this.storeId = superblock.storeId;
    this.settings = loadSettings(medium, seedSum, fold);
    const layout = new ManagerLayout(this.settings);
    this.log = new RedoLog(medium, layout.logAddress, layout.logPlaceBytes, seedSum, fold);
    this.log.load();
    if (this.log.damaged) addFinding(findings, 'log-damaged', -1);
    this.tape = new Tape(this.log, layout, seedSum, fold, findings);
    this.table = new MeterTable(this.log, layout.metersAddress, layout.meters, seedSum, fold);
    this.cell = new Cell(this.log, layout, seedSum, fold);
    const later = new Cell(this.log, layout, seedSum, fold);
    this.room = new Room(this.log, this.tape, this.table, this.cell, later);
    this.reports = new Reports(this.log, this.tape, this.cell, layout.cells, seedSum, findings);
    this.intake = new Intake({
      settings: this.settings,
      counters: this.counters,
      log: this.log,
      tape: this.tape,
      table: this.table,
      room: this.room,
      meter: this.meter,
      cell: this.cell,
      natives,
    });
  }

  /** Pages in the ring. */
  get pages(): number {
    return this.tape.pages;
  }

  /** Pages that were ever dropped before they were reported, because the ring was full. */
  get droppedPages(): number {
    return this.tape.state.droppedPages;
  }

  /** Readings in them whose meters had been removed or replaced, so that nobody could be asked for them again. */
  get ownerlessReadings(): number {
    return this.tape.state.ownerlessReadings;
  }

  /** The largest block that a meter may send as backfill, its head included. */
  get largestBlockBytes(): number {
    return this.intake.scanner.headBytes + this.settings.blockBytes;
  }

  /** Whether backfill can be stored without overwriting what was not reported: no need to ask meters before. */
  get hasRoomForBackfill(): boolean {
    return this.settings.backfill && this.tape.hasRoom(1);
  }

  /**
   * Takes a window of a meter. Without an error in it, it replaces that meter's in the open page (the paper's
   * latest-first), after a roll if a reading would slide out that stands nowhere else; with one it is ignored
   * (error-ignorant), but for a fill page that keeps what it brings. `oldestKept` is the oldest sequence in the meter's
   * own store: gaps before it are lost. Errors: `meter-unknown`.
   */
  receiveWindow(
    place: number,
    block: Uint8Array,
    offset: number,
    length: number,
    oldestKept: number,
    timeSeconds: number,
  ): Outcome {
    this.begin(place);
    const { intake } = this;
    if (!intake.scan(block, offset, length, this.settings.windowReadings)) return 'damaged';
    if (!intake.believes(place)) return 'quarantined';
    if (isOfEndedLine(this.meter, intake.scanner)) {
      this.counters.ofEndedLine += 1;
      return 'ignored';
    }
    const judged = intake.judge.look(place, block, offset, length, true, oldestKept, timeSeconds);
    if (judged !== null) return judged;
    const outcome = intake.takeWindow(place, block, offset, length, timeSeconds);
    intake.losses.noteLost(place, oldestKept, LostReason.overwrittenAtMeter, timeSeconds);
    return outcome;
  }

  /** Takes consecutive readings that a meter was asked for; they go to a fill page. Errors: `meter-unknown`. */
  receiveBackfill(
    place: number,
    block: Uint8Array,
    offset: number,
    length: number,
    oldestKept: number,
    timeSeconds: number,
  ): Outcome {
    this.begin(place);
    const { intake } = this;
    if (!intake.scan(block, offset, length)) return 'damaged';
    if (!intake.believes(place)) return 'quarantined';
    const judged = intake.judge.look(place, block, offset, length, false, oldestKept, timeSeconds);
    if (judged !== null) return judged;
    const outcome = intake.takeBackfill(place, block, offset, length, timeSeconds);
    intake.losses.noteLost(place, oldestKept, LostReason.overwrittenAtMeter, timeSeconds);
    return outcome;
  }

  /** The first sequence in the block that came last. */
  get receivedFirst(): number {
    return this.intake.scanner.first;
  }

  /** The time of the newest reading in it; 0: the meter did not know it. */
  get receivedSeconds(): number {
    return this.intake.scanner.newestSeconds;
  }

  /**
   * A block that begins at `first` was not taken, because its meter was set back. What was missing of the old line from
   * there on is noted lost: the meter's readings are others now. Returns where the old line ended; -1: there is no room
   * for the notes yet. Errors: `meter-unknown`.
   */
  loseLine(place: number, first: number, timeSeconds: number): number {
    this.begin(place);
    const end = endOfLine(this.meter, first);
    return this.intake.losses.loseLine(place, first, end, timeSeconds) ? end : -1;
  }

  /**
   * Begins the meter's new line, so that the block can be taken: from `first` on all is missing again, and the meter is
   * asked how far back before that the new line goes. The cell of the old line stays. The meter is quarantined if that
   * happens too often. Errors: `meter-unknown`.
   */
  setBack(place: number, first: number, newestSeconds: number): void {
    this.begin(place);
    const { meter } = this;
    this.counters.setBacks += 1;
    const knownSeconds = meter.newestSeconds;
    // A meter that has overtaken is known beyond the old line already.
    if (hasOvertaken(meter, first)) meter.gaps.add(first, endOfLine(meter, first), false);
    else this.beginAt(place, first);
    if (!noteSetBack(meter, first, knownSeconds, newestSeconds)) meter.state = MeterState.quarantined;
    this.table.store(place, meter);
    this.log.commit();
  }

  /**
   * The meter cannot give what is missing before a sequence: these gaps are lost. What finds no room in a fill page
   * stays a gap. Errors: `meter-unknown`.
   */
  loseBefore(place: number, sequence: number, reason: LostReason, timeSeconds: number): void {
    this.begin(place);
    this.intake.losses.noteLost(place, sequence, reason, timeSeconds);
  }

  /** A report is due: windows go to another page from now on. Gives the oldest page to report; false when there is none. */
  freeze(into: ManagerPage): boolean {
    this.log.begin();
    this.reports.freeze();
    return this.reports.oldest(into);
  }

  /** The oldest page to report, to be sent or sent again; false when there is none. */
  report(into: ManagerPage): boolean {
    this.log.refuseWhenFailed();
    return this.reports.oldest(into);
  }

  /**
   * Copies one cell of a frozen page, head and block, to `into[offset...]` and returns its bytes; 0 for an empty one.
   * What lies behind them in `into`, up to the size of a whole cell, may change. The same bytes every time. Errors: `page-gone`.
   */
  readReport(page: ManagerPage, cell: number, into: Uint8Array, offset: number): number {
    this.log.refuseWhenFailed();
    return this.reports.read(page, cell, into, offset);
  }

  /** The server has the oldest report: the report pointer moves on. Only the right triple does; false for any other. */
  acknowledge(storeId: StoreId, counter: number, checksum: number): boolean {
    this.log.begin();
    const ours = storeId[0] === this.storeId[0] && storeId[1] === this.storeId[1];
    if (ours && this.reports.acknowledge(counter, checksum)) return true;
    this.counters.strangeAcknowledgements += 1;
    return false;
  }

  /** What a manager knows of a meter; the same object every time. Null: no meter has this place. */
  meterAt(place: number): Readonly<Meter> | null {
    this.log.refuseWhenFailed();
    if (place < 0 || place >= this.table.places) return null;
    if (!this.table.load(place, this.meter)) {
      addFinding(this.findings as Finding[], 'meter-damaged', place);
      return null;
    }
    return this.meter.state === MeterState.free ? null : this.meter;
  }

  /** The place of a meter; -1 when it is not managed here. */
  placeOf(storeId: StoreId): number {
    this.log.refuseWhenFailed();
    for (let place = 0; place < this.tape.state.places; place += 1) {
      if (this.table.mayHold(place, storeId) && this.meterAt(place) !== null) return place;
    }
    return -1;
  }

  /**
   * Takes a meter under management from a sequence on and returns its place. Stored pages stay as they are; from the
   * next page on there is a cell for it. `newestSeconds` is the time of the reading before that sequence; 0: not known.
   * Errors: `meter-known`, `meters-full`.
   */
  addMeter(storeId: StoreId, firstSequence: number, newestSeconds = 0): number {
    this.log.begin();
    if (this.placeOf(storeId) >= 0) throw new LimfsError('meter-known', 'this meter is managed here already');
    for (let place = 0; place < this.table.places; place += 1) {
      if (this.meterAt(place) !== null) continue;
      this.enlist(place, storeId, firstSequence, newestSeconds);
      return place;
    }
    throw new LimfsError(
      'meters-full',
      `${this.table.places} meters are managed here, more than it is formatted for`,
    );
  }

  /** Lets a meter go; what it still owes is reported lost. Stored pages stay. Errors: `meter-unknown`, `ring-full`. */
  removeMeter(place: number, timeSeconds: number): void {
    this.begin(place);
    this.intake.losses.giveUpGaps(place, LostReason.meterRemoved, timeSeconds);
    const { state } = this.tape;
    this.meter.state = MeterState.free;
    this.table.store(place, this.meter);
    this.log.commit();
    if (place !== state.places - 1) return;
    while (state.places > 0 && this.meterAt(state.places - 1) === null) state.places -= 1;
    this.tape.storeState();
    this.log.commit();
  }

  /** Puts another meter in a place; what the earlier one still owes is reported lost. Errors: as for both. */
  replaceMeter(place: number, storeId: StoreId, firstSequence: number, timeSeconds: number): void {
    this.begin(place);
    if (this.placeOf(storeId) >= 0) throw new LimfsError('meter-known', 'this meter is managed here already');
    this.begin(place);
    this.intake.losses.giveUpGaps(place, LostReason.meterRemoved, timeSeconds);
    this.enlist(place, storeId, firstSequence);
  }

  /**
   * Believes a meter again whose sequences jumped: they go on at `firstSequence`. What lies between is missing if that
   * is ahead; if it is behind, the sequences began anew, and what was missing is lost. Errors: `meter-unknown`, `ring-full`.
   */
  rejoinMeter(place: number, firstSequence: number, timeSeconds: number): void {
    this.begin(place);
    const { meter } = this;
    if (ahead(firstSequence, meter.next) < 0) {
      this.intake.losses.giveUpGaps(place, LostReason.meterRejoined, timeSeconds);
      this.enlist(place, [meter.storeHigh, meter.storeLow], firstSequence);
      return;
    }
    meter.state = MeterState.active;
    meter.setBacks = 0;
    meter.setBackSeconds = 0;
    meter.gaps.add(meter.next, firstSequence, false);
    if (meter.next !== firstSequence) {
      if (this.settings.backfill) doubt(meter);
      meter.newestSeconds = 0;
    }
    meter.next = firstSequence;
    this.table.store(place, meter);
    this.log.commit();
  }

  /**
   * The server never got the readings [first, end) of a meter, although they were reported: they are gaps again, but
   * for what a page that waits holds, and what this store has not heard of yet. Uncertain ones, because they may be on
   * their way. Returns how many there are. Errors: `meter-unknown`.
   */
  missAgain(place: number, first: number, end: number): number {
    this.begin(place);
    const { meter } = this;
    const missing = new GapList();
    missing.add(first, earlier(end, meter.next), true);
    this.reports.removeWaiting(meter.storeHigh, meter.storeLow, missing);
    const { total } = missing;
    // Those that are gaps already stay as certain as they are.
    for (let gap = 0; gap < meter.gaps.count; gap += 1)
      missing.remove(meter.gaps.firsts[gap]!, meter.gaps.ends[gap]!);
    if (missing.count === 0) return total;
    this.counters.missedAgain += missing.total;
    for (let gap = 0; gap < missing.count; gap += 1)
      meter.gaps.add(missing.firsts[gap]!, missing.ends[gap]!, true);
    this.table.store(place, meter);
    this.log.commit();
    return total;
  }

  private begin(place: number): void {
    this.log.begin();
    this.room.finishDrop();
    if (this.meterAt(place) === null) throw new LimfsError('meter-unknown', `no meter has place ${place}`);
  }

  private enlist(place: number, storeId: StoreId, firstSequence: number, newestSeconds = 0): void {
    const { meter, tape } = this;
    meter.state = MeterState.active;
    meter.storeHigh = storeId[0];
    meter.storeLow = storeId[1];
    meter.rolledSeconds = 0;
    meter.lost = 0;
    meter.seamState = Seam.none;
    meter.setBacks = 0;
    meter.setBackSeconds = 0;
    meter.gaps.clear();
    this.beginAt(place, firstSequence);
    meter.newestSeconds = newestSeconds;
    this.table.store(place, meter);
    if (place >= tape.state.places) {
      tape.state.places = place + 1;
      tape.storeState();
    }
    this.log.commit();
  }

  /** Nothing is known of a meter's readings from a sequence on. What its cell in the open page holds stays there. */
  private beginAt(place: number, firstSequence: number): void {
    const { meter, tape } = this;
    const page = tape.openWindow;
    meter.next = firstSequence;
    meter.page = Math.max(page, 0);
    meter.cellFirst = firstSequence;
    meter.cellEnd = firstSequence;
    meter.settled = firstSequence;
    meter.islandFirst = firstSequence;
    meter.islandEnd = firstSequence;
    meter.newestSeconds = 0;
    meter.cellTaken = page >= 0 && place < tape.state.windowCells && this.cell.read(page + place) !== 'empty';
  }
}
