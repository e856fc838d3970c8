import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LINE, oneLine } from '../../bench/line.js';
import { FORMAT_VERSION } from '../../lib/limfs/areas/superblock.js';
import { formatReportRing, mountReportRing } from '../../lib/limfs/concentrator/index.js';
import { type Event, formatEventLog, mountEventLog } from '../../lib/limfs/events/index.js';
import { createBatch, LimfsError, type Medium } from '../../lib/limfs/index.js';
import { formatManagerStore, mountManagerStore } from '../../lib/limfs/manager/index.js';
import { mountNorMeterStore } from '../../lib/limfs/nor/mount.js';
import { formatPaperStore, mountPaperStore } from '../../lib/limfs/paper/index.js';
import { framPulseRecord, initialisePulses, PULSE_BYTES, PulseCounter } from '../../lib/limfs/pulse/index.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import { createRandom } from '../../simulator/random/random.js';
import {
  compareWaiting,
  createArrivals,
  ReportModel,
  readWhole,
  waitingReports,
} from '../lib/limfs/concentrator/reports.js';
import { backfill, cellsOf, send } from '../lib/limfs/manager/blocks.js';
import { listOf } from '../lib/limfs/manager/history.js';
import { NorRig, registerAt, START_SECONDS, settle } from '../lib/limfs/nor/norRig.js';

/**
 * Images of every other role and of NOR flash, as golden.ts has them of the meter store: made once for each format
 * version, opened for ever. `npx tsx test/proof/goldenStores.ts` makes those of today's version that are not there.
 */
export interface GoldenStore {
  readonly name: string;
  /** Sectors of the flash; 1: bytes can be rewritten. */
  readonly eraseBytes: number;
  /** What today's code writes for a fixed life of the store. */
  readonly image: () => Uint8Array;
  /** All that a mounted store says it holds, as JSON. */
  readonly contents: (medium: Medium) => unknown;
}

/** An image that nobody can change: whoever writes while mounting or reading fails. */
export class SealedMedium implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes: number;
  readonly writeBytes = 1;
  private readonly image: Uint8Array;

  constructor(image: Uint8Array, eraseBytes: number) {
    this.image = image;
    this.sizeBytes = image.length;
    this.eraseBytes = eraseBytes;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    if (address < 0 || address + length > this.sizeBytes) throw new LimfsError('medium-range', 'outside');
    into.set(this.image.subarray(address, address + length), offset);
  }

  write(address: number): void {
    throw new Error(`a write at ${address}`);
  }

  erase(address: number): void {
    throw new Error(`an erasure at ${address}`);
  }
}

const SECTOR_BYTES = 1024;
const limit = { events: 3, seconds: 3600 };

function managerImage(): Uint8Array {
  const medium = new RamMedium(3700);
  const shape = { meters: 3, windowReadings: 4, readingBytes: 8, dataBytes: 12 * 32 };
  formatManagerStore(medium, { storeId: [0x1234_5678, 1], ...shape });
  const store = mountManagerStore(medium);
  for (let meter = 0; meter < 3; meter += 1) store.addMeter([1, meter], 0, oneLine());
  const page = { counter: 0, timeSeconds: 0, cells: 0, checksum: 0 };
  for (let end = 4; end <= 16; end += 2) {
    for (let place = 0; place < 3; place += 1) {
      if (end === 8 && place === 1) continue;
      send(store, place, end - 4, end, end === 10 && place === 2 ? { errorAt: 9 } : {});
    }
    if (end % 4 === 0) store.freeze(page);
    if (end === 8) store.acknowledge(store.storeId, page.counter, page.checksum);
  }
  send(store, 0, 20, 24, { oldest: 17 });
  backfill(store, 0, 18, 20);
  // A meter that got an older image.
  const lines = [
    { name: LINE, first: 0, shift: 0 },
    { name: 0xbeef, first: 12, shift: 9 },
  ];
  store.takeLines(2, listOf(lines), 0, 1_700_100_000);
  return medium.image;
}

