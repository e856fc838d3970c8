import {
  formatMeterStore,
  identify,
  type Medium,
  type MeterFormat,
  type MeterStore,
  mountMeterStore,
} from '../../lib/limfs/index.js';

export interface OpenedStore {
  readonly store: MeterStore;
  /** The medium was blank, or its first formatting had been cut short, and has been formatted now. */
  readonly firstStart: boolean;
}

/**
 * Mounts a meter's store. A blank chip is formatted, and so is one whose formatting was cut short; nothing else is
 * ever formatted: a foreign or damaged one makes `mountMeterStore` throw.
 */
export function openMeterStore(medium: Medium, format: MeterFormat): OpenedStore {
  const { kind } = identify(medium);
  const firstStart = kind === 'blank' || kind === 'formatting';
  if (firstStart) formatMeterStore(medium, format);
  return { store: mountMeterStore(medium), firstStart };
}
