import { LimfsError } from '../../lib/limfs/index.js';
import { CborReader, CborWriter } from '../link/cbor.js';

const MAXIMUM_NUMBERS = 16;

/** A row of integers within +-(2^53 - 1) as bytes: a CBOR sequence (RFC 8742). For payloads, arguments and results. */
export function numbers(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(9 * values.length);
  const writer = new CborWriter(bytes, 0);
  for (const value of values) writer.integer(value);
  return bytes.slice(0, writer.position);
}

/** Reads what `numbers` wrote. Errors: `packet`. */
export function readNumbers(bytes: Uint8Array): number[] {
  const reader = new CborReader(bytes, 0, bytes.length);
  const values: number[] = [];
  while (reader.position < bytes.length) {
    if (values.length === MAXIMUM_NUMBERS) throw new LimfsError('packet', 'a row of too many integers');
    values.push(reader.integer());
  }
  return values;
}
