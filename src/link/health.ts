/** What a device says about itself in a packet that it forwards. Nobody has verified it. */
export interface Health {
  /** How strongly it received the packet, -127 to 127; null on wires. */
  readonly rssiDbm: number | null;
  /** Null on mains. */
  readonly batteryMillivolts: number | null;
  /** Errors of its link since power-up. On the air only the size of the number is left. */
  readonly errors: number;
}

const RSSI_OFFSET = 128;
const BATTERY_OFFSET_MILLIVOLTS = 1800;
const BATTERY_STEP_MILLIVOLTS = 120;

/** 0 for none, else the strength plus 128. */
export function qualityOf({ rssiDbm }: Health): number {
  return rssiDbm === null ? 0 : clamp(Math.round(rssiDbm) + RSSI_OFFSET, 1, 255);
}

/**
 * Upper half: battery, 0 for mains, else 1 to 15 in steps of 120 mV above 1.8 V. Lower half: errors, as the number of
 * binary digits that their count has.
 */
export function stateOf({ batteryMillivolts, errors }: Health): number {
  const steps =
    batteryMillivolts === null
      ? 0
      : clamp(Math.floor((batteryMillivolts - BATTERY_OFFSET_MILLIVOLTS) / BATTERY_STEP_MILLIVOLTS), 1, 15);
  return (steps << 4) | Math.min(15, 32 - Math.clz32(errors));
}

/** What `qualityOf` and `stateOf` left: the battery rounded down, the least number of errors of that size. */
export function healthOf(quality: number, state: number): Health {
  const steps = state >>> 4;
  const digits = state & 15;
  return {
    rssiDbm: quality === 0 ? null : quality - RSSI_OFFSET,
    batteryMillivolts: steps === 0 ? null : BATTERY_OFFSET_MILLIVOLTS + steps * BATTERY_STEP_MILLIVOLTS,
    errors: digits === 0 ? 0 : 2 ** (digits - 1),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
