/** The meter store over the FM24V10 driver on the emulated I2C FRAM, with pure TypeScript and with native twins. */
import { FM24V10 } from '../../../lib/drivers/fm24v10.js';
import {
  createBatch,
  createReading,
  formatMeterStore,
  type MeterStore,
  mountMeterStore,
  type Natives,
} from '../../../lib/limfs/index.js';
import { measure, measureOnce, report, reportCost, reportGarbage } from './measure.js';

const intervalSeconds = 3600;
const firstTimeSeconds = 1_736_121_600;
const batchReadings = 24;
const findsPerSize = 20;
const gapsMeasured = 8;
/** An append that drives the wires longer than this has changed the page: it writes four times instead of once. */
const pageChangeBusInstructions = 1_500;

/** Register of a household, hourly: a fixed pseudo-random row of consumptions, more of them in the evening. */
class Meter {
  timeSeconds = firstTimeSeconds;
  readonly values = [1_000_000];
  private state = 1;
  private hour = 0;

  next(intervals = 1): void {
    this.state = (this.state * 1_103 + 12_345) & 0xffff;
    this.hour = this.hour === 23 ? 0 : this.hour + 1;
    const evening = this.hour > 16 ? this.state & 0xff : 0;
    this.values[0] = this.values[0]! + 80 + (this.state >> 10) + evening;
    this.timeSeconds += intervalSeconds * intervals;
  }
}

class Extremes {
  count = 0;
  maximum = 0;
  sum = 0;

  clear(): void {
    this.count = 0;
    this.maximum = 0;
    this.sum = 0;
  }

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value > this.maximum) this.maximum = value;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }
}

function heapBytesUsed(): number {
  return xsHost.slotsUsed() * 16 + xsHost.chunkBytesUsed();
}

/** Mounts and says what that takes in the heap. */
function open(natives?: Natives): MeterStore {
  xsHost.gc();
  const before = heapBytesUsed();
  const store = mountMeterStore(medium, natives);
  xsHost.gc();
  report('XS heap of one open store', heapBytesUsed() - before, 'bytes', { target: 8_192 });
  return store;
}

const usual = new Extremes();
const pageChanges = new Extremes();
let pagesUsed = 0;

function append(store: MeterStore): void {
  const bus = xsHost.busInstructions();
  const start = xsHost.instructions();
  store.append(meter.timeSeconds, meter.values);
  const instructions = xsHost.instructions() - start;
  if (xsHost.busInstructions() - bus > pageChangeBusInstructions) {
    pageChanges.add(instructions);
    pagesUsed += 1;
  } else usual.add(instructions);
}

/** The driver makes its buffers for each length of a transfer when it first needs them: not counted as garbage. */
function warmUp(store: MeterStore): void {
  while (pagesUsed < 5) {
    meter.next();
    append(store);
  }
}

/** Appends until the store holds so many pages. */
function fill(store: MeterStore, pages: number): void {
  // The driver gets to know the store's buffer when it is first used.
  meter.next();
  append(store);
  usual.clear();
  pageChanges.clear();
  xsHost.gc();
  const collections = xsHost.garbageCollections();
  while (pagesUsed < pages) {
    meter.next();
    append(store);
  }
  if (xsHost.garbageCollections() !== collections)
    throw new Error('append makes so much garbage that it is collected');
  const appends = usual.count + pageChanges.count;
  // What is gone after a collection was garbage; buffers that the driver keeps for reuse are not.
  let slots = xsHost.slotsUsed();
  let chunkBytes = xsHost.chunkBytesUsed();
  xsHost.gc();
  slots -= xsHost.slotsUsed();
  chunkBytes -= xsHost.chunkBytesUsed();
  reportGarbage(`${appends} appends`, slots, chunkBytes);
  const all = (usual.sum + pageChanges.sum) / appends;
  report(`append up to ${pages} pages, mean`, all, 'instructions', { target: 14_000 });
  report('  without a page change, mean', usual.mean, 'instructions');
  report('  without a page change, maximum', usual.maximum, 'instructions');
  report('  with a page change, maximum', pageChanges.maximum, 'instructions', { target: 50_000 });
}

function gaps(store: MeterStore): void {
  usual.clear();
  for (let index = 0; index < gapsMeasured; index += 1) {
    meter.next(1 + index);
    append(store);
    meter.next();
    append(store);
  }
  report('append, maximum with and behind gaps', usual.maximum, 'instructions', { target: 50_000 });
}

/** Where to look is spread evenly over the store, the same places in every run. */
function finds(store: MeterStore, name: string, target: number): void {
  const span = meter.timeSeconds - firstTimeSeconds;
  const costs = new Extremes();
  let slots = 0;
  let chunkBytes = 0;
  // The driver makes its buffers for each length when it first needs them.
  for (let part = 0; part <= 4; part += 1)
    store.find(firstTimeSeconds + Math.floor((span * part) / 4), reading);
  for (let index = 0; index < findsPerSize; index += 1) {
    const wanted = firstTimeSeconds + Math.floor((span * (index * 7 + 3)) / (7 * findsPerSize + 3));
    const cost = measureOnce(() => store.find(wanted, reading));
    if (reading.timeSeconds > wanted) throw new Error(`find(${wanted}) gives a later reading`);
    costs.add(cost.instructions);
    slots += cost.slots;
    chunkBytes += cost.chunkBytes;
  }
  report(`find(t), ${name}, mean`, costs.mean, 'instructions', { target });
  report(`find(t), ${name}, maximum`, costs.maximum, 'instructions');
  reportGarbage(`find(t), ${name}`, slots, chunkBytes);
}

function sequentialReads(store: MeterStore): void {
  const costs = new Extremes();
  let slots = 0;
  let chunkBytes = 0;
  let sequence = store.nextSequence - 40 * batchReadings;
  let readings = 0;
  for (let index = 0; index < 30; index += 1) {
    const cost = measureOnce(() => store.read(sequence, batch));
    costs.add(cost.instructions);
    readings += batch.count;
    sequence = batch.firstSequence + batch.count;
    slots += cost.slots;
    chunkBytes += cost.chunkBytes;
  }
  report('reading on in batches of 24, per reading', costs.sum / readings, 'instructions', { target: 6_000 });
  reportGarbage('reading on in batches of 24', slots, chunkBytes);
}

const medium = new FM24V10({ memory: { io: xsHost.I2C } });
formatMeterStore(medium, {
  storeId: [1, 2],
  channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
  intervalSeconds,
});
const meter = new Meter();
const reading = createReading();
const batch = createBatch(batchReadings);

const empty = measure(() => {});
report('empty call', empty.instructions, 'instructions');
const twenty = new Uint8Array(20);
reportCost(
  'direct read of 20 bytes through the driver',
  measure(() => medium.read(1000, twenty, 0, 20)),
);

const store = open();
warmUp(store);
for (const pages of [10, 100, 500]) {
  fill(store, pages);
  finds(store, `${pages} pages, TypeScript`, 400_000);
}
gaps(store);
reportCost(
  'newest',
  measure(() => store.newest(reading)),
  { target: 1_500 },
);
sequentialReads(store);
const native = open({ fold: xsHost.foldDown, unpackPlain: xsHost.unpackPlain });
finds(native, `${pagesUsed} pages, native checksum and decoder`, 50_000);
if (native.nextSequence !== store.nextSequence) throw new Error('mounting again gives another next sequence');
report('XS heap in use at the end, engine included', xsHost.heapBytesReserved(), 'bytes');
report('XS stack, peak', xsHost.stackSlotsPeak(), 'slots');
