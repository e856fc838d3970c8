import { createRandom, type Random } from '../random/random.js';
import { type RegisterSource, sourceOfColumns } from './registerSource.js';

export interface GeneratorOptions {
  readonly seed: number;
  readonly meters: number;
  readonly slots: number;
  readonly intervalSeconds?: number;
  /** UTC seconds of slot 0. */
  readonly firstTimeSeconds?: number;
  /** Chance in millionths that a register cannot be read at a slot; it may stay so for up to three slots. */
  readonly holeMillionths?: number;
}

/** 2025-01-06T00:00:00Z, a Monday. */
const defaultFirstTimeSeconds = 1_736_121_600;

/**
 * Registers of households that do not exist: standby, a daily pattern for weekdays and weekends, winter and summer,
 * appliances of some kilowatts for some minutes, empty days. Integer arithmetic throughout, so a seed gives the
 * same registers on Node and on XS.
 */
export function generateReadings(options: GeneratorOptions): RegisterSource {
  const shape = {
    name: `generated households, seed ${options.seed}`,
    meters: Array.from({ length: options.meters }, (_, meter) => `house ${meter + 1}`),
    intervalSeconds: options.intervalSeconds ?? 3600,
    firstTimeSeconds: options.firstTimeSeconds ?? defaultFirstTimeSeconds,
    slots: options.slots,
  };
  const columns: (number[] | undefined)[] = [];
  return sourceOfColumns(shape, (meter) => {
    columns[meter] ??= generateColumn(
      shape,
      createHouse(options.seed, meter),
      options.holeMillionths ?? 2_000,
    );
    return columns[meter];
  });
}

interface House {
  readonly random: Random;
  readonly registerWh: number;
  readonly standbyWatts: number;
  /** Mean power of what the daily pattern moves, where the pattern says 100. */
  readonly dailyWatts: number;
  readonly applianceWatts: number;
  /** Local time minus UTC plus the habits of the people: early birds and night owls. */
  readonly shiftSeconds: number;
}

function createHouse(seed: number, meter: number): House {
  const random = createRandom(seed, 'readings', meter);
  return {
    random,
    registerWh: random.below(30_000_000),
    standbyWatts: 20 + random.below(100),
    dailyWatts: 80 + random.below(320),
    applianceWatts: 1_200 + random.below(2_400),
    shiftSeconds: random.below(10_800),
  };
}

/** Percent of the daily mean for each hour of local time. */
const weekday = [
  45, 40, 38, 38, 42, 60, 110, 150, 120, 85, 75, 80, 105, 95, 80, 80, 100, 150, 200, 210, 185, 150, 105, 65,
] as const;
const weekend = [
  60, 50, 42, 40, 40, 45, 60, 95, 140, 155, 140, 135, 160, 145, 115, 105, 110, 135, 170, 180, 165, 140, 110,
  80,
] as const;

const daySeconds = 86_400;
const yearDays = 365;
const appliancesADay = 3;

function generateColumn(
  shape: Omit<RegisterSource, 'value'>,
  house: House,
  holeMillionths: number,
): number[] {
  const { random } = house;
  const column: number[] = [];
  let wattSeconds = 0;
  let applianceSeconds = 0;
  let holesLeft = 0;
  let today = -1;
  let away = false;
  for (let slot = 0; slot < shape.slots; slot++) {
    const timeSeconds = shape.firstTimeSeconds + slot * shape.intervalSeconds + house.shiftSeconds;
    const day = Math.floor(timeSeconds / daySeconds);
    if (day !== today) {
      today = day;
      // People stay away for some days in a row.
      away = random.chance(away ? 600_000 : 30_000);
    }
    if (holesLeft > 0) holesLeft--;
    else if (random.chance(holeMillionths) && slot > 0) holesLeft = 1 + random.below(3);
    column.push(holesLeft > 0 ? Number.NaN : house.registerWh + Math.floor(wattSeconds / 3600));
    wattSeconds += house.standbyWatts * shape.intervalSeconds;
    if (away) continue;
    const percent = patternPercent(day, timeSeconds);
    wattSeconds += noisy(random, scaled(house.dailyWatts, percent) * shape.intervalSeconds);
    applianceSeconds += newApplianceSeconds(random, percent, shape.intervalSeconds);
    const onSeconds = Math.min(applianceSeconds, shape.intervalSeconds);
    applianceSeconds -= onSeconds;
    wattSeconds += house.applianceWatts * onSeconds;
  }
  return column;
}

/** The daily pattern times the season, in percent. */
function patternPercent(day: number, timeSeconds: number): number {
  const hour = Math.floor((timeSeconds % daySeconds) / 3600);
  // Day 0 of UTC was a Thursday.
  const isWeekend = (day + 3) % 7 >= 5;
  const dayOfYear = day % yearDays;
  const daysFromMidsummer = Math.abs(dayOfYear - 196);
  return scaled((isWeekend ? weekend : weekday)[hour]!, 75 + Math.floor(daysFromMidsummer / 3));
}

function newApplianceSeconds(random: Random, percent: number, intervalSeconds: number): number {
  const millionths = Math.floor((appliancesADay * intervalSeconds * percent) / 8_640) * 1_000;
  return random.chance(millionths) ? 600 + random.below(3_000) : 0;
}

function scaled(value: number, percent: number): number {
  return Math.floor((value * percent) / 100);
}

/** 50 to 150 percent of the value, the middle more likely than the ends. */
function noisy(random: Random, value: number): number {
  return scaled(value, 50 + random.below(51) + random.below(51));
}