function managerContents(medium: Medium): unknown {
  const store = mountManagerStore(medium);
  const page = { counter: 0, timeSeconds: 0, cells: 0, checksum: 0 };
  const reported = store.report(page);
  const meters = Array.from({ length: store.settings.meters }, (_, place) => {
    const meter = store.meterAt(place);
    if (meter === null) return null;
    const { count, firsts, ends, uncertain } = meter.gaps;
    const gaps = firsts.slice(0, count).map((first, gap) => [first, ends[gap]!, uncertain[gap]!]);
    const { names, firsts: begins, count: known } = store.linesOf(place);
    return { ...meter, gaps, lines: names.slice(0, known).map((name, line) => [name, begins[line]]) };
  });
  return {
    storeId: store.storeId,
    settings: store.settings,
    pages: store.pages,
    droppedPages: store.droppedPages,
    meters,
    report: reported ? { page, cells: cellsOf(store, page) } : null,
    findings: store.findings,
  };
}

function concentratorImage(): Uint8Array {
  const medium = new RamMedium(4096);
  formatReportRing(medium, { storeId: [0x1234_5678, 2], reportBytes: 200 });
  const ring = mountReportRing(medium);
  const model = new ReportModel();
  const nextArrival = createArrivals(createRandom(1, 'golden'), 500);
  for (let count = 0; count < 24; count += 1) {
    const { arrival, body } = nextArrival();
    if (model.waiting.length > 3) {
      const { storeId, pageCounter, checksum } = model.waiting[0]!.arrival;
      ring.acknowledge({ storeId, pageCounter, checksum });
      model.waiting[0]!.acknowledged = true;
    }
    model.add(arrival, body, ring.append(arrival, body));
  }
  compareWaiting(ring, model.waiting);
  return medium.image;
}

function concentratorContents(medium: Medium): unknown {
  const ring = mountReportRing(medium);
  const reports = waitingReports(ring).map((report) => ({ ...report, body: [...readWhole(ring, report)] }));
  return { storeId: ring.storeId, freeBytes: ring.freeBytes, reports, findings: ring.findings };
}

function eventsImage(): Uint8Array {
  const medium = new RamMedium(960);
  formatEventLog(medium, [0x1234_5678, 3]);
  const log = mountEventLog(medium, limit);
  for (let index = 0; index < 40; index += 1) {
    const payload = Uint8Array.from({ length: index % 25 }, (_, byte) => index + byte);
    log.record(1 + (index % 5), START_SECONDS + index * 200, payload);
  }
  log.acknowledge(log.nextSequence - 6);
  return medium.image;
}

function eventsContents(medium: Medium): unknown {
  const log = mountEventLog(medium, limit);
  const events: unknown[] = [];
  const keep = (event: Event) => events.push({ ...event, payload: [...event.payload] });
  log.range(0, 0xffff_ffff, keep);
  const { nextSequence, acknowledgedSequence, foldedCounts, findings } = log;
  return { nextSequence, acknowledgedSequence, foldedCounts, findings, events };
}

function pulseImage(): Uint8Array {
  const medium = new RamMedium(PULSE_BYTES);
  initialisePulses(framPulseRecord(medium, 0), 2 ** 40 + 5);
  const counter = new PulseCounter(framPulseRecord(medium, 0));
  for (let pulses = 1; pulses <= 7; pulses += 1) counter.add(pulses);
  return medium.image;
}

function norImage(): Uint8Array {
  const rig = new NorRig({ sectorBytes: SECTOR_BYTES, sectors: 8, firstSequence: 0xffff_ff80 });
  const store = rig.mount();
  for (let index = 0; index < 300; index += 1) {
    const time = START_SECONDS + index * 3600 - (index > 200 ? 7200 : 0);
    if (index % 40 === 17) store.appendHole(time, 1);
    else store.append(time, [registerAt(index)], index % 23 === 5 ? 8 : 0);
    if (index % 3 === 0) settle(store);
  }
  const medium = rig.medium();
  const image = new Uint8Array(medium.sizeBytes);
  medium.read(0, image, 0, image.length);
  return image;
}

