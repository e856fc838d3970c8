import { NorFlash } from '../lib/drivers/norFlash.js';
import { Status } from '../lib/limfs/index.js';
import { LOG_SECTORS } from '../lib/limfs/nor/layout.js';
import { formatNorMeterStore, mountNorMeterStore } from '../lib/limfs/nor/mount.js';
import { flashStorageOn } from '../simulator/chips/flashStorage.js';
import { NorFlashChip } from '../simulator/chips/norFlashChip.js';
import type { RegisterSource } from '../simulator/readings/registerSource.js';
import { Tally } from './costs.js';
import { type DueReading, plain, Series } from './series.js';

export interface NorFigures {
  readonly sizeBytes: number;
  readonly readings: number;
  /** Time of the flash in one append, its own programming time included. */
  readonly appendMicrosecondsMean: number;
  readonly appendMicrosecondsMax: number;
  /** The longest of the pieces of background work, an erase of a sector as a rule. */
  readonly idleMicrosecondsMax: number;
  readonly erasesPer1000Readings: number;
  /** Most erased sector less least erased one, of those that hold readings or journal; a lap adds about 11. */
  readonly wearSpread: number;
  readonly wearMean: number;
  readonly readingsKept: number;
}

const sizeBytes = 131_072;
const readings = 200_000;
/** Work that one append can leave: a page to pack and a sector to erase, and some. */
const idleCalls = 4;

/** The meter store on a NOR flash of the same size as the FRAM, for more than two laps. */
export function measureNor(source: RegisterSource): NorFigures {
  const chip = new NorFlashChip({ sizeBytes });
  const medium = new NorFlash({ memory: { io: flashStorageOn(chip), path: 'limfs' } });
  const series = new Series(source, 0, plain);
  formatNorMeterStore(medium, {
    storeId: [1, 2],
    channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
    intervalSeconds: series.intervalSeconds,
  });
  const store = mountNorMeterStore(medium);
  const reading: DueReading = { timeSeconds: 0, status: 0, valid: true, values: [] };
  const appends = new Tally();
  const idles = new Tally();
  const erasedBefore = chip.eraseCounts.slice();
  for (let index = 0; index < readings; index += 1) {
    series.read(index, reading);
    let before = chip.busMicroseconds;
    if (reading.valid) store.append(reading.timeSeconds, reading.values, reading.status);
    else store.appendHole(reading.timeSeconds, Status.readingError);
    appends.add(chip.busMicroseconds - before);
    for (let call = 0; call < idleCalls; call += 1) {
      before = chip.busMicroseconds;
      const more = store.idle();
      idles.add(chip.busMicroseconds - before);
      if (!more) break;
    }
  }
  const wear = new Tally();
  let erases = 0;
  chip.eraseCounts.forEach((count, sector) => {
    const since = count - erasedBefore[sector]!;
    erases += since;
    if (sector >= LOG_SECTORS) wear.add(since);
  });
  return {
    sizeBytes,
    readings,
    appendMicrosecondsMean: appends.mean,
    appendMicrosecondsMax: appends.max,
    idleMicrosecondsMax: idles.max,
    erasesPer1000Readings: (1000 * erases) / readings,
    wearSpread: wear.max - wear.min,
    wearMean: wear.mean,
    readingsKept: store.count,
  };
}
