import { createBatch } from '../../../lib/limfs/index.js';
import type { StoreBook } from '../../../simulator/ledger/storeBook.js';
import type { LossReason, Route } from '../../../src/receiver/book.js';

export interface Booking {
  readonly sequence: number;
  readonly timeSeconds: number;
  readonly status?: number;
  /** None for a hole. */
  readonly values?: readonly number[];
  readonly line?: number;
  readonly route?: Route;
  readonly arrivalSeconds?: number;
}

const batch = createBatch(1);

/** Books one reading as a page that came would. */
export function book(to: StoreBook, booking: Booking): 'new' | 'same' | 'conflict' {
  const { sequence, timeSeconds, status = 0, values = [] } = booking;
  const { line = 1, route = 'window', arrivalSeconds = 0 } = booking;
  batch.count = 1;
  batch.firstSequence = sequence;
  batch.channels = Math.max(1, values.length);
  batch.times[0] = timeSeconds;
  batch.statuses[0] = status;
  batch.valids[0] = values.length > 0 ? 1 : 0;
  values.forEach((value, channel) => {
    batch.values[channel] = value;
  });
  return to.put(line, batch, 0, route, arrivalSeconds);
}

/** Notes that readings are lost, of a meter that had got to `nextSequence`. */
export function lose(
  to: StoreBook,
  line: number,
  first: number,
  end: number,
  reason: LossReason,
  nextSequence = end,
): void {
  to.lose({ line, first, end, reason, nextSequence });
}
