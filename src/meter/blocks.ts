import type { Batch } from '../../lib/limfs/index.js';
import { ahead } from '../../lib/limfs/sequence.js';
import { BlockPacker, CELL_BLOCK_BYTES } from '../../lib/limfs/window/packedBlock.js';
import type { Network } from '../network/network.js';
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
  readonly #bytes = new Uint8Array(CELL_BLOCK_BYTES);

  constructor(store: RoleStore) {
    this.#store = store;
    this.#newest = new NewestReadings(MAXIMUM_BLOCK_READINGS, store.channelCount);
  }

  /** The newest readings, at most `count`, as many as fit into a block to there; the oldest are the ones left out. */
  newest(count: number, network: Network, destination: number): Uint8Array {
    const rows = this.#newest.collect(this.#store, count);
    return this.#fitting(network, destination, (room) => this.#packNewest(rows, room));
  }

  /** At most `count` readings from a sequence on, or from the oldest that is kept; empty if there is none. */
  from(first: number, count: number, network: Network, destination: number): Uint8Array {
    const { oldestSequence } = this.#store;
    const { batch } = this.#newest;
    this.#store.read(ahead(first, oldestSequence) < 0 ? oldestSequence : first, batch);
    batch.count = Math.min(batch.count, count);
    return this.#fitting(network, destination, (room) => this.#pack(batch, 0, room));
  }

  /** Takes more packets where not even one reading fits, of many channels on a small radio. */
  #fitting(network: Network, destination: number, pack: (room: number) => number): Uint8Array {
    let length = 0;
    for (let room = 0; length === 0 && this.#newest.batch.count > 0; length = pack(room)) {
      const larger = network.largestBlockBytes(destination, room + 1);
      if (larger <= room) break;
      room = larger;
    }
    return this.#bytes.slice(0, length);
  }

  #packNewest(rows: number, room: number): number {
    const { batch } = this.#newest;
    let left = rows;
    let length = this.#pack(batch, batch.count - left, room);
    // What was left out at the end is the newest: pack again so many rows later until the last one is in.
    while (length > 0 && this.#packer.packed < left) {
      left = this.#packer.packed;
      length = this.#pack(batch, batch.count - left, room);
    }
    return length;
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
