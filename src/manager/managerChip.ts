import { EnvironmentArea } from '../../lib/limfs/areas/environment.js';
import { InstallArea } from '../../lib/limfs/areas/install.js';
import { identify } from '../../lib/limfs/areas/superblock.js';
import { type EventLog, MediumRegion } from '../../lib/limfs/events/index.js';
import type { Medium } from '../../lib/limfs/index.js';
import {
  formatManagerStore,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../lib/limfs/manager/index.js';
import { EVENT_LOG_BYTES, openEventLog } from '../events/openEventLog.js';
import { MeterRoster, rosterBytes } from './meterRoster.js';

/** The paper's Table 1. */
const MOST_METERS = 100;
const ROSTER_BYTES = rosterBytes(MOST_METERS);

/** Everything that lies on a local manager's chip: the store in front, then the event log, the roster at the end. */
export interface ManagerChip {
  readonly medium: Medium;
  readonly store: ManagerStore;
  /** Undefined when it is damaged: the role works on without events. */
  readonly events: EventLog | undefined;
  readonly roster: MeterRoster;
  readonly environment: EnvironmentArea;
  readonly install: InstallArea;
}

/**
 * Mounts all that is on a chip. A blank chip is formatted, and so is one whose formatting was cut short; nothing else
 * ever is. Errors: those of `mountManagerStore`.
 */
export function openManagerChip(medium: Medium, format: ManagerFormat): ManagerChip {
  const storeBytes = medium.sizeBytes - EVENT_LOG_BYTES - ROSTER_BYTES;
  const region = new MediumRegion(medium, 0, storeBytes);
  const { kind } = identify(region);
  const rosterAddress = storeBytes + EVENT_LOG_BYTES;
  if (kind === 'blank' || kind === 'formatting') {
    new MeterRoster(medium, rosterAddress, MOST_METERS, format.storeId).clear();
    formatManagerStore(region, format);
  }
  const store = mountManagerStore(region);
  const { storeId } = store;
  return {
    medium,
    store,
    events: openEventLog(new MediumRegion(medium, storeBytes, EVENT_LOG_BYTES), storeId),
    roster: new MeterRoster(medium, rosterAddress, MOST_METERS, storeId),
    environment: new EnvironmentArea(region, storeId),
    install: new InstallArea(region),
  };
}
