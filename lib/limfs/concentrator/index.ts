/** What a concentrator uses of LIMFS beyond the common parts. */

export { formatReportRing, mountReportRing, type ReportRingFormat } from './mount.js';
export {
  type Arrival,
  type DeviceHeader,
  MAXIMUM_BODY_BYTES,
  MAXIMUM_DEVICES,
  type Report,
  type ReportName,
  reportBytes,
} from './report.js';
export type { Outcome, ReportRing } from './reportRing.js';
