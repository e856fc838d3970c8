import type { Random } from '../random/random.js';

/** A power failure of a device. */
export interface PowerFault {
  /** It waits for a reading that is due. */
  readonly inAppend: boolean;
  /** The power fails with this byte on the bus; undefined: at once, between two accesses. */
  readonly afterBytes: number | undefined;
  readonly offSeconds: number;
  /** It fails once more with this byte while the device starts again. */
  readonly againAfterBytes: number | undefined;
  /** There is charge left for a last message. */
  readonly lastGasp: boolean;
  /** Milliseconds by which the clock is wrong afterwards; `stood`: it begins at zero. */
  readonly clockError: number | 'stood' | undefined;
}

const hourSeconds = 3600;
/** An append writes so many bytes, or less. */
const appendBytes = 5;
/** Some appends, checkpoints, page reads for windows, transactions go over the bus in so many bytes. */
const cutWithinBytes = 900;
const longestOffSeconds = 12 * hourSeconds;
const largestClockErrorSeconds = 3 * hourSeconds;

export function powerFault(random: Random, intervalSeconds: number): PowerFault {
  const kind = random.below(8);
  const inAppend = kind < 4;
  return {
    inAppend,
    afterBytes: kind === 7 ? undefined : random.below(inAppend ? appendBytes : cutWithinBytes),
    // Half of the cuts are flickers, the others last for up to half a day.
    offSeconds: 1 + random.below(random.below(2) === 0 ? 60 : Math.max(longestOffSeconds, intervalSeconds)),
    againAfterBytes: random.below(4) === 0 ? random.below(cutWithinBytes) : undefined,
    lastGasp: random.below(2) === 0,
    clockError: clockError(random),
  };
}

/** Most clocks go on without power; some stand, some come back wrong. */
function clockError(random: Random): number | 'stood' | undefined {
  const kind = random.below(12);
  if (kind === 0) return 'stood';
  if (kind !== 1) return undefined;
  return 1000 * (random.below(2 * largestClockErrorSeconds) - largestClockErrorSeconds);
}
