import { ENTRY_BYTES, MINIMUM_PAGES, PVT_ADDRESS } from '../areas/layout.js';
import { MAXIMUM_BODY_BYTES, reportBytes } from '../concentrator/report.js';

/** A concentrator as it is planned (the paper's section 3.3: its size depends on local managers and meters). */
export interface ConcentratorScheme {
  /** m. */
  readonly localManagers: number;
  /** x: meters of each. */
  readonly meters: number;
  /** Bytes that one meter takes in a report: k * n and what the local manager adds. */
  readonly bytesPerMeter: number;
  /** Devices whose headers come with a report: the local manager and the routers behind it. */
  readonly devices: number;
  readonly reportIntervalSeconds: number;
}

export interface ConcentratorSize {
  /** Bytes of one report on the medium, and the right `reportBytes` for formatting where it is at most 4096. */
  readonly reportBytes: number;
  readonly reportsPerDay: number;
  readonly bytesPerDay: number;
  /** What is wrong with the plan, in a sentence each; nothing is ever refused. */
  readonly warnings: readonly string[];
}

const SECONDS_OF_DAY = 86_400;
const ACKNOWLEDGEMENT_BYTES = 1;

/** What a day without the server costs: each report its bytes, an entry of the PVT and a byte of acknowledgement. */
export function sizeConcentrator(scheme: ConcentratorScheme): ConcentratorSize {
  const { localManagers, meters, bytesPerMeter, devices, reportIntervalSeconds } = scheme;
  const body = meters * bytesPerMeter;
  const bytes = reportBytes(devices, body);
  const reportsPerDay = (localManagers * SECONDS_OF_DAY) / reportIntervalSeconds;
  const warnings: string[] = [];
  if (body > MAXIMUM_BODY_BYTES) {
    warnings.push(
      `A report of ${body} bytes does not fit into one of ${MAXIMUM_BODY_BYTES}: a local manager must send it as several.`,
    );
  }
  return {
    reportBytes: bytes,
    reportsPerDay,
    bytesPerDay: reportsPerDay * (bytes + ENTRY_BYTES + ACKNOWLEDGEMENT_BYTES),
    warnings,
  };
}

/** Days without the server that a medium of this size survives before it refuses reports. */
export function concentratorDays(scheme: ConcentratorScheme, sizeBytes: number): number {
  const { reportBytes: bytes, reportsPerDay } = sizeConcentrator(scheme);
  const reports = Math.floor((sizeBytes - PVT_ADDRESS) / (bytes + ENTRY_BYTES + ACKNOWLEDGEMENT_BYTES));
  return Math.max(0, reports) / reportsPerDay;
}

/** Bytes of medium that survive so many days without the server; a bank edge may cost up to one report more. */
export function concentratorBytes(scheme: ConcentratorScheme, days: number): number {
  const { reportBytes: bytes, reportsPerDay } = sizeConcentrator(scheme);
  const reports = Math.max(MINIMUM_PAGES, Math.ceil(days * reportsPerDay));
  return PVT_ADDRESS + (reports + 1) * (bytes + ENTRY_BYTES + ACKNOWLEDGEMENT_BYTES);
}

/** The sizing as lines of text. */
export function concentratorText(scheme: ConcentratorScheme, sizeBytes: number): string[] {
  const { localManagers, meters } = scheme;
  const size = sizeConcentrator(scheme);
  return [
    `${localManagers} local managers with ${meters} meters each:`,
    `a report takes ${size.reportBytes} bytes; ${Math.round(size.reportsPerDay)} reports ` +
      `and ${Math.round(size.bytesPerDay)} bytes a day`,
    `${sizeBytes} bytes survive ${concentratorDays(scheme, sizeBytes).toFixed(2)} days without the server`,
    ...[1, 7, 30].map((days) => `${days} days take ${concentratorBytes(scheme, days)} bytes`),
    ...size.warnings,
  ];
}
