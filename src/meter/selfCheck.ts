import { LimfsError, type Medium } from '../../lib/limfs/index.js';
import type { RoleStore } from './roleStore.js';

/** What a self-check looks at; a bit is set when that part failed (D11). */
export const SelfCheck = Object.freeze({
  /** The chip does not answer. */
  memory: 1,
  /** The store has found damage. */
  store: 2,
  /** Nobody has told the time yet, or not for two days. */
  clock: 4,
  battery: 8,
  /** Nobody has been heard for two days. */
  link: 16,
  /** The register could not be read. */
  register: 32,
} as const);

const silentSeconds = 2 * 86_400;

export interface SelfCheckParts {
  readonly medium: Medium;
  readonly store: RoleStore;
  /** Millivolts; null on mains. */
  readonly batteryMillivolts: () => number | null;
  readonly lowestBatteryMillivolts: number;
}

/** What the role itself knows of its state. */
export interface Liveness {
  readonly clockIsSet: boolean;
  readonly toldSeconds: number;
  readonly heardSeconds: number;
  readonly registerFailed: boolean;
}

/** The bits of what fails now. */
export function selfCheck(parts: SelfCheckParts, live: Liveness, timeSeconds: number): number {
  const battery = parts.batteryMillivolts();
  let failed = 0;
  if (!answers(parts.medium)) failed |= SelfCheck.memory;
  if (parts.store.findings.length > 0) failed |= SelfCheck.store;
  if (!live.clockIsSet || timeSeconds - live.toldSeconds > silentSeconds) failed |= SelfCheck.clock;
  if (battery !== null && battery < parts.lowestBatteryMillivolts) failed |= SelfCheck.battery;
  if (timeSeconds - live.heardSeconds > silentSeconds) failed |= SelfCheck.link;
  if (live.registerFailed) failed |= SelfCheck.register;
  return failed;
}

function answers(medium: Medium): boolean {
  try {
    medium.read(0, new Uint8Array(4), 0, 4);
    return true;
  } catch (error) {
    if (error instanceof LimfsError && error.code === 'medium-failed') return false;
    throw error;
  }
}