function norContents(medium: Medium): unknown {
  const store = mountNorMeterStore(medium);
  const batch = createBatch(50);
  const readings: unknown[] = [];
  for (let next = store.oldestSequence; store.read(next, batch) > 0; ) {
    for (let row = 0; row < batch.count; row += 1) {
      const sequence = (batch.firstSequence + row) >>> 0;
      const value = batch.valids[row] === 1 ? batch.values[row] : null;
      readings.push([sequence, batch.times[row], batch.statuses[row], value]);
    }
    next = (batch.firstSequence + batch.count) >>> 0;
  }
  return { storeId: store.storeId, nextSequence: store.nextSequence, readings, findings: store.findings };
}

/** Hours at which the golden store in the paper's layout was read: some are missed, some are late. */
function paperTimes(): number[] {
  const hours = Array.from({ length: 60 }, (_, hour) => hour).filter((hour) => hour % 13 !== 7);
  return hours.map((hour) => START_SECONDS + hour * 3600 + (hour % 11 === 3 ? 40 : 0));
}

function paperImage(): Uint8Array {
  const medium = new RamMedium(1900);
  const format = { intervalSeconds: 3600, windowReadings: 5, readingBytes: 8 };
  formatPaperStore(medium, { storeId: [0x1234_5678, 4], firstSequence: 0xffff_fff0, ...format });
  const store = mountPaperStore(medium);
  paperTimes().forEach((time, index) => {
    store.append(time, registerAt(index), index % 9 === 4 ? 2 : 0);
  });
  return medium.image;
}

function paperContents(medium: Medium): unknown {
  const store = mountPaperStore(medium);
  const batch = createBatch(5);
  const windows = paperTimes().map((time) => {
    if (!store.find(time, batch)) return [time, null];
    const { firstSequence, count, times, statuses, values } = batch;
    return [time, firstSequence, [times, statuses, values].map((column) => [...column.slice(0, count)])];
  });
  const { nextSequence, oldestSequence, count, findings } = store;
  return { nextSequence, oldestSequence, count, windows, findings };
}

export const goldenStores: readonly GoldenStore[] = [
  { name: 'manager', eraseBytes: 1, image: managerImage, contents: managerContents },
  { name: 'concentrator', eraseBytes: 1, image: concentratorImage, contents: concentratorContents },
  { name: 'events', eraseBytes: 1, image: eventsImage, contents: eventsContents },
  {
    name: 'pulse',
    eraseBytes: 1,
    image: pulseImage,
    contents: (medium) => ({ count: new PulseCounter(framPulseRecord(medium, 0)).count }),
  },
  { name: 'paper', eraseBytes: 1, image: paperImage, contents: paperContents },
  { name: 'norMeter', eraseBytes: SECTOR_BYTES, image: norImage, contents: norContents },
];

export function goldenStorePath(name: string, version: number, extension: 'img' | 'json'): string {
  return fileURLToPath(new URL(`../lib/limfs/golden/${name}-${version}.${extension}`, import.meta.url));
}

export function readGoldenStore(name: string, version: number) {
  return {
    image: new Uint8Array(readFileSync(goldenStorePath(name, version, 'img'))),
    contents: JSON.parse(readFileSync(goldenStorePath(name, version, 'json'), 'utf8')) as unknown,
  };
}

/** As it would be read from a file. */
export function asJson(contents: unknown): unknown {
  return JSON.parse(JSON.stringify(contents));
}

function create(): void {
  for (const { name, eraseBytes, image, contents } of goldenStores) {
    const path = goldenStorePath(name, FORMAT_VERSION, 'img');
    if (existsSync(path)) {
      console.error(`There is an image of ${name}, format version ${FORMAT_VERSION}; it stays as it is.`);
      continue;
    }
    const bytes = image();
    const json = JSON.stringify(contents(new SealedMedium(bytes, eraseBytes)));
    writeFileSync(path, bytes);
    writeFileSync(goldenStorePath(name, FORMAT_VERSION, 'json'), `${json}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) create();
