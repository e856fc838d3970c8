import { EnvironmentArea } from '../../lib/limfs/areas/environment.js';
import { InstallArea } from '../../lib/limfs/areas/install.js';
import { identify } from '../../lib/limfs/areas/superblock.js';
import { formatReportRing, mountReportRing, type ReportRing } from '../../lib/limfs/concentrator/index.js';
import { type EventLog, MediumRegion } from '../../lib/limfs/events/index.js';
import type { Medium, StoreId } from '../../lib/limfs/index.js';
import { EVENT_LOG_BYTES, openEventLog } from '../events/openEventLog.js';
import { ManagerRoster, ROSTER_BYTES } from './managerRoster.js';

/** A notice with its head. */
const NOTICE_BYTES = 112;
/** Of the medium: about 140 notices in 128 KiB. */
const NOTICES_SHARE = 8;

export interface ConcentratorFormat {
  /** 64 random bits, never the same twice. */
  readonly storeId: StoreId;
  /** Bytes of an ordinary report; even, 34 to 4096. */
  readonly reportBytes: number;
}

/** Everything that lies on a concentrator's medium: reports, notices, its own event log, and the roster at the end. */
export interface ConcentratorChip {
  readonly medium: Medium;
  readonly reports: ReportRing;
  readonly notices: ReportRing;
  /** Undefined when it is damaged: the role works on without events of its own. */
  readonly events: EventLog | undefined;
  readonly roster: ManagerRoster;
  readonly environment: EnvironmentArea;
  readonly install: InstallArea;
}

/**
 * Mounts all that is on a medium. A blank one is formatted, and so is one whose formatting was cut short; nothing else
 * ever is. Errors: those of `mountReportRing`.
 */
export function openConcentratorChip(medium: Medium, format: ConcentratorFormat): ConcentratorChip {
  const rosterAddress = (medium.sizeBytes - ROSTER_BYTES) & ~1;
  const eventsAddress = rosterAddress - EVENT_LOG_BYTES;
  const noticesBytes = Math.floor(medium.sizeBytes / NOTICES_SHARE);
  const reportsBytes = eventsAddress - noticesBytes;
  const reportsMedium = new MediumRegion(medium, 0, reportsBytes);
  const noticesMedium = new MediumRegion(medium, reportsBytes, noticesBytes);
  const { storeId } = format;
  const { kind } = identify(reportsMedium);
  if (kind === 'blank' || kind === 'formatting') {
    // The ring of reports comes last: until then the medium is not ours.
    new ManagerRoster(medium, rosterAddress, storeId).clear();
    formatReportRing(noticesMedium, { storeId, reportBytes: NOTICE_BYTES });
    formatReportRing(reportsMedium, format);
  }
  const reports = mountReportRing(reportsMedium);
  const events = new MediumRegion(medium, eventsAddress, EVENT_LOG_BYTES);
  return {
    medium,
    reports,
    notices: mountReportRing(noticesMedium),
    events: openEventLog(events, reports.storeId),
    roster: new ManagerRoster(medium, rosterAddress, reports.storeId),
    environment: new EnvironmentArea(reportsMedium, reports.storeId),
    install: new InstallArea(reportsMedium),
  };
}
