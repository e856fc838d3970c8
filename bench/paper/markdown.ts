import { table } from '../markdown.js';
import { number } from '../number.js';
import type { BlockTimes } from './blockTime.js';
import type { CapacityRow } from './capacity.js';
import type { LongBurstRow, PaperFigures, RecoveryRow } from './figures.js';
import { paperTable2, targets } from './targets.js';

/** Sizes of the short table. */
const shownSizes = [1, 2, 4, 8, 16, 20, 32, 64, 80, 100];

/** docs/PAPER.md: what the paper evaluates, from the real code. */
export function paperPage(figures: PaperFigures): string {
  const { figure8, figure9, figure9Packed, figure9Long, packedWindowReadings } = figures;
  return `# The paper's evaluation, from the real code
Section 4 of Yi, Choi and Hwang (Sustainability 2014, 6, 6351-6361) measures block read time, memory efficiency and
recoverability. \`npm run paper\` measures them again on the stores of this repository and writes this page, its images and
[paper.json](../bench/results/paper.json). Nothing is computed from a formula where it does not say so.

Readings: ${figures.registers}. Bus: a FM24V10 on I2C; a write of n bytes takes 29 + 9n bit times, a random read 39 + 9n; a bit
time is 1 µs at 1 MHz.

## Table 2: memory efficiency
A data area of 1,500 bytes, k = 20 bytes a reading, a window of n = 5 readings, x = 1 meter; hours that are kept when nobody
takes a report.

${table2(figures.table2)}

- *Without a file system*: a ring of 20-byte records.
- *ADSS only*: the store in the paper's layout ([lib/limfs/paper](../lib/limfs/paper/paperStore.ts)). Each window is a page, and
  neighbours repeat all readings but one.
- *ADSS + LEDM*: the local manager's store ([lib/limfs/manager](../lib/limfs/manager/managerStore.ts)) in raw coding, with \`roll\`
  and \`backfill\` off. A window replaces the one before until a report is due, so pages lie I hours apart.

d counts pages only, and all 15 of them hold windows; the PVT, the spare page and the redo log lie outside of it. All readings
that can be read back are counted. The formula as it is printed in the paper is damaged; \`T(I) = (d / (k x n) - 1) I + n\`
gives its table.

### The formula beside the store
${gridTable(figures.table2Grid)}

For I <= n the formula is what the store holds. **For I > n it is no capacity**: it is the number of hours from the oldest
reading to the newest, with gaps, because a page holds n readings and the next page begins I hours later. Then the store holds
d / (k x n) windows of n readings each, whatever I is.

## Figure 8: block read time
![Block read and write time](images/paper-figure8.svg)

A block is found by its time through the PVT, read, and its checksum verified; beside it a raw read of the same number of bytes
at a known address. Ratios to the raw transfer (aims from ${targets.fromBytes} bytes on: read ${targets.warm}, write ${targets.write}):

${blockTable(figure8.filter(({ blockSize }) => shownSizes.includes(blockSize)))}

${blockText(figure8)}

<details><summary>All block sizes, 1 to 100 bytes</summary>

${blockTable(figure8)}
</details>

## Figure 9: recoverability
![Recovery ratio](images/paper-figure9.svg)

A real meter's store is asked each hour for the window of its newest n = 5 readings; the packets of one burst of b hours a day
are lost; a real local manager's store takes the others and is acknowledged every I hours, for 120 days. The bursts begin at
each hour of the day and at each phase of the reports equally often, so there is no chance in these figures.
R = (total - lost + recovered) / total * 100.

${recoveryTable(figure9, 'paper')}

This is the paper's scheme alone. Nothing is lost while **I + b <= n**, a condition that the paper does not state: at its
own 75-hour cell (I = n = 5) a single lost packet a day already loses readings, since the window that a page kept ends before
the next page's window begins.

**With \`roll\`** the local manager opens the next page before a reading that stands nowhere else would slide out of the window.
Then the report interval has no part in it, and nothing is lost while b < n:

${recoveryTable(figure9, 'roll')}

**With \`backfill\`** as well, it sees the gap in the sequence numbers and asks the meter: nothing is lost as long as the meter's own
store holds the reading.

${recoveryTable(figure9, 'backfill')}

### The same with packed windows
A window of 100 bytes in packed coding holds up to ${packedWindowReadings} readings of these registers instead of 5. So even without roll and
backfill R is ${lowest(figure9Packed, 'paper')} % in every cell above. The paper's scheme with reports every 12 hours, its longest interval,
and bursts of up to 23 hours a day:

${longTable(figure9Long)}
`;
}

function table2(measured: readonly number[]): string {
  const heads = ['hours', 'without a file system', 'ADSS only'];
  const ledm = [1, 2, 3, 4, 5].map((interval) => `ADSS + LEDM, I = ${interval}`);
  return table(
    [...heads, ...ledm],
    [
      ['measured', ...measured.map(number)],
      ['the paper', ...paperTable2.map(number)],
    ],
  );
}

