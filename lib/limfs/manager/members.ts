import type { StoreId } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';
import type { LineList } from '../lines/lineList.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { ahead } from '../sequence.js';
import { LostReason } from './cell.js';
import type { IntakeParts } from './intakeParts.js';
import type { Losses } from './losses.js';
import { type Meter, MeterState } from './meterTable.js';

/** The meters that come and go: each has a place, and what one that goes still owes is said to be lost. */
export class Members {
  private readonly parts: IntakeParts;
  private readonly losses: Losses;
  private readonly findings: Finding[];

  constructor(parts: IntakeParts, losses: Losses, findings: Finding[]) {
    this.parts = parts;
    this.losses = losses;
    this.findings = findings;
  }

  /** The meter at a place, always the same object; null: there is none. */
  at(place: number): Meter | null {
    const { table, meter } = this.parts;
    if (place < 0 || place >= table.places) return null;
    if (!table.load(place, meter)) {
      addFinding(this.findings, 'meter-damaged', place);
      return null;
    }
    return meter.state === MeterState.free ? null : meter;
  }

  placeOf(storeId: StoreId): number {
    const { table, tape } = this.parts;
    for (let place = 0; place < tape.state.places; place += 1) {
      if (table.mayHold(place, storeId) && this.at(place) !== null) return place;
    }
    return -1;
  }

  add(storeId: StoreId, firstSequence: number, lines: LineList | null): number {
    this.refuseKnown(storeId);
    const { places } = this.parts.table;
    for (let place = 0; place < places; place += 1) {
      if (this.at(place) !== null) continue;
      this.enlist(place, storeId, firstSequence, lines);
      return place;
    }
    throw new LimfsError('meters-full', `${places} meters are managed here, more than it is formatted for`);
  }

  remove(place: number, timeSeconds: number): void {
    const { tape, table, meter, log } = this.parts;
    this.losses.giveUpGaps(place, LostReason.meterRemoved, timeSeconds);
    const { state } = tape;
    meter.state = MeterState.free;
    table.store(place, meter);
    log.commit();
    if (place !== state.places - 1) return;
    while (state.places > 0 && this.at(state.places - 1) === null) state.places -= 1;
    tape.storeState();
    log.commit();
  }

  replace(
    place: number,
    storeId: StoreId,
    firstSequence: number,
    timeSeconds: number,
    lines: LineList | null,
  ): void {
    this.refuseKnown(storeId);
    this.at(place);
    this.losses.giveUpGaps(place, LostReason.meterRemoved, timeSeconds);
    this.enlist(place, storeId, firstSequence, lines);
  }

  rejoin(place: number, firstSequence: number, timeSeconds: number): void {
    const { meter, table, log } = this.parts;
    if (ahead(firstSequence, meter.next) < 0) {
      this.losses.giveUpGaps(place, LostReason.meterRejoined, timeSeconds);
      this.enlist(place, [meter.storeHigh, meter.storeLow], firstSequence, null);
      return;
    }
    meter.state = MeterState.active;
    meter.setBacks = 0;
    meter.setBackSeconds = 0;
    meter.gaps.add(meter.next, firstSequence, false);
    meter.next = firstSequence;
    table.store(place, meter);
    log.commit();
  }

  /** Nothing is known of a meter's readings from a sequence on. What its cell in the open page holds stays there. */
  beginAt(place: number, firstSequence: number): void {
    const { meter, tape, cell } = this.parts;
    const page = tape.openWindow;
    meter.next = firstSequence;
    meter.page = Math.max(page, 0);
    meter.cellFirst = firstSequence;
    meter.cellEnd = firstSequence;
    meter.settled = firstSequence;
    meter.islandFirst = firstSequence;
    meter.islandEnd = firstSequence;
    meter.cellTaken = page >= 0 && place < tape.state.windowCells && cell.read(page + place) !== 'empty';
  }

  private enlist(place: number, storeId: StoreId, firstSequence: number, lines: LineList | null): void {
    const { meter, tape, table, log } = this.parts;
    meter.state = MeterState.active;
    meter.storeHigh = storeId[0];
    meter.storeLow = storeId[1];
    meter.rolledSeconds = 0;
    meter.lost = 0;
    meter.setBacks = 0;
    meter.setBackSeconds = 0;
    meter.gaps.clear();
    meter.lines.clear();
    if (lines !== null) meter.lines.goOn(lines);
    meter.line = meter.lines.newest;
    meter.linesUntold = false;
    this.beginAt(place, firstSequence);
    table.storeLines(place, meter.lines);
    table.store(place, meter);
    if (place >= tape.state.places) {
      tape.state.places = place + 1;
      tape.storeState();
    }
    log.commit();
  }

  private refuseKnown(storeId: StoreId): void {
    if (this.placeOf(storeId) >= 0) throw new LimfsError('meter-known', 'this meter is managed here already');
  }
}
