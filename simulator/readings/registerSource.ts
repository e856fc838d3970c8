/**
 * The registers of a group of meters over time: what a run takes its readings from, be it a file of real ones or
 * the generator. Times are on one grid: slot s is at `firstTimeSeconds + s * intervalSeconds`.
 */
export interface RegisterSource {
  /** For people: where the readings come from. */
  readonly name: string;
  /** One name a meter. */
  readonly meters: readonly string[];
  readonly intervalSeconds: number;
  /** UTC seconds of slot 0. */
  readonly firstTimeSeconds: number;
  /** How many slots there are. */
  readonly slots: number;
  /** The register in Wh; undefined where the source has no value, so that holes stay holes. */
  value(meter: number, slot: number): number | undefined;
}

/** A register source over one column a meter; NaN stands for a missing value. */
export function sourceOfColumns(
  shape: Omit<RegisterSource, 'value'>,
  columnOf: (meter: number) => ArrayLike<number>,
): RegisterSource {
  return {
    ...shape,
    value: (meter, slot) => {
      const value = columnOf(meter)[slot];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    },
  };
}
