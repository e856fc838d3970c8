import type { Natives } from '../natives.js';
import type { Cell } from './cell.js';
import type { ManagerSettings } from './managerLayout.js';
import type { Meter, MeterTable } from './meterTable.js';
import type { RedoLog } from './redoLog.js';
import type { Room } from './room.js';
import type { Tape } from './tape.js';

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
  /** It is of another line than the meter was on: nothing is taken before `ManagerStore.takeLines`. */
  | 'other-line'
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
  /** Blocks of a line that is not known: of a meter that was started anew, or held up since before that. */
  otherLine = 0;
  /** Meters that were set back to an older image. */
  setBacks = 0;
  damaged = 0;
  /** Readings that were reported, and that the server never got. */
  missedAgain = 0;
  /** Acknowledgements that named another store, page or content than the oldest report's. */
  strangeAcknowledgements = 0;
}

/** What brings readings of a meter: a window, or what was asked for. */
export interface MeterBlock {
  /** The line that the meter is on. */
  readonly line: number;
  /** The oldest sequence that the meter keeps. */
  readonly oldestSequence: number;
  /** Packed or raw (lib/limfs/window). */
  readonly block: Uint8Array;
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
