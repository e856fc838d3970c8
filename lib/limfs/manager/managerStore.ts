import { type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { BlockScanner } from './blockScanner.js';
import { Cell, CellKind, LOST_UNCERTAIN, LostReason } from './cell.js';
import { bringsMissing, coverByFill, coverByWindow, earlier, type Range, slidingOut } from './coverage.js';
import { ahead } from './gapList.js';
import { loadSettings, ManagerLayout, type ManagerSettings } from './managerLayout.js';
import { Meter, MeterState, MeterTable } from './meterTable.js';
import { RedoLog } from './redoLog.js';
import { type ManagerPage, Reports } from './reports.js';
import { Room } from './room.js';
import { PageKind, Tape } from './tape.js';

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
  /** Acknowledgements that named another store, page or content than the oldest report's. */
  strangeAcknowledgements = 0;
}

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
  private readonly scanner: BlockScanner;
  private readonly cell: Cell;
  private readonly meter = new Meter();
  private readonly range: Range = { first: 0, end: 0 };

  /** Mounts; writes nothing. `superblock` comes from `identify`. Errors: `damaged`. */
  constructor(medium: Medium, superblock: Superblock, fold: Fold) {
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
    this.room = new Room(this.log, this.tape, this.table, layout, seedSum, fold);
    this.reports = new Reports(this.log, this.tape, layout, seedSum, fold, findings);
    this.scanner = new BlockScanner(this.settings.readingBytes, this.settings.blockBytes);
    this.cell = new Cell(this.log, layout, seedSum, fold);
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
    return this.scanner.headBytes + this.settings.blockBytes;
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
    if (!this.scan(block, offset, length, this.settings.windowReadings)) return 'damaged';
    if (!this.believes(place)) return 'quarantined';
    const outcome = this.takeWindow(place, block, offset, length, timeSeconds);
    this.noteLost(place, oldestKept, timeSeconds);
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
    if (!this.scan(block, offset, length)) return 'damaged';
    if (!this.believes(place)) return 'quarantined';
    const { meter, scanner, counters } = this;
    const missing = bringsMissing(meter, scanner.first, scanner.end);
    if (!missing) counters.known += 1;
    const outcome = missing ? this.fill(place, block, offset, length, timeSeconds) : 'known';
    this.noteLost(place, oldestKept, timeSeconds);
    return outcome;
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
   * The same bytes every time. Errors: `page-gone`.
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
    for (let place = 0; place < this.tape.state.places; place += 1) {
      const meter = this.meterAt(place);
      if (meter !== null && meter.storeHigh === storeId[0] && meter.storeLow === storeId[1]) return place;
    }
    return -1;
  }

  /**
   * Takes a meter under management from a sequence on and returns its place. Stored pages stay as they are; from the
   * next page on there is a cell for it. Errors: `meter-known`, `meters-full`.
   */
  addMeter(storeId: StoreId, firstSequence: number): number {
    this.log.begin();
    if (this.placeOf(storeId) >= 0) throw new LimfsError('meter-known', 'this meter is managed here already');
    for (let place = 0; place < this.table.places; place += 1) {
      if (this.meterAt(place) !== null) continue;
      this.enlist(place, storeId, firstSequence);
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
    this.giveUpGaps(place, LostReason.meterRemoved, timeSeconds);
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
    this.giveUpGaps(place, LostReason.meterRemoved, timeSeconds);
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
      this.giveUpGaps(place, LostReason.meterRejoined, timeSeconds);
      this.enlist(place, [meter.storeHigh, meter.storeLow], firstSequence);
      return;
    }
    meter.state = MeterState.active;
    meter.gaps.add(meter.next, firstSequence, false);
    meter.next = firstSequence;
    this.table.store(place, meter);
    this.log.commit();
  }

  private begin(place: number): void {
    this.log.begin();
    this.room.finishDrop();
    if (this.meterAt(place) === null) throw new LimfsError('meter-unknown', `no meter has place ${place}`);
  }

  private scan(block: Uint8Array, offset: number, length: number, most?: number): boolean {
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
  private believes(place: number): boolean {
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

  private takeWindow(
    place: number,
    block: Uint8Array,
    offset: number,
    length: number,
    timeSeconds: number,
  ): Outcome {
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
    if (slidingOut(meter, scanner.first, range)) {
      const partly = ahead(meter.islandEnd, range.first) > 0 && ahead(meter.islandFirst, range.end) < 0;
      meter.gaps.add(range.first, range.end, partly);
    }
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

  /** Gaps before the oldest reading that the meter keeps are lost: says so in a fill page. */
  private noteLost(place: number, oldestKept: number, timeSeconds: number): void {
    const { gaps } = this.meter;
    const before = earlier(oldestKept, this.meter.next);
    while (gaps.count > 0 && ahead(gaps.firsts[0]!, before) < 0) {
      if (!this.giveUp(place, earlier(gaps.ends[0]!, before), LostReason.overwrittenAtMeter, timeSeconds))
        return;
    }
  }

  /** Errors: `ring-full`. */
  private giveUpGaps(place: number, reason: LostReason, timeSeconds: number): void {
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

  private enlist(place: number, storeId: StoreId, firstSequence: number): void {
    const { meter, tape } = this;
    const page = tape.openWindow;
    meter.state = MeterState.active;
    meter.storeHigh = storeId[0];
    meter.storeLow = storeId[1];
    meter.next = firstSequence;
    meter.page = Math.max(page, 0);
    meter.cellFirst = firstSequence;
    meter.cellEnd = firstSequence;
    meter.settled = firstSequence;
    meter.islandFirst = firstSequence;
    meter.islandEnd = firstSequence;
    meter.rolledSeconds = 0;
    meter.lost = 0;
    meter.gaps.clear();
    // A window that an earlier meter left in the open page stays there.
    meter.cellTaken = page >= 0 && place < tape.state.windowCells && this.cell.read(page + place) !== 'empty';
    this.table.store(place, meter);
    if (place >= tape.state.places) {
      tape.state.places = place + 1;
      tape.storeState();
    }
    this.log.commit();
  }
}
