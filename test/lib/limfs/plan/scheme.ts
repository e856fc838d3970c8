/** A local manager in a few lines, for comparison with the planner: reading numbers only, no bytes. */
export interface Air {
  readonly readings: number;
  /** Whether the packet that carries this newest reading is lost. */
  lost(reading: number): boolean;
}

interface Manager {
  readonly windowReadings: number;
  readonly reportIntervals: number;
  readonly roll: boolean;
  /** Readings that the meter keeps; 0: it is never asked. */
  readonly meterCapacity: number;
}

/** Numbers of the readings that the server never gets, out of those that are old enough to have come. */
export function lostReadings(
  { windowReadings, reportIntervals, roll, meterCapacity }: Manager,
  air: Air,
): number[] {
  const delivered = new Set<number>();
  const waiting: number[][] = [];
  let page: number[] = [];
  let seen = -1;
  for (let reading = 0; reading < air.readings; reading += 1) {
    if (!air.lost(reading)) {
      const window = Array.from({ length: windowReadings }, (_, back) => reading - back).filter(
        (one) => one >= 0,
      );
      const slidesOut = page.some((one) => !window.includes(one) && !delivered.has(one));
      if (roll && slidesOut) waiting.push(page);
      page = window;
      const oldestKept = Math.max(0, reading - meterCapacity + 1);
      for (let gap = seen + 1; gap <= reading - windowReadings; gap += 1) {
        if (gap >= oldestKept && meterCapacity > 0) waiting.push([gap]);
      }
      seen = reading;
    }
    if (reading % reportIntervals === 0) {
      for (const one of [...waiting.flat(), ...page]) delivered.add(one);
      waiting.length = 0;
    }
  }
  const surelyReported = air.readings - reportIntervals - windowReadings;
  return Array.from({ length: Math.max(0, surelyReported) }, (_, one) => one).filter(
    (one) => !delivered.has(one),
  );
}
