import type { Batch } from '../../lib/limfs/index.js';
import { ahead } from '../../lib/limfs/sequence.js';
import { BlockPacker } from '../../lib/limfs/window/packedBlock.js';
import { NewestReadings } from './newestReadings.js';
import type { RoleStore } from './roleStore.js';

/** The most readings in a block: a hole takes a bit or two. */
const MAXIMUM_BLOCK_READINGS = 128;

/** Makes blocks of a store's readings for packets: the newest ones (the paper's ADSS block), or older ones by request. */
export class Blocks {
  readonly #store: RoleStore;
  readonly #packer = new BlockPacker();
  /** Its batch serves older readings too: on XS it takes 8 KB with one channel, 23 KB with eight. */
  readonly #newest: NewestReadings;
  readonly #bytes = new Uint8Array(128);

  constructor(store: RoleStore) {
    this.#store = store;
    this.#newest = new NewestReadings(MAXIMUM_BLOCK_READINGS, store.channelCount);
  }

  /** The newest readings, at most `count`, as many as fit into `room` bytes; the oldest are the ones left out. */
  newest(count: number, room: number): Uint8Array {
    const { batch } = this.#newest;
    let left = this.#newest.collect(this.#store, count);
    let length = this.#pack(batch, batch.count - left, room);
    // What was left out at the end is the newest: pack again so many rows later until the last one is in.
    while (length > 0 && this.#packer.packed < left) {
      left = this.#packer.packed;
      length = this.#pack(batch, batch.count - left, room);
    }
    return this.#bytes.slice(0, length);
  }

  /** At most `count` readings from a sequence on, or from the oldest that is kept; empty if there is none. */
  from(first: number, count: number, room: number): Uint8Array {
    const { oldestSequence } = this.#store;
    const { batch } = this.#newest;
    this.#store.read(ahead(first, oldestSequence) < 0 ? oldestSequence : first, batch);
    batch.count = Math.min(batch.count, count);
    return this.#bytes.slice(0, this.#pack(batch, 0, room));
  }

  #pack(batch: Batch, first: number, room: number): number {
    if (batch.count === 0) return 0;
    const { intervalSeconds } = this.#store;
    return this.#packer.pack(
      batch,
      first,
      intervalSeconds,
      this.#bytes,
      0,
      Math.min(room, this.#bytes.length),
    );
  }
}
