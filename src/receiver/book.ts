import type { Batch, StoreId } from '../../lib/limfs/index.js';
import type { LineList } from '../../lib/limfs/lines/index.js';

/** How a reading came: in its own packet, in a window sent with a later reading, or by request from the store. */
export type Route = 'direct' | 'window' | 'backfill';

export type SureLossReason =
  | 'overwritten at meter'
  | 'damaged at meter'
  /** The meter was taken away before it gave them. */
  | 'meter removed'
  /** Its sequences began anew. */
  | 'meter rejoined'
  /** Its chip got another image: its readings under these sequences are others now, until it gets one that has them. */
  | 'meter set back'
  /** For a reason that this program does not know. */
  | 'unknown';

/** Of readings that are *uncertain*, some may have been booked already, or come yet with an earlier report. */
export type LossReason = SureLossReason | `uncertain: ${SureLossReason}`;

/** Whether an image took readings away: a meter that gets another one, on whose line they are, has them again. */
export function isOfSetBack(reason: LossReason): boolean {
  return reason === 'meter set back' || reason === 'uncertain: meter set back';
}

/** Readings of a meter that are gone for ever, in all that anybody knows. */
export interface Loss {
  /** The line that the meter was on when it was found. */
  readonly line: number;
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
  readonly reason: LossReason;
  /** The meter's next sequence then: an image from before that may have them again. */
  readonly nextSequence: number;
}

/** A meter was set back: its readings [first, end) on a line are others now. */
export interface EndedLine {
  readonly line: number;
  readonly first: number;
  readonly end: number;
  /** Not above `first`: from here on readings were called lost that the older image may have again. */
  readonly reopened: number;
  /** False: too little is known of its lines to say so, and some or all of these may be the meter's still. */
  readonly isSure: boolean;
}

/**
 * Where a receiver puts down what it got. The identity of a reading is (store id, line, sequence): a `line` that it comes
 * under is the one that the meter was on then, and a `LineTree` says which line the reading itself is of.
 */
export interface Book {
  /**
   * Books the reading in the given row of a batch. 'same': it was there already with the same content; 'conflict':
   * with other content, then both are kept. A reading that was called lost and comes all the same, in a packet that
   * was held up on its way, is lost no more.
   */
  put(
    storeId: StoreId,
    line: number,
    batch: Batch,
    row: number,
    route: Route,
    timeSeconds: number,
  ): 'new' | 'same' | 'conflict';
  /** Those of the readings that have been booked stay booked. */
  lose(storeId: StoreId, loss: Loss): void;
  /** These are lines of the meter, which is on `newest`. Null: all that is booked is the meter's still. */
  learn(storeId: StoreId, lines: LineList, newest: number): EndedLine | null;
}
