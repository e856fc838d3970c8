import type { PageReader } from './pageReader.js';
import type { Reading } from './reading.js';

/**
 * Everything that a store holds, in order of age: items at rising positions, each a page, or on NOR flash behind them a
 * reading that is in no page yet. What queries work on.
 *
 * Items lie in runs of rising time. A position may hold nothing: a damaged entry, or a place on flash that was left out.
 */
export interface Timeline {
  /** The item that was taken, if it is one reading; null for a page. */
  readonly single: Reading | null;
  /** Sequence of the next reading. */
  next(): number;
  /** Position of the oldest item; to be asked before `last`, because damage there is passed over. */
  first(): number;
  /** Position of the newest item; before `first` when there is none. */
  last(): number;
  /** Position of the newest page; before `first` when there is none. */
  lastPage(): number;
  /** Position of the item before another; before `first` when there is none. */
  before(position: number): number;
  /** Takes the item at a position; false: nothing is there. */
  take(position: number): boolean;
  /** Takes the last item in [low, high], all of one run, that does not begin later than a time; -1: none. */
  lastUpTo(timeSeconds: number, low: number, high: number): number;
  /** First item of the run that ends with the item at `end`. */
  startOfRun(end: number): number;
  /** Last item of the run that starts with the item at `start`, which was taken. */
  endOfRun(start: number): number;
  /** Position of the page to read on from a sequence in; behind `lastPage` when it is in no page. */
  pageOf(sequence: number): number;
  /** The reader, if it stands right before the reading of a sequence: then nothing need be looked for. */
  resume(sequence: number): PageReader | null;
  /** Time of the first reading of the item that was taken. */
  startSeconds(): number;
  /** The reader, somewhere in the page that was taken, which is checked; null when it is damaged. */
  enter(): PageReader | null;
}
