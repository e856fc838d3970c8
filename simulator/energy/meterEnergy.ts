import type { NetworkResult } from '../world/networkWorld.js';
import { cell } from './dataSheets.js';
import { cellYears, type DayEnergy, dayEnergyOf, meanOf, memoryStandbyJoules, totalOf } from './energy.js';

/** What the battery meters of a run took. */
export interface MeterEnergy {
  /** Joules of a mean day of a mean meter, by what they were spent on. */
  readonly joulesADay: DayEnergy & { readonly total: number };
  /** The thirstiest meter's. */
  readonly mostJoulesADay: number;
  readonly packetsADay: number;
  readonly listeningSecondsADay: number;
  readonly cell: string;
  readonly cellYears: number;
  /** On top, each day, if the memory stayed in standby. */
  readonly memoryStandbyJoules: number;
}

const leastMilliseconds = 43_200_000;

/** All other roles are on mains. Meters that had power for less than half a day say nothing about a day. */
export function meterEnergyOf(result: NetworkResult): MeterEnergy {
  const { topology } = result.options;
  const worked = result.devices.meters
    .map(({ device, place }) => ({ device, bitsPerSecond: topology.devices[place]!.link!.bitsPerSecond }))
    .filter(({ device }) => device.activity.poweredMilliseconds >= leastMilliseconds);
  const days = worked.map(({ device: { activity, chip }, bitsPerSecond }) =>
    dayEnergyOf({ activity, bitsPerSecond, busMicroseconds: chip.busMicroseconds }),
  );
  const perDay = (what: (activity: (typeof worked)[number]['device']['activity']) => number) => {
    const milliseconds = worked.reduce((total, { device }) => total + device.activity.poweredMilliseconds, 0);
    const count = worked.reduce((total, { device }) => total + what(device.activity), 0);
    return (count * 86_400_000) / Math.max(1, milliseconds);
  };
  const mean = meanOf(days);
  const total = totalOf(mean);
  return {
    joulesADay: { ...mean, total },
    mostJoulesADay: days.reduce((most, day) => Math.max(most, totalOf(day)), 0),
    packetsADay: perDay(({ packetsSent }) => packetsSent),
    listeningSecondsADay: perDay(({ listeningMilliseconds }) => listeningMilliseconds / 1000),
    cell: cell.name,
    cellYears: cellYears(total),
    memoryStandbyJoules,
  };
}
