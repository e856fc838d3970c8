import { type EventLog, formatEventLog, MediumRegion, mountEventLog } from '../../lib/limfs/events/index.js';
import {
  EnvironmentArea,
  InstallArea,
  LimfsError,
  type Medium,
  type MeterFormat,
  type StoreId,
} from '../../lib/limfs/index.js';
import { openMeterStore } from './openStore.js';
import type { RoleStore } from './roleStore.js';

/** The end of a chip belongs to its events: about 90 of them. */
export const EVENT_LOG_BYTES = 4096;
/** Ten of a kind in an hour; more are counted. */
const eventLimit = Object.freeze({ events: 10, seconds: 3600 });

/** Everything that lies on a meter's chip. */
export interface MeterChip {
  readonly medium: Medium;
  readonly store: RoleStore;
  /** The chip was formatted now. */
  readonly firstStart: boolean;
  /** Undefined when the log is damaged: a meter measures on without one. */
  readonly events: EventLog | undefined;
  readonly environment: EnvironmentArea;
  readonly install: InstallArea;
}

/**
 * Mounts store and event log of a FRAM chip. A blank chip is formatted, and so is one whose formatting was cut short;
 * nothing else ever is. Errors: those of `mountMeterStore`.
 */
export function openMeterChip(medium: Medium, format: Omit<MeterFormat, 'sizeBytes'>): MeterChip {
  const storeBytes = medium.sizeBytes - EVENT_LOG_BYTES;
  const { store, firstStart } = openMeterStore(medium, { ...format, sizeBytes: storeBytes });
  return {
    medium,
    store,
    firstStart,
    events: openEventLog(new MediumRegion(medium, storeBytes, EVENT_LOG_BYTES), store.storeId),
    environment: new EnvironmentArea(medium, store.storeId),
    install: new InstallArea(medium),
  };
}

/** The event log of a region; undefined when it is damaged. Errors: `medium-failed`. */
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
