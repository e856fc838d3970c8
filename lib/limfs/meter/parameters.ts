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

/** Refuses a reading that cannot be stored; a hole has no channels. Errors: `value-range`, `reading-range`. */
export function checkReading(
  timeSeconds: number,
  values: ArrayLike<number>,
  status: number,
  channels: number,
): void {
  if (timeSeconds >>> 0 !== timeSeconds) {
    throw new LimfsError('reading-range', `a time is 0 to 4294967295 whole seconds, not ${timeSeconds}`);
  }
  if ((status & 0xff) !== status) {
    throw new LimfsError('reading-range', `a status is 0 to 255, not ${status}`);
  }
  for (let channel = 0; channel < channels; channel += 1) {
    if (Number.isSafeInteger(values[channel])) continue;
    throw new LimfsError(
      'value-range',
      `value ${channel} is ${values[channel]}, no integer within +-(2^53 - 1)`,
    );
  }
}
