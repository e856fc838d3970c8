import {
  type EventLog,
  formatEventLog,
  type MediumRegion,
  mountEventLog,
} from '../../lib/limfs/events/index.js';
import { LimfsError, type StoreId } from '../../lib/limfs/index.js';

/** What of a chip belongs to its events: about 90 of them. */
export const EVENT_LOG_BYTES = 4096;
/** Ten of a kind in an hour; more are counted. */
const eventLimit = Object.freeze({ events: 10, seconds: 3600 });

/**
 * The event log of a region; a blank one is formatted, and so is one whose formatting was cut short. Undefined when it
 * is damaged: a device works on without one. Errors: `medium-failed`.
 */
export function openEventLog(region: MediumRegion, storeId: StoreId): EventLog | undefined {
  try {
    return mountEventLog(region, eventLimit);
  } catch (error) {
    if (!(error instanceof LimfsError) || error.code === 'medium-failed') throw error;
    if (error.code !== 'blank' && error.code !== 'formatting') return undefined;
  }
  formatEventLog(region, storeId);
  return mountEventLog(region, eventLimit);
}
