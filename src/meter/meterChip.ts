import { type EventLog, MediumRegion } from '../../lib/limfs/events/index.js';
import {
  EnvironmentArea,
  InstallArea,
  type Medium,
  type MeterFormat,
  type MeterStore,
} from '../../lib/limfs/index.js';
import { LINES_BYTES, LineRecord } from '../../lib/limfs/lines/index.js';
import { EVENT_LOG_BYTES, openEventLog } from '../events/openEventLog.js';
import { openMeterStore } from './openStore.js';
import type { RoleStore } from './roleStore.js';

/** Everything that lies on a meter's chip. */
export interface MeterChip {
  readonly medium: Medium;
  readonly store: RoleStore;
  /** The chip was formatted now. */
  readonly firstStart: boolean;
  /** Undefined when the log is damaged: a meter measures on without one. */
  readonly events: EventLog | undefined;
  readonly lines: LineRecord;
  readonly environment: EnvironmentArea;
  readonly install: InstallArea;
}

/**
 * Mounts what is on a FRAM chip: the store in front, behind it the event log and the names of the lines. A blank chip is
 * formatted, and so is one whose formatting was cut short; nothing else ever is. The last `spareBytes` stay the host's,
 * for a counter. Errors: those of `mountMeterStore`.
 */
export function openMeterChip(
  medium: Medium,
  format: Omit<MeterFormat, 'sizeBytes'>,
  spareBytes = 0,
): MeterChip & { readonly store: MeterStore } {
  const storeBytes = medium.sizeBytes - EVENT_LOG_BYTES - LINES_BYTES - spareBytes;
  const { store, firstStart } = openMeterStore(medium, { ...format, sizeBytes: storeBytes });
  const lines = new LineRecord(medium, storeBytes + EVENT_LOG_BYTES, store.storeId);
  return {
    medium,
    store,
    firstStart,
    events: openEventLog(new MediumRegion(medium, storeBytes, EVENT_LOG_BYTES), store.storeId),
    lines,
    environment: new EnvironmentArea(medium, store.storeId),
    install: new InstallArea(medium),
  };
}
