/** A local manager as it is planned; all durations in reading intervals but the interval itself. */
export interface Scheme {
  /** d: bytes of its data area. */
  readonly dataBytes: number;
  /** k: bytes of ONE reading in a window; an accumulated block is k * n bytes. */
  readonly readingBytes: number;
  /** x: meters. */
  readonly meters: number;
  /** n: readings in a window. */
  readonly windowReadings: number;
  /** I: intervals from one report to the next. */
  readonly reportIntervals: number;
  readonly intervalSeconds: number;
}

/** What was observed on the air, or must be survived. */
export interface Loss {
  /** b: the longest run of lost packets of one meter. */
  readonly burstPackets: number;
  /** The longest time between two packets of one meter that arrived. */
  readonly outageIntervals: number;
  /** Readings that the meter's own store keeps. */
  readonly meterCapacity: number;
}

/** One condition under which no reading is lost. */
export interface Condition {
  /** `paper`: I + b <= n. `roll`: b < n. `backfill`: outage <= the meter's capacity. */
  readonly name: 'paper' | 'roll' | 'backfill';
  readonly meaning: string;
  readonly holds: boolean;
  /** Readings of one meter that the worst such loss costs; 0 when the condition holds. */
  readonly readingsAtRisk: number;
  /** How long the local manager may go without a report before a reading is lost. */
  readonly autonomyIntervals: number;
  readonly autonomyDays: number;
}

export interface Plan {
  /** Pages that the data area holds. */
  readonly pages: number;
  /** T(I) = (pages - 1) * I + n: the intervals that the stored pages span. */
  readonly capacityIntervals: number;
  readonly capacityDays: number;
  /** Readings of one meter in these pages: less than `capacityIntervals` when I > n, because the pages leave gaps. */
  readonly storedReadings: number;
  readonly conditions: readonly Condition[];
  /** What is wrong with the plan, in a sentence each; nothing is ever refused. */
  readonly warnings: readonly string[];
}

const SECONDS_OF_DAY = 86_400;

/**
 * Plans a local manager: a pure function of its sizes and of the loss that it must survive. The capacity is the
 * paper's T(I) = (d / (k * x * n) - 1) * I + n (section 3.2), with whole pages and in reading intervals.
 */
export function planLocalManager(scheme: Scheme, loss: Loss): Plan {
  const { dataBytes, readingBytes, meters, windowReadings: n, reportIntervals, intervalSeconds } = scheme;
  const pages = Math.max(0, Math.floor(dataBytes / (readingBytes * meters * n)));
  const capacityIntervals = pages === 0 ? 0 : (pages - 1) * reportIntervals + n;
  const storedReadings = reportIntervals <= n ? capacityIntervals : pages * n;
  const days = (intervals: number): number => (intervals * intervalSeconds) / SECONDS_OF_DAY;
  const conditions = conditionsOf(scheme, loss, pages).map((condition) => ({
    ...condition,
    holds: condition.readingsAtRisk === 0,
    autonomyDays: days(condition.autonomyIntervals),
  }));
  const warnings = conditions
    .filter(({ holds }) => !holds)
    .map(({ name, meaning, readingsAtRisk }) => {
      return `${name}: ${meaning} This does not hold: up to ${readingsAtRisk} readings of a meter are lost at a time.`;
    });
  if (pages < 2) {
    warnings.push(
      `The data area holds ${pages} pages; one page more than is open is needed, to write while another is sent.`,
    );
  }
  if (reportIntervals > n) {
    warnings.push(
      `The report interval is longer than the window: ${capacityIntervals} intervals are spanned, ` +
        `but only ${storedReadings} readings of each meter are stored.`,
    );
  }
  return {
    pages,
    capacityIntervals,
    capacityDays: days(capacityIntervals),
    storedReadings,
    conditions,
    warnings,
  };
}

function conditionsOf(
  { windowReadings: n, reportIntervals }: Scheme,
  { burstPackets, outageIntervals, meterCapacity }: Loss,
  pages: number,
): Omit<Condition, 'holds' | 'autonomyDays'>[] {
  const rolled = pages * n;
  return [
    {
      name: 'paper',
      meaning:
        'A page holds one window and is overwritten until it is reported: report interval and lost packets together ' +
        'must fit into the window (I + b <= n).',
      readingsAtRisk: Math.max(0, reportIntervals + burstPackets - n),
      autonomyIntervals: Math.min(1, pages) * n,
    },
    {
      name: 'roll',
      meaning:
        'The next page is opened before a reading would slide out of the window: only packets lost in a row count ' +
        '(b < n).',
      readingsAtRisk: Math.max(0, burstPackets + 1 - n),
      autonomyIntervals: rolled,
    },
    {
      name: 'backfill',
      meaning:
        "What is missing is fetched from the meter: it must still be in the meter's own store (outage <= capacity).",
      readingsAtRisk: Math.max(0, outageIntervals - meterCapacity),
      autonomyIntervals: Math.max(rolled, meterCapacity),
    },
  ];
}
