/** What a firmware uses of the event log. */

export { type Event, MAXIMUM_PAYLOAD_BYTES, type RateLimit } from './event.js';
export type { EventLog } from './eventLog.js';
export type { FoldedCount } from './foldedCounts.js';
export { formatEventLog, mountEventLog } from './mount.js';
export { MediumRegion } from './region.js';
