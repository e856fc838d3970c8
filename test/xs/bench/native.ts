/** Native twins against the TypeScript functions they stand for: equal results, and what they save. */
import { foldDown } from '../../../lib/limfs/checksum.js';
import { RUN_BIT, RUN_LEFT, unpackPlain } from '../../../lib/limfs/meter/unpackPlain.js';
import { measure, reportCost } from './measure.js';

const words = new Uint16Array(112);
let value = 1;
for (let index = 0; index < words.length; index += 1) {
  value = (value * 1_103 + 12_345) & 0xffff;
  words[index] = value;
}
for (const [sum, from, to] of [
  [0, 112, 0],
  [65_536, 112, 1],
  [12_345, 5, 5],
  [1, 20, 3],
] as const) {
  if (foldDown(sum, words, from, to) !== xsHost.foldDown(sum, words, from, to)) {
    throw new Error(`foldDown differs from its twin: ${sum}, ${from}, ${to}`);
  }
}
reportCost(
  'checksum of 224 bytes in TypeScript',
  measure(() => foldDown(0, words, words.length, 0)),
);
reportCost(
  'checksum of 224 bytes, native',
  measure(() => xsHost.foldDown(0, words, words.length, 0)),
);

/** Where an unpacker begins: any bits mean something until they end, escape or reach the end of their room. */
function createRun(capacity: number, k: number, left: number): number[] {
  return [0, left, 2 ** 40, 200, 210, k, 20 << k, 1_736_121_600, 3600, 0, capacity];
}

const longs = new Int32Array(50);
const capacity = 48 * 32 - 5;
const outcomes = [0, 0, 0, 0];
/** Fewer ones let a stream go on for long; without any it goes on to the end of its room. */
const masks = [-1, 0x7777_7777, 0x2492_4924, 0];
for (let trial = 0; trial < 100; trial += 1) {
  for (let index = 0; index < longs.length; index += 1) {
    value = (value * 1_103 + 12_345) & 0xffff;
    const low = value;
    value = (value * 1_103 + 12_345) & 0xffff;
    longs[index] = ((value << 16) | low) & masks[trial & 3]!;
  }
  const left = trial % 3 === 0 ? 10 : 400;
  const [ours, twins] = [createRun(capacity, trial % 17, left), createRun(capacity, trial % 17, left)];
  const [times, twinTimes] = [new Array<number>(left).fill(0), new Array<number>(left).fill(0)];
  const [values, twinValues] = [new Array<number>(left).fill(0), new Array<number>(left).fill(0)];
  const intoArrays = trial % 5 > 0;
  const outcome = unpackPlain(longs, ours, intoArrays ? times : null, intoArrays ? values : null);
  const twin = xsHost.unpackPlain(
    longs,
    twins,
    intoArrays ? twinTimes : null,
    intoArrays ? twinValues : null,
  );
  const equal = [ours, times, values].join() === [twins, twinTimes, twinValues].join();
  if (outcome !== twin || !equal) throw new Error(`unpackPlain differs from its twin in trial ${trial}`);
  outcomes[outcome]! += 1;
}
if (outcomes.includes(0)) throw new Error(`some outcome of unpackPlain did not occur: ${outcomes}`);
const some = createRun(capacity, 6, 0);
for (const [name, unpack] of [
  ['in TypeScript', unpackPlain],
  ['native', xsHost.unpackPlain],
] as const) {
  longs.fill(0);
  reportCost(
    `unpacking of 60 readings ${name}`,
    measure(() => {
      some[RUN_BIT] = 0;
      some[RUN_LEFT] = 60;
      unpack(longs, some, null, null);
    }),
  );
}
