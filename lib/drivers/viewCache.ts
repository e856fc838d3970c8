import { assert } from '../limfs/errors.js';

/** A part's end, nearly always even, chooses one of sixteen pairs of places, so that a search looks at two. */
const pairs = 16;

interface Part {
  readonly source: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly view: Uint8Array;
}

/**
 * Views of parts of buffers, kept and found again. I/O classes take a whole Uint8Array, and a new view for each
 * transfer would be garbage for XS to collect; a file system uses the same few parts of the same few buffers all
 * the time. Of the two parts with a pair of places the one that was made first gives way to a new one.
 */
export class ViewCache {
  readonly #parts: (Part | undefined)[] = new Array(2 * pairs).fill(undefined);

  /** The view of `source[offset, offset + length)`; a part outside of the source is a programming error. */
  view(source: Uint8Array, offset: number, length: number): Uint8Array {
    const parts = this.#parts;
    const end = offset + length;
    const place = (end ^ (end >> 5)) & (2 * pairs - 2);
    let part = parts[place];
    if (part !== undefined && part.source === source && part.offset === offset && part.length === length)
      return part.view;
    part = parts[place + 1];
    if (part !== undefined && part.source === source && part.offset === offset && part.length === length)
      return part.view;
    assert(offset >= 0 && end <= source.length, 'a transfer lies inside its buffer');
    part = { source, offset, length, view: source.subarray(offset, offset + length) };
    parts[place + 1] = parts[place];
    parts[place] = part;
    return part.view;
  }
}
