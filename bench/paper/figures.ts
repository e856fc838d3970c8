import type { BenchSource } from '../source.js';
import { type BlockTimes, measureBlock } from './blockTime.js';
import { type CapacityRow, measureGrid, measureTable2 } from './capacity.js';
import { type Coding, dailyBurst, ratioWithout, recoveryRatio, SendingMeter, schemes } from './recovery.js';

const blockSizes = 100;
const searchesABlock = 40;
const intervals = [1, 2, 3, 4, 5];
const bursts = [1, 2, 3, 4, 5];
/** Table 1's largest report interval, and bursts of up to a day. */
const longInterval = 12;
const longBursts = [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 23];

/** R in per cent for one report interval and one burst of lost packets a day. */
export interface RecoveryRow {
  readonly interval: number;
  readonly burst: number;
  /** The paper's scheme alone. */
  readonly paper: number;
  /** With pages opened early. */
  readonly roll: number;
  /** With that, and the meter asked for what is missing. */
  readonly backfill: number;
  /** Without LIMFS: each packet carries one reading. */
  readonly raw: number;
}

/** The paper's scheme alone with windows in raw and in packed coding. */
export interface LongBurstRow {
  readonly interval: number;
  readonly burst: number;
  readonly rawCoding: number;
  readonly packedCoding: number;
  readonly raw: number;
}

/** The paper's evaluation (its section 4), measured on the real stores. */
export interface PaperFigures {
  /** Without a file system, ADSS only, ADSS and LEDM with reports every 1, 2, 3, 4, 5 hours. */
  readonly table2: readonly number[];
  /** T(I) beside what is kept, over a grid of d, k, x, n and I. */
  readonly table2Grid: readonly CapacityRow[];
  readonly figure8: readonly BlockTimes[];
  readonly figure9: readonly RecoveryRow[];
  readonly figure9Packed: readonly RecoveryRow[];
  readonly figure9Long: readonly LongBurstRow[];
  /** Readings in the largest window of at most 100 bytes of payload. */
  readonly packedWindowReadings: number;
  /** Where the readings come from. */
  readonly registers: string;
}

/** How often `progress` is called. */
export const paperSteps = blockSizes + 2 * intervals.length * bursts.length + longBursts.length + 2;

export function measurePaper({ source }: BenchSource, progress: () => void): PaperFigures {
  const table2 = measureTable2();
  progress();
  const table2Grid = measureGrid();
  progress();
  const figure8 = Array.from({ length: blockSizes }, (_, index) => {
    progress();
    return measureBlock(index + 1, searchesABlock);
  });
  const meterOf = (coding: Coding) => new SendingMeter(source, coding);
  const rawMeter = meterOf('raw');
  const packedMeter = meterOf('packed');
  const figure9 = recoveryRows(rawMeter, progress);
  const figure9Packed = recoveryRows(packedMeter, progress);
  const figure9Long = longBursts.map((burst) => {
    progress();
    const ratio = (meter: SendingMeter) =>
      recoveryRatio(meter, schemes.paper, longInterval, dailyBurst(burst));
    return {
      interval: longInterval,
      burst,
      rawCoding: ratio(rawMeter),
      packedCoding: ratio(packedMeter),
      raw: ratioWithout(dailyBurst(burst)),
    };
  });
  return {
    table2,
    table2Grid,
    figure8,
    figure9,
    figure9Packed,
    figure9Long,
    packedWindowReadings: packedMeter.windowReadings,
    registers: source.name,
  };
}

/** One row for each report interval and burst. */
function recoveryRows(meter: SendingMeter, progress: () => void): RecoveryRow[] {
  return intervals.flatMap((interval) =>
    bursts.map((burst) => {
      progress();
      return {
        interval,
        burst,
        paper: recoveryRatio(meter, schemes.paper, interval, dailyBurst(burst)),
        roll: recoveryRatio(meter, schemes.roll, interval, dailyBurst(burst)),
        backfill: recoveryRatio(meter, schemes.backfill, interval, dailyBurst(burst)),
        raw: ratioWithout(dailyBurst(burst)),
      };
    }),
  );
}
