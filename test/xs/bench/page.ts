/** The pieces that the meter store is made of, over a medium that costs nothing: packing, unpacking and checking a page. */
import { foldDown } from '../../../lib/limfs/checksum.js';
import type { Medium } from '../../../lib/limfs/medium/medium.js';
import { PageReader } from '../../../lib/limfs/meter/pageReader.js';
import { PageState } from '../../../lib/limfs/meter/pageState.js';
import { PageWriter } from '../../../lib/limfs/meter/pageWriter.js';
import { createPlainAppender } from '../../../lib/limfs/meter/plainAppender.js';
import { createBatch } from '../../../lib/limfs/meter/reading.js';
import { createEntry } from '../../../lib/limfs/ring/pageRing.js';
import { measure, report, reportCost, reportGarbage } from './measure.js';

const pageBytes = 224;
const intervalSeconds = 3600;
const firstTimeSeconds = 1_736_121_600;
const seed = 1;
const batchReadings = 24;

/** Writes are counted and forgotten until `keep` is set: what is measured is the packing. */
class FreeMedium implements Medium {
  readonly sizeBytes = pageBytes;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  keep = true;
  readonly bytes = new Uint8Array(pageBytes);

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    into.set(this.bytes.subarray(address, address + length), offset);
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    if (this.keep) this.bytes.set(from.subarray(offset, offset + length), address);
  }

  erase(): void {}
}

let random = 1;
const values = [1_000_000];
let timeSeconds = firstTimeSeconds;

function nextReading(): void {
  random = (random * 1_103 + 12_345) & 0xffff;
  values[0] = values[0]! + 200 + (random >> 8);
  timeSeconds += intervalSeconds;
}

const medium = new FreeMedium();
const writer = new PageWriter(medium, pageBytes, new PageState());
let isFull = false;
const appender = createPlainAppender(medium, writer, createEntry(), 1, {
  append(time, row, status, full) {
    appender.release();
    isFull = full || !writer.append(time, row, status, true);
    return isFull ? 0 : appender.count();
  },
  newest: () => false,
});

let readings = 0;
let instructionsSum = 0;
let instructionsMaximum = 0;

/** Opens the page and appends until it is full. */
function fillPage(): void {
  timeSeconds = firstTimeSeconds;
  appender.release();
  writer.open(pageBytes, seed, timeSeconds, values, 0, true);
  readings = 1;
  isFull = false;
  appender.count();
  instructionsSum = 0;
  instructionsMaximum = 0;
  for (;;) {
    nextReading();
    const start = xsHost.instructions();
    appender.append(timeSeconds, values);
    const instructions = xsHost.instructions() - start;
    if (isFull) return;
    readings += 1;
    instructionsSum += instructions;
    if (instructions > instructionsMaximum) instructionsMaximum = instructions;
  }
}

medium.keep = false;
xsHost.gc();
const slots = xsHost.slotsUsed();
const chunkBytes = xsHost.chunkBytesUsed();
fillPage();
reportGarbage('packing a page', xsHost.slotsUsed() - slots, xsHost.chunkBytesUsed() - chunkBytes);
report('append without a medium, mean', instructionsSum / (readings - 1), 'instructions');
report('append without a medium, maximum', instructionsMaximum, 'instructions');

medium.keep = true;
fillPage();
writer.seal();
const reader = new PageReader(medium, pageBytes, foldDown);
reader.load(0);
if (!reader.verify(seed)) throw new Error('the page does not check');
report('readings in the page', readings, 'readings');
reportCost(
  'checking the page',
  measure(() => reader.verify(seed)),
);
const start = measure(() => reader.start(firstTimeSeconds));
reportCost('unpacking the head', start);
const all = measure(() => {
  reader.start(firstTimeSeconds);
  reader.advance();
});
report('unpacking, per reading', (all.instructions - start.instructions) / readings, 'instructions');

const batch = createBatch(batchReadings);
const batches = Math.floor(readings / batchReadings);
const some = measure(() => {
  reader.start(firstTimeSeconds);
  for (let index = 0; index < batches; index += 1) {
    batch.count = 0;
    reader.advance(readings, 0x1_0000_0000, batch);
  }
});
report(
  'unpacking into batches of 24, per reading',
  (some.instructions - start.instructions) / (batches * batchReadings),
  'instructions',
);
reportGarbage('unpacking into batches of 24', some.slots, some.chunkBytes);
