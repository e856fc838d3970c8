/** UTF-8 in fields of fixed size, padded with zeros; XS has no TextEncoder. */
import { LimfsError } from '../errors.js';

/** Writes a text into `size` bytes. Errors: `record-range`, when it is longer. */
export function putText(bytes: Uint8Array, at: number, size: number, text: string): void {
  let end = at;
  const put = (byte: number): void => {
    if (end === at + size) throw new LimfsError('record-range', `'${text}' is longer than ${size} bytes`);
    bytes[end] = byte;
    end += 1;
  };
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) put(code);
    else if (code < 0x800) {
      put(0xc0 | (code >> 6));
      put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      put(0xe0 | (code >> 12));
      put(0x80 | ((code >> 6) & 0x3f));
      put(0x80 | (code & 0x3f));
    } else {
      put(0xf0 | (code >> 18));
      put(0x80 | ((code >> 12) & 0x3f));
      put(0x80 | ((code >> 6) & 0x3f));
      put(0x80 | (code & 0x3f));
    }
  }
  bytes.fill(0, end, at + size);
}

/** Reads a text of at most `size` bytes; what is no UTF-8 becomes U+FFFD. */
export function getText(bytes: Uint8Array, at: number, size: number): string {
  let text = '';
  let index = at;
  while (index < at + size && bytes[index] !== 0) {
    const first = bytes[index]!;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    let code = length === 1 ? first : first & (0x7f >> length);
    let good = first < 0x80 || (first >= 0xc2 && first < 0xf5);
    for (let more = 1; more < length && good; more += 1) {
      const byte = index + more < at + size ? bytes[index + more]! : 0;
      good = (byte & 0xc0) === 0x80;
      code = (code << 6) | (byte & 0x3f);
    }
    good = good && code <= 0x10_ffff;
    text += good ? String.fromCodePoint(code) : '\ufffd';
    index += good ? length : 1;
  }
  return text;
}