function gridTable(rows: readonly CapacityRow[]): string {
  return table(
    ['d', 'k', 'x', 'n', 'I', 'T(I)', 'readings kept', 'T(I) is'],
    rows.map(({ d, k, x, n, interval, formula, measured }) => [
      ...[d, k, x, n, interval, formula, measured].map(number),
      interval <= n ? 'the capacity' : 'the hours spanned',
    ]),
  );
}

function blockTable(rows: readonly BlockTimes[]): string {
  const ratio = (value: number) => value.toFixed(3);
  const microseconds = (value: number) => value.toFixed(0);
  return table(
    [
      'bytes',
      'raw read, µs',
      'PVT entry in RAM, µs',
      'ratio',
      'first search after a mount, µs (max)',
      'ratio',
      'raw write, µs',
      'write, µs (max)',
      'ratio',
      'write at an irregular time, ratio',
    ],
    rows.map((row) => [
      `${row.blockSize}`,
      microseconds(row.rawReadMicroseconds),
      microseconds(row.warmMicroseconds),
      ratio(row.warm),
      `${microseconds(row.coldMicroseconds)} (${microseconds(row.coldMicrosecondsMax)})`,
      ratio(row.cold),
      microseconds(row.rawWriteMicroseconds),
      `${microseconds(row.writeMicroseconds)} (${microseconds(row.writeMicrosecondsMax)})`,
      ratio(row.write),
      ratio(row.irregularWriteMicroseconds / row.rawWriteMicroseconds),
    ]),
  );
}

/** The smallest block from which on a ratio keeps a limit. */
function reachedFrom(rows: readonly BlockTimes[], value: (row: BlockTimes) => number, limit: number): number {
  const above = rows.filter((row) => value(row) > limit).map(({ blockSize }) => blockSize);
  return Math.max(0, ...above) + 1;
}

function blockText(rows: readonly BlockTimes[]): string {
  const warmFrom = reachedFrom(rows, ({ warm }) => warm, targets.warm);
  const writeFrom = reachedFrom(rows, ({ write }) => write, targets.write);
  return `Measured: the read keeps its aim from ${warmFrom} bytes on, the write from ${writeFrom}. Below that no layout can: a transfer of b bytes
takes 39 + 9b, the two bytes of a checksum 18 more, and 18 <= 0.1 (39 + 9b) only from b = 16 on.

How so little is enough: a page's own PVT entry, checksum and lap, lies behind its block, and both go to the chip in one
ascending write whose last byte, the lap, commits. Slot, address and sequence follow from the lap; TIME follows from the
*stretch*, up to 32 pages at the regular interval, whose entry of 12 bytes in the PVT area is written once. One page is kept
spare, so the byte that adds a page also removes the oldest: nothing has to be made invalid before. A second transfer for a
PVT entry of its own in each write would cost 29 + 9 * 3 at least, a ratio of 1.27 at 20 bytes.

*First search after a mount*: no PVT entry but the newest is in RAM, and the stretch is searched in the table first; the
paper's own entry of 16 bytes, if its place were known, would cost 39 + 9 * 16 = 183 µs before the block.
*Write at an irregular time*: each reading that does not come at the regular time begins a stretch, with an entry of its own.
That is above the aim for every block here. Even one byte of lateness beside the block would be a third byte in each read,
and then the read would keep its aim only from 26 bytes on.`;
}

function recoveryTable(rows: readonly RecoveryRow[], scheme: 'paper' | 'roll' | 'backfill'): string {
  const intervals = [...new Set(rows.map(({ interval }) => interval))];
  const bursts = [...new Set(rows.map(({ burst }) => burst))];
  const cell = (interval: number, burst: number) =>
    rows.find((row) => row.interval === interval && row.burst === burst)!;
  return table(
    ['R, %: b', ...intervals.map((interval) => `I = ${interval}`), 'without LIMFS'],
    bursts.map((burst) => [
      `${burst}`,
      ...intervals.map((interval) => percent(cell(interval, burst)[scheme])),
      percent(cell(intervals[0]!, burst).raw),
    ]),
  );
}

function longTable(rows: readonly LongBurstRow[]): string {
  return table(
    ['R, %: b', 'packed windows', 'raw windows', 'without LIMFS'],
    rows.map((row) => [`${row.burst}`, percent(row.packedCoding), percent(row.rawCoding), percent(row.raw)]),
  );
}

function lowest(rows: readonly RecoveryRow[], scheme: 'paper'): string {
  return percent(Math.min(...rows.map((row) => row[scheme])));
}

function percent(value: number): string {
  return value === 100 ? '100' : value.toFixed(2);
}
