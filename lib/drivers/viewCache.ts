import { assert } from '../limfs/errors.js';

/**
 * Views of parts of buffers, kept and found again. I/O classes take a whole Uint8Array, and a new view for each
 * transfer would be garbage for XS to collect; a file system uses the same few parts of the same few buffers all
 * the time. When all entries are taken, the oldest is replaced.
 */
export class ViewCache {
  readonly #capacity: number;
  readonly #sources: Uint8Array[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #views: Uint8Array[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The view of `source[offset, offset + length)`; a part outside of the source is a programming error. */
  view(source: Uint8Array, offset: number, length: number): Uint8Array {
    const sources = this.#sources;
    for (let index = 0; index < sources.length; index++) {
      if (sources[index] === source && this.#offsets[index] === offset && this.#lengths[index] === length) {
        return this.#views[index]!;
      }
    }
    return this.#add(source, offset, length);
  }

  #add(source: Uint8Array, offset: number, length: number): Uint8Array {
    assert(offset >= 0 && offset + length <= source.length, 'a transfer lies inside its buffer');
    const view = source.subarray(offset, offset + length);
    const index = this.#next;
    this.#sources[index] = source;
    this.#offsets[index] = offset;
    this.#lengths[index] = length;
    this.#views[index] = view;
    this.#next = (index + 1) % this.#capacity;
    return view;
  }
}
