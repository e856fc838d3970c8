/** From a time on, local time is so many seconds ahead of UTC. In order of time; before the first, its offset counts. */
export type TimeZone = readonly { readonly fromSeconds: number; readonly offsetSeconds: number }[];

export interface LocalTime {
  /** Days since 1970-01-01, local. */
  readonly day: number;
  /** 0: Monday. */
  readonly weekday: number;
  /** 1..12. */
  readonly month: number;
  /** 0..23. */
  readonly hour: number;
}

const daySeconds = 86_400;
const hourSeconds = 3600;
/** The civil calendar repeats after 400 years. Its years are counted from March, so that a leap day ends one. */
const daysOfEra = 146_097;
const daysToEpoch = 719_468;

export function offsetAt(zone: TimeZone, timeSeconds: number): number {
  let offset = zone[0]?.offsetSeconds ?? 0;
  for (const { fromSeconds, offsetSeconds } of zone) if (fromSeconds <= timeSeconds) offset = offsetSeconds;
  return offset;
}

/** Local date and hour of a UTC time, whole seconds. */
export function localTime(zone: TimeZone, timeSeconds: number): LocalTime {
  const local = timeSeconds + offsetAt(zone, timeSeconds);
  const day = Math.floor(local / daySeconds);
  return {
    day,
    // 1970-01-01 was a Thursday.
    weekday: (((day + 3) % 7) + 7) % 7,
    month: monthOf(day),
    hour: Math.floor((local - day * daySeconds) / hourSeconds),
  };
}

/** The first full local hour behind a time; offsets of half an hour and changes of the offset count. */
export function nextLocalHour(zone: TimeZone, timeSeconds: number): number {
  const offset = offsetAt(zone, timeSeconds);
  const local = timeSeconds + offset;
  const next = (Math.floor(local / hourSeconds) + 1) * hourSeconds - offset;
  const change = zone.find(({ fromSeconds }) => fromSeconds > timeSeconds && fromSeconds < next);
  return change?.fromSeconds ?? next;
}

function monthOf(day: number): number {
  const shifted = day + daysToEpoch;
  const dayOfEra = shifted - Math.floor(shifted / daysOfEra) * daysOfEra;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524);
  const year = Math.floor((dayOfEra - leapDays - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
}
