import { Status } from '../../../lib/limfs/index.js';

/** The names of the bits of a status, joined by '+'; nothing for a good reading. */
export function statusNames(status: number): string {
  return Object.entries(Status)
    .filter(([, bit]) => (status & bit) !== 0)
    .map(([name]) => name)
    .join('+');
}

export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
