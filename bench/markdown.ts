import type { NorFigures } from './nor.js';
import { number } from './number.js';
import type { BenchResults, StoreFigures } from './results.js';
import { type RivalFigures, rivals } from './rivals.js';
import { isReached, type Target, targetsOf } from './targets.js';

/** The results as a page of Markdown tables. */
export function markdownOf(results: BenchResults): string {
  const { readings, withNoise } = results;
  const source = readings.real ? 'real registers' : 'GENERATED registers';
  return `# Meter store: what it costs

Written by \`npm run bench\`. Readings: ${source} (${readings.source}, ${readings.meters} meters), hourly, each durable
before the call returns, on a simulated FM24V10 of 128 KiB; means over the second lap of the store. The bus costs of
LIMFS and of the raw ring are those of four meters together, the capacities those of all ${readings.meters}.

Bus model: every access is one I2C transaction. A write of n bytes takes 29 + 9n bit times, a random read 39 + 9n; one
bit time is 1 µs at 1 MHz. The processor's time is not in these figures.

![Bus time and capacity beside other stores](meter-store.svg)

## Figures and targets
${targetTable(targetsOf(results))}

## Beside other stores
LIMFS and the raw ring (records of fixed size, no checksum, binary search) were measured in this run. The others are C
programs, measured elsewhere with the same bus model, chip and work, each reading a record of 20 bytes.

${comparisonTable(comparedStores(results))}

## How many readings are kept
Hours from the oldest kept reading to the newest, both included. An hour that the source lacks is stored as a hole: a
sequence of its own, without a value. "Minimum" is the smallest number at any moment of a lap, just after a page went.
The 1,500 bytes hold the PVT and the pages; superblocks, install and environment area lie outside.

${capacityTable(results)}

## With noise
Readings up to two seconds early or late, one in a hundred with a status flag, two channels.

${noiseTable(results, withNoise)}

## On NOR flash
The same readings on a NOR flash of ${number(results.nor.sizeBytes / 1024)} KiB with the times of a W25Q128 at 40 MHz: programming 0.4 ms a page and
30 µs for a first byte, erasing 45 ms a sector. Erasing happens in idle calls, never in an append.

${norTable(results.nor)}
`;
}

function targetTable(targets: readonly Target[]): string {
  return table(
    ['figure', 'unit', 'measured', 'target', 'reached'],
    targets.map((target) => [
      target.figure,
      target.unit,
      number(target.value),
      target.atMost === undefined ? `>= ${number(target.atLeast!)}` : `<= ${number(target.atMost)}`,
      isReached(target) ? 'yes' : '**no**',
    ]),
  );
}

function norTable(nor: NorFigures): string {
  return table(
    ['figure', 'measured'],
    [
      ['append: µs (max)', `${number(nor.appendMicrosecondsMean)} (${number(nor.appendMicrosecondsMax)})`],
      ['idle call, longest: µs', number(nor.idleMicrosecondsMax)],
      ['erases per 1,000 readings', number(nor.erasesPer1000Readings)],
      [
        'wear of a sector after this run: mean, spread',
        `${number(nor.wearMean)}, ${number(nor.wearSpread)} (a lap adds about 11)`,
      ],
      ['readings kept', number(nor.readingsKept)],
    ],
  );
}

/** LIMFS, the raw ring and the rivals, in this order. */
export function comparedStores(results: BenchResults): RivalFigures[] {
  return [rowOf('LIMFS', results), rowOf('raw ring', results.rawRing), ...rivals];
}

function rowOf(name: string, figures: StoreFigures): RivalFigures {
  const { append, newest, find, day, mount, capacity, ram } = figures;
  return {
    name,
    append: { transactions: append.transactionsMean, bytes: append.bytesWrittenMean },
    appendMicroseconds: { mean: append.busMicrosecondsMean, max: append.busMicrosecondsMax },
    newestMicroseconds: newest.busMicroseconds,
    find: {
      transactions: find.transactionsMean,
      bytes: find.bytesMean,
      microseconds: find.busMicrosecondsMean,
    },
    dayMicroseconds: day.busMicrosecondsMean,
    mount: {
      transactions: mount.transactionsMax,
      bytes: mount.bytesMax,
      microseconds: mount.busMicrosecondsMax,
    },
    readingsKept: Math.round(capacity.hours131072),
    ramBytes: ram.bytes,
  };
}

