import type { Outage } from '../line/line.js';
import { createRandom } from '../random/random.js';

export interface PowerFault {
  readonly timeSeconds: number;
  /** The power fails with this byte on the bus; undefined: at once, between two accesses. */
  readonly afterBytes: number | undefined;
  readonly offSeconds: number;
  /** It fails once more with this byte while the meter starts again. */
  readonly againAfterBytes: number | undefined;
}

export interface FaultPlan {
  readonly powerFaults: readonly PowerFault[];
  readonly outages: readonly Outage[];
}

export interface FaultPlanOptions {
  readonly seed: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Readings are due at whole intervals. */
  readonly intervalSeconds: number;
  readonly powerCuts: number;
  readonly outages: number;
}

const hourSeconds = 3600;
/** An append goes over the bus in so many bytes, address bytes included, or in less. */
const appendBytes = 8;
/** Some appends, some checkpoints, some page reads for windows go over the bus in so many bytes. */
const cutWithinBytes = 600;
const longestOffSeconds = 12 * hourSeconds;
const shortestOutageSeconds = 6 * hourSeconds;
const longestOutageSeconds = 48 * hourSeconds;

/** Which faults one meter is to meet, and when; each kind from a generator of its own. */
export function planFaults(options: FaultPlanOptions, meter: number): FaultPlan {
  const spanSeconds = options.toSeconds - options.fromSeconds;
  const power = createRandom(options.seed, 'meter', meter, 'power');
  const powerFaults: PowerFault[] = [];
  for (let count = 0; count < options.powerCuts; count++) {
    const timeSeconds = options.fromSeconds + power.below(spanSeconds);
    const kind = power.below(8);
    powerFaults.push({
      // Half of the cuts wait for a reading that is due: they fall into its append.
      timeSeconds: kind < 4 ? timeSeconds - (timeSeconds % options.intervalSeconds) : timeSeconds,
      afterBytes: kind === 7 ? undefined : power.below(kind < 4 ? appendBytes : cutWithinBytes),
      // Half of the cuts are flickers, the others last for up to half a day.
      offSeconds: power.below(2) === 0 ? 1 + power.below(60) : 1 + power.below(longestOffSeconds),
      againAfterBytes: power.below(4) === 0 ? power.below(cutWithinBytes) : undefined,
    });
  }
  const air = createRandom(options.seed, 'meter', meter, 'outage');
  const outages: Outage[] = [];
  for (let count = 0; count < options.outages; count++) {
    const fromSeconds = options.fromSeconds + air.below(spanSeconds);
    const lasts = shortestOutageSeconds + air.below(longestOutageSeconds - shortestOutageSeconds);
    outages.push({ fromSeconds, toSeconds: fromSeconds + lasts });
  }
  return { powerFaults, outages };
}
