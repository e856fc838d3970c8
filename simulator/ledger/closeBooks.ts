import { checkSums, emptyAccount } from './account.js';
import { type Closing, delayLimits, type LedgerMeter, type Schedule } from './closing.js';
import { MeterLedger } from './meterLedger.js';

/**
 * Closes the books from four witnesses: the times with power as the meter's clock showed them, the tap at the register
 * input, the tap at append's return, and the server's book. What the server has is compared with the register input,
 * never with a store.
 */
export function closeBooks(schedule: Schedule, meters: readonly LedgerMeter[], rows: number): Closing {
  const account = emptyAccount();
  const classes = () => delayLimits.map(() => 0);
  const closing: Closing = {
    account,
    grid: Array.from({ length: rows }, () => new Uint8Array(schedule.slots)),
    delays: { direct: classes(), window: classes(), backfill: classes() },
  };
  for (const meter of meters) new MeterLedger(schedule, meter, closing).close();
  checkSums(account);
  return closing;
}
