import { LimfsError } from '../limfs/errors.js';

/** Throws `medium-range` unless [address, address + length) lies inside the medium. */
export function checkRange(address: number, length: number, sizeBytes: number): void {
  // Written so that NaN fails as well.
  if (address >= 0 && length >= 0 && address + length <= sizeBytes) return;
  throw new LimfsError(
    'medium-range',
    `range ${address}+${length} lies outside the medium of ${sizeBytes} bytes`,
  );
}
