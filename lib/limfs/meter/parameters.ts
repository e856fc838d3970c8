import { LimfsError } from '../errors.js';
import { MAXIMUM_INTERVAL_SECONDS } from './code.js';
import { minimumPageBytes } from './pageWriter.js';

/** Errors: `parameter-range`. */
export function checkInterval(intervalSeconds: number): void {
  if (
    Number.isInteger(intervalSeconds) &&
    intervalSeconds >= 1 &&
    intervalSeconds <= MAXIMUM_INTERVAL_SECONDS
  )
    return;
  throw new LimfsError(
    'parameter-range',
    `an interval is 1 to ${MAXIMUM_INTERVAL_SECONDS} seconds, not ${intervalSeconds}`,
  );
}

/** Errors: `parameter-range`. */
export function checkPageBytes(pageBytes: number, channels: number): void {
  const least = minimumPageBytes(channels);
  if (Number.isInteger(pageBytes) && pageBytes >= least && pageBytes % 2 === 0) return;
  throw new LimfsError(
    'parameter-range',
    `a page for ${channels} channels has an even number of bytes from ${least} on, not ${pageBytes}`,
  );
}
