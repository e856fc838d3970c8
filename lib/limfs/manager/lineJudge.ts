import type { BlockScanner } from './blockScanner.js';
import { ahead } from './gapList.js';
import type { IntakeParts, Outcome } from './intakeParts.js';
import type { Losses } from './losses.js';
import type { ManagerSettings } from './managerLayout.js';
import { type Meter, type MeterTable, Seam } from './meterTable.js';
import type { RedoLog } from './redoLog.js';
import { beginsBehind, isDoubtful, isOfOtherLine, lowestOfLine, nextSearched } from './setBack.js';

/** Judges blocks by what is known of their meter's line of readings, and finds where a new line begins. */
export class LineJudge {
  private readonly settings: ManagerSettings;
  private readonly log: RedoLog;
  private readonly table: MeterTable;
  private readonly meter: Meter;
  private readonly scanner: BlockScanner;
  private readonly losses: Losses;

  constructor(parts: IntakeParts, scanner: BlockScanner, losses: Losses) {
    this.settings = parts.settings;
    this.log = parts.log;
    this.table = parts.table;
    this.meter = parts.meter;
    this.scanner = scanner;
    this.losses = losses;
  }

  /**
   * Whether the scanned block goes on where the meter's readings ended; null: it does. Looks also whether it brings the
   * reading that tells how far the meter was set back.
   */
  look(
    place: number,
    block: Uint8Array,
    offset: number,
    length: number,
    isWindow: boolean,
    oldestKept: number,
    timeSeconds: number,
  ): Outcome | null {
    const { meter, scanner } = this;
    if (isOfOtherLine(meter, scanner, isWindow)) return 'set-back';
    const { seamState, seam } = meter;
    if (seamState === Seam.none) return null;
    const isKept = ahead(oldestKept, seam) <= 0;
    const isHere = ahead(scanner.first, seam) <= 0 && ahead(scanner.end, seam) > 0;
    const isAsked = ahead(seam, meter.next) >= 0 || meter.gaps.overlaps(seam, (seam + 1) >>> 0);
    // One seam at a time: a block that makes another doubt waits at its meter.
    if (isKept && !isHere && isAsked) return isDoubtful(meter, scanner) ? 'ignored' : null;
    if (!isKept) this.loseSeam(seamState === Seam.doubted ? (seam + 1) >>> 0 : seam);
    else if (!isHere) this.passSeam(oldestKept);
    else if (seamState === Seam.doubted) {
      const seconds = this.timeAt(block, offset, length, seam);
      if (seconds >= 0 && seconds !== meter.seamSeconds) return 'set-back';
      meter.seamState = Seam.none;
    } else if (!this.searchLine(place, oldestKept, timeSeconds)) return 'no-room';
    this.table.store(place, meter);
    this.log.commit();
    return null;
  }

  /** The time of the reading with a sequence in a block that was scanned. */
  private timeAt(block: Uint8Array, offset: number, length: number, sequence: number): number {
    this.scanner.scan(block, offset, length, sequence);
    return this.scanner.markSeconds;
  }

  /** The scanned block brings the first reading that was asked for since the meter was set back: false for want of room. */
  private searchLine(place: number, oldestKept: number, timeSeconds: number): boolean {
    const { meter, scanner } = this;
    const { first } = scanner;
    if (beginsBehind(meter, scanner)) meter.seamState = Seam.none;
    else if (ahead(first, oldestKept) <= 0) this.loseSeam(first);
    else {
      const from = nextSearched(first, oldestKept);
      if (!this.losses.loseLine(place, from, first, timeSeconds)) return false;
      meter.gaps.add(from, first, false);
      meter.seam = from;
    }
    return true;
  }

  /** The meter cannot read what it was asked for: the readings before that will tell, if it keeps any. */
  private passSeam(oldestKept: number): void {
    const { meter } = this;
    const from = nextSearched(meter.seam, oldestKept);
    if (from === meter.seam) {
      this.loseSeam(from);
      return;
    }
    meter.seamState = Seam.searched;
    meter.gaps.add(from, meter.seam, false);
    meter.seam = from;
  }

  /** The meter has overwritten where its new line may have begun: nobody knows how much that was. */
  private loseSeam(end: number): void {
    const { meter } = this;
    meter.gaps.add(lowestOfLine(end, this.settings.meterCapacityReadings), end, true);
    meter.seamState = Seam.none;
  }
}
