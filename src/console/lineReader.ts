/** Longest command line, in characters; a longer one is refused as a whole instead of being run in part. */
export const MAXIMUM_LINE_CHARACTERS = 80;

const backspace = 0x08;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const firstPrintable = 0x20;
const lastPrintable = 0x7e;
const rubout = 0x7f;

/** What a byte completed: a command line, or the news that a line was too long and has been thrown away. */
export type LineEvent = { readonly line: string } | 'too-long';

/** Assembles the bytes of a serial port into command lines; CR, LF and CR LF end a line, empty lines are ignored. */
export class LineReader {
  #line = '';
  #overlong = false;

  /** Takes one byte; bytes outside printable ASCII are line noise and are dropped. */
  receive(byte: number): LineEvent | undefined {
    if (byte === carriageReturn || byte === lineFeed) return this.#finish();
    if (byte === backspace || byte === rubout) this.#line = this.#line.slice(0, -1);
    else if (byte >= firstPrintable && byte <= lastPrintable) this.#add(byte);
    return undefined;
  }

  /** Forgets what has been typed so far. */
  clear(): void {
    this.#line = '';
    this.#overlong = false;
  }

  #add(byte: number): void {
    if (this.#line.length < MAXIMUM_LINE_CHARACTERS) this.#line += String.fromCharCode(byte);
    else this.#overlong = true;
  }

  #finish(): LineEvent | undefined {
    const line = this.#line.trim();
    const overlong = this.#overlong;
    this.clear();
    if (overlong) return 'too-long';
    return line === '' ? undefined : { line };
  }
}
