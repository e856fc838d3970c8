/** Native twins against the TypeScript functions they stand for: equal results, and what they save. */
import { foldDown } from '../../../lib/limfs/checksum.js';
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
