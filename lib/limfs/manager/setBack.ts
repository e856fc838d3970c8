import type { BlockScanner } from './blockScanner.js';
import { later } from './coverage.js';
import { ahead } from './gapList.js';
import { type Meter, Seam } from './meterTable.js';

/**
 * A meter's readings make a *line*: each sequence has one reading, with one time, for ever. A meter whose chip gets an
 * older image (a backup, or a copy in a spare device) begins a second line under sequences of the first. What a manager
 * knows of times tells them apart; the decisions are here, what follows from them is the intake's.
 */

const DAY_SECONDS = 86_400;
/** So many readings more are asked for when the new line begins further back than was seen. */
const STEP_READINGS = 64;
/** More often, each within a day of the time before, is no backup: two devices speak under one name. */
const MOST_SET_BACKS = 4;

/** Whether a block cannot belong to the line that is known; a window brings the newest readings that its meter has. */
export function isOfOtherLine(meter: Readonly<Meter>, block: BlockScanner, isWindow: boolean): boolean {
  const { next, newestSeconds } = meter;
  // Without a time there is nothing to compare; what lies ahead is looked at by `goOn`.
  if (newestSeconds === 0 || ahead(block.first, next) >= 0) return false;
  if (ahead(block.end, next) >= 0) return block.markSeconds >= 0 && block.markSeconds !== newestSeconds;
  return isWindow && block.newestSeconds >= newestSeconds;
}

/** Whether a window was held up on its way since before the meter was set back: it is of the line that has ended. */
export function isOfEndedLine(meter: Readonly<Meter>, block: BlockScanner): boolean {
  const { setBackSeconds } = meter;
  const { newestSeconds } = block;
  return (
    newestSeconds !== 0 && newestSeconds < setBackSeconds && newestSeconds >= setBackSeconds - DAY_SECONDS
  );
}

/** Whether a block lies behind the newest reading known, and its times do not go on from there. */
export function isDoubtful({ next, newestSeconds }: Readonly<Meter>, block: BlockScanner): boolean {
  const skipped = ahead(block.first, next);
  const dueSeconds = newestSeconds + (skipped + 1) * block.intervalSeconds;
  return skipped >= 0 && newestSeconds !== 0 && block.firstSeconds !== dueSeconds;
}

/**
 * The block's newest reading is the newest one known from now on. If the block does not reach back to the one known
 * before, and its times do not go on from there either, then that one is asked for once more, to see whether it is still
 * the same. `canAsk`: meters are asked at all.
 */
export function goOn(meter: Meter, block: BlockScanner, canAsk: boolean): void {
  if (ahead(block.end, meter.next) <= 0) return;
  if (canAsk && isDoubtful(meter, block)) doubt(meter);
  meter.newestSeconds = block.newestSeconds;
}

/** The newest reading known is to be asked for once more, because it is not certain that what follows goes on from it. */
export function doubt(meter: Meter): void {
  const { next, newestSeconds, seamState } = meter;
  if (newestSeconds === 0) return;
  // With another seam that is not settled yet all since then is taken again.
  meter.seamState = seamState === Seam.none ? Seam.doubted : Seam.searched;
  if (seamState === Seam.none) meter.seamSeconds = newestSeconds;
  meter.seam = (next - 1) >>> 0;
  meter.gaps.add(meter.seam, next, true);
}

/** A block from `first` on tells of a meter that was set back out of reach, and whose new line has overtaken the old one. */
export function hasOvertaken(meter: Readonly<Meter>, first: number): boolean {
  return meter.seamState === Seam.doubted && ahead(first, meter.seam) <= 0;
}

/** Where the old line ends that a block from `first` on is not of. */
export function endOfLine(meter: Readonly<Meter>, first: number): number {
  return hasOvertaken(meter, first) ? (meter.seam + 1) >>> 0 : meter.next;
}

/**
 * Notes that the meter was set back, seen in a block that begins at `first`. Of the old line the time `knownSeconds` was
 * known last. False: that was too often.
 */
export function noteSetBack(
  meter: Meter,
  first: number,
  knownSeconds: number,
  newestSeconds: number,
): boolean {
  const sinceSeconds = Math.abs(newestSeconds - meter.setBackSeconds);
  // One block may tell of two lines, the second of which overtook the first.
  if (meter.setBacks === 0 || sinceSeconds >= DAY_SECONDS) meter.setBacks = 1;
  else if (sinceSeconds > 0) meter.setBacks += 1;
  meter.setBackSeconds = newestSeconds;
  // A seam that was not settled yet belongs to an older line.
  meter.seamSeconds =
    meter.seamState === Seam.none ? knownSeconds : Math.min(knownSeconds, meter.seamSeconds);
  meter.seamState = Seam.searched;
  meter.seam = first;
  return meter.setBacks <= MOST_SET_BACKS;
}

/**
 * Whether the new line begins behind the block's first reading: that is of the old one then, and known. A day is taken
 * again, because the clock may have been wrong by hours.
 */
export function beginsBehind(meter: Readonly<Meter>, block: BlockScanner): boolean {
  return block.isDated && block.firstSeconds < meter.seamSeconds - DAY_SECONDS;
}

/** From where on the meter is asked next, below `first`. */
export function nextSearched(first: number, oldestKept: number): number {
  return later(oldestKept, (first - STEP_READINGS) >>> 0);
}

/** The new line may have begun anywhere before a sequence that the meter keeps no more: so far down at the most. */
export function lowestOfLine(sequence: number, meterCapacityReadings: number): number {
  return Math.max(0, sequence - meterCapacityReadings);
}
