import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';
import type { LineList } from '../lines/lineList.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import type { Natives } from '../natives.js';
import { earlier } from '../sequence.js';
import { Cell, LostReason } from './cell.js';
import { GapList } from './gapList.js';
import { Intake } from './intake.js';
import { ManagerCounters, type MeterBlock, type Outcome } from './intakeParts.js';
import { LineIntake, type LinesOutcome } from './lineIntake.js';
import { loadSettings, ManagerLayout, type ManagerSettings } from './managerLayout.js';
import { Members } from './members.js';
import { Meter, MeterTable } from './meterTable.js';
import { RedoLog } from './redoLog.js';
import { type ManagerPage, Reports } from './reports.js';
import { Room } from './room.js';
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
  private readonly members: Members;
  private readonly lineIntake: LineIntake;
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
    const cell = new Cell(this.log, layout, seedSum, fold);
    const later = new Cell(this.log, layout, seedSum, fold);
    this.room = new Room(this.log, this.tape, this.table, cell, later);
    this.reports = new Reports(this.log, this.tape, cell, layout.cells, seedSum, findings);
    const { settings, counters, log, tape, table, room, meter } = this;
    const parts = { settings, counters, log, tape, table, room, meter, cell, natives };
    this.intake = new Intake(parts);
    this.members = new Members(parts, this.intake.losses, findings);
    this.lineIntake = new LineIntake(parts, this.intake.losses, this.members);
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
   * (error-ignorant), but for a fill page that keeps what it brings. Gaps before the oldest sequence that the meter keeps
   * are lost. Errors: `meter-unknown`.
   */
  receiveWindow(place: number, window: MeterBlock, timeSeconds: number): Outcome {
    this.begin(place);
    const { intake } = this;
    const refused = intake.refuse(place, window, this.settings.windowReadings);
    if (refused !== null) return refused;
    const outcome = intake.takeWindow(place, window.block, timeSeconds);
    intake.losses.noteLost(place, window.oldestSequence, LostReason.overwrittenAtMeter, timeSeconds);
    return outcome;
  }

  /** Takes consecutive readings that a meter was asked for; they go to a fill page. Errors: `meter-unknown`. */
  receiveBackfill(place: number, backfill: MeterBlock, timeSeconds: number): Outcome {
    this.begin(place);
    const { intake } = this;
    const refused = intake.refuse(place, backfill);
    if (refused !== null) return refused;
    const outcome = intake.takeBackfill(place, backfill.block, timeSeconds);
    intake.losses.noteLost(place, backfill.oldestSequence, LostReason.overwrittenAtMeter, timeSeconds);
    return outcome;
  }

  /** The first sequence in the block that came last, and the one after the last. */
  get receivedFirst(): number {
    return this.intake.scanner.first;
  }

  get receivedEnd(): number {
    return this.intake.scanner.end;
  }

  /** The lines that are known of a meter, the one that it is on last; the same object every time. Errors: `meter-unknown`. */
  linesOf(place: number): LineList {
    this.begin(place);
    this.table.loadLines(place, this.meter.lines);
    return this.meter.lines;
  }

  /**
   * Where the readings that are known of a meter cease to be those of the lines that it tells: its chip got an older
   * image, and from there on its sequences name others. The next sequence that is expected if that is nowhere.
   * `oldestKept`: the oldest sequence that it keeps. Errors: `meter-unknown`.
   */
  partingOf(place: number, lines: LineList, oldestKept: number): number {
    this.begin(place);
    return this.lineIntake.partingOf(place, lines, oldestKept);
  }

  /**
   * Takes the lines that a meter tells; its blocks are taken under the newest one from then on. Behind a parting all is
   * missing again, and what was missing of the old line is lost. A page says which lines there are. Errors: `meter-unknown`.
   */
  takeLines(place: number, lines: LineList, oldestKept: number, timeSeconds: number): LinesOutcome {
    this.begin(place);
    return this.lineIntake.take(place, lines, oldestKept, timeSeconds);
  }

  /** The server does not know which lines a meter has: it is asked for them, and a page says so again. Errors: `meter-unknown`. */
  tellLines(place: number): void {
    this.begin(place);
    const { meter } = this;
    meter.linesUntold = true;
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
    return this.members.at(place);
  }

  /** The place of a meter; -1 when it is not managed here. */
  placeOf(storeId: StoreId): number {
    this.log.refuseWhenFailed();
    return this.members.placeOf(storeId);
  }

  /**
   * Takes a meter under management from a sequence on and returns its place. Stored pages stay as they are; from the
   * next page on there is a cell for it. `lines` are those that are known of the readings before that sequence, where
   * they are. Errors: `meter-known`, `meters-full`.
   */
  addMeter(storeId: StoreId, firstSequence: number, lines: LineList | null = null): number {
    this.log.begin();
    return this.members.add(storeId, firstSequence, lines);
  }

  /** Lets a meter go; what it still owes is reported lost. Stored pages stay. Errors: `meter-unknown`, `ring-full`. */
  removeMeter(place: number, timeSeconds: number): void {
    this.begin(place);
    this.members.remove(place, timeSeconds);
  }

  /** Puts another meter in a place; what the earlier one still owes is reported lost. Errors: as for both. */
  replaceMeter(
    place: number,
    storeId: StoreId,
    firstSequence: number,
    timeSeconds: number,
    lines: LineList | null = null,
  ): void {
    this.begin(place);
    this.members.replace(place, storeId, firstSequence, timeSeconds, lines);
  }

  /**
   * Believes a meter again whose sequences jumped: they go on at `firstSequence`. What lies between is missing if that
   * is ahead; if it is behind, the sequences began anew, and what was missing is lost. Errors: `meter-unknown`, `ring-full`.
   */
  rejoinMeter(place: number, firstSequence: number, timeSeconds: number): void {
    this.begin(place);
    this.members.rejoin(place, firstSequence, timeSeconds);
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
    this.table.loadLines(place, meter.lines);
    this.reports.removeWaiting(meter, missing);
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
    if (this.members.at(place) === null) {
      throw new LimfsError('meter-unknown', `no meter has place ${place}`);
    }
  }
}
