import { assert } from '../limfs/errors.js';

/** A view's length chooses one of eight sets of four places, so that a search looks at four at most. */
const sets = 8;
const ways = 4;

interface Part {
  readonly source: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly view: Uint8Array;
}

/**
 * Views of parts of buffers, kept and found again. I/O classes take a whole Uint8Array, and a new view for each
 * transfer would be garbage for XS to collect; a file system uses the same few parts of the same few buffers all
 * the time. When the places for a length are taken, one of them is replaced, in turn.
 */
export class ViewCache {
  readonly #parts: (Part | undefined)[] = new Array(sets * ways).fill(undefined);
  #replaced = 0;

  /** The view of `source[offset, offset + length)`; a part outside of the source is a programming error. */
  view(source: Uint8Array, offset: number, length: number): Uint8Array {
    const parts = this.#parts;
    const first = (length & (sets - 1)) * ways;
    const end = first + ways;
    for (let place = first; place < end; place++) {
      const part = parts[place];
      if (part === undefined) return this.#keep(place, source, offset, length);
      if (part.source === source && part.offset === offset && part.length === length) return part.view;
    }
    this.#replaced = (this.#replaced + 1) % ways;
    return this.#keep(first + this.#replaced, source, offset, length);
  }

  #keep(place: number, source: Uint8Array, offset: number, length: number): Uint8Array {
    assert(offset >= 0 && offset + length <= source.length, 'a transfer lies inside its buffer');
    const view = source.subarray(offset, offset + length);
    this.#parts[place] = { source, offset, length, view };
    return view;
  }
}