function comparisonTable(stores: readonly RivalFigures[]): string {
  return table(
    [
      'store',
      'append: transactions',
      'bytes (+ erased)',
      'µs (max)',
      'newest µs',
      'find(t): transactions',
      'bytes',
      'µs',
      '24 h µs',
      'mount: transactions',
      'bytes',
      'µs',
      'readings kept',
      'RAM bytes',
    ],
    stores.map((store) => [
      store.name,
      number(store.append.transactions),
      number(store.append.bytes) +
        (store.append.erasedBytes === undefined ? '' : ` (+${number(store.append.erasedBytes)})`),
      `${number(store.appendMicroseconds.mean)} (${number(store.appendMicroseconds.max)})`,
      store.newestMicroseconds === undefined ? '-' : number(store.newestMicroseconds),
      number(store.find.transactions),
      number(store.find.bytes),
      number(store.find.microseconds),
      number(store.dayMicroseconds),
      number(store.mount.transactions),
      number(store.mount.bytes),
      number(store.mount.microseconds),
      number(store.readingsKept),
      number(store.ramBytes),
    ]),
  );
}

function capacityTable({ capacity, rawRing, readings }: BenchResults): string {
  const row = (name: string, ...figures: number[]) => [name, ...figures.map(number)];
  const ring = rawRing.capacity;
  return table(
    [
      'store',
      `minimum, mean of ${readings.meters} meters`,
      'minimum, noisiest meter',
      `mean over time, of ${readings.meters} meters`,
      'raw ring',
    ],
    [
      row(
        '128 KiB, 1 Wh',
        capacity.hours131072,
        capacity.hours131072WorstMeter,
        capacity.hours131072Mean,
        ring.hours131072,
      ),
      row(
        '128 KiB, 10 Wh',
        capacity.hours131072At10Wh,
        capacity.hours131072At10WhWorstMeter,
        capacity.hours131072At10WhMean,
        ring.hours131072At10Wh,
      ),
      row(
        '1,500 bytes, 1 Wh',
        capacity.hours1500Minimum,
        capacity.hours1500WorstMeter,
        capacity.hours1500,
        ring.hours1500,
      ),
    ],
  );
}

function noiseTable(results: BenchResults, withNoise: BenchResults['withNoise']): string {
  const columns = [results, withNoise, withNoise.rawRing];
  const row = (name: string, figure: (figures: StoreFigures) => string) => [name, ...columns.map(figure)];
  return table(
    ['figure', 'plain', 'with noise', 'raw ring with noise'],
    [
      row('append: transactions, bytes', ({ append }) =>
        [append.transactionsMean, append.bytesWrittenMean].map(number).join(', '),
      ),
      row(
        'append: µs (max)',
        ({ append }) => `${number(append.busMicrosecondsMean)} (${number(append.busMicrosecondsMax)})`,
      ),
      row('find(t): transactions, bytes', ({ find }) =>
        [find.transactionsMean, find.bytesMean].map(number).join(', '),
      ),
      row(
        'find(t): µs (max)',
        ({ find }) => `${number(find.busMicrosecondsMean)} (${number(find.busMicrosecondsMax)})`,
      ),
      row(
        '24 h: µs (max)',
        ({ day }) => `${number(day.busMicrosecondsMean)} (${number(day.busMicrosecondsMax)})`,
      ),
      row('mount, largest: transactions, bytes, µs', ({ mount }) =>
        [mount.transactionsMax, mount.bytesMax, mount.busMicrosecondsMax].map(number).join(', '),
      ),
      row('128 KiB: hours kept, 1 Wh', ({ capacity }) => number(capacity.hours131072)),
      row('128 KiB: hours kept, 10 Wh', ({ capacity }) => number(capacity.hours131072At10Wh)),
      row('1,500 bytes: hours kept', ({ capacity }) => number(capacity.hours1500)),
      row('RAM: bytes (buffers)', ({ ram }) => `${number(ram.bytes)} (${number(ram.bufferBytes)})`),
    ],
  );
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, column) => (column === 0 ? '---' : '---:'));
  return [heads, rule, ...rows].map(line).join('\n');
}
