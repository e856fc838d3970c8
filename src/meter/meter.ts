import { type Batch, createBatch, createReading, type Reading, Status } from '../../lib/limfs/index.js';
import { BlockPacker } from '../../lib/limfs/window/packedBlock.js';
import { PacketReader } from '../link/cursor.js';
import { MAXIMUM_PACKET_READINGS, OutgoingPacket, openPacket, PacketKind } from '../link/packet.js';
import { ahead } from '../link/sequence.js';
import { NewestReadings } from './newestReadings.js';
import type { RoleStore } from './roleStore.js';

/** The measuring part: stores one register a channel into `values`; false if it cannot be read now. */
export interface Register {
  read(timeSeconds: number, values: number[]): boolean;
}

export interface MeterOptions {
  /** Address on the link. */
  readonly address: number;
  /** The store was formatted at this start: there has been no time without power to tell about. */
  readonly firstStart: boolean;
  /** How many readings a window has. */
  readonly windowReadings: number;
  /** How often the current time and the check of the open page become durable. */
  readonly checkpointSeconds: number;
}

/**
 * A meter: takes a reading when one is due, stores it, and only then sends it in a window of the newest readings;
 * answers requests from its store. The caller brings time and packets, and sends `packet[0, length)` whenever a
 * method returns a length other than 0.
 */
export class Meter {
  /** The packet of the latest call that returned a length. */
  readonly packet: Uint8Array;
  readonly #store: RoleStore;
  readonly #register: Register;
  readonly #options: MeterOptions;
  readonly #outgoing = new OutgoingPacket();
  readonly #reader = new PacketReader();
  readonly #packer = new BlockPacker();
  readonly #reading: Reading = createReading();
  readonly #batch: Batch = createBatch(MAXIMUM_PACKET_READINGS);
  readonly #newest: NewestReadings;
  readonly #values: number[] = [];
  #dueSeconds = 0;
  #checkpointSeconds = 0;
  /** Goes into the status of what is stored until the first reading after a power-up is in. */
  #powerStatus = 0;

  constructor(store: RoleStore, register: Register, options: MeterOptions) {
    this.#store = store;
    this.#register = register;
    this.#options = options;
    this.#newest = new NewestReadings(options.windowReadings);
    this.packet = this.#outgoing.bytes;
  }

  /** When `wake` wants to be called next. */
  get wakeSeconds(): number {
    return Math.min(this.#dueSeconds, this.#checkpointSeconds);
  }

  /** Power is on: notes what was missed without it. Readings are due at whole intervals of the clock. */
  start(timeSeconds: number): void {
    const { intervalSeconds } = this.#store;
    const passed = Math.floor(timeSeconds / intervalSeconds) * intervalSeconds;
    this.#dueSeconds = passed === timeSeconds ? passed : passed + intervalSeconds;
    if (!this.#options.firstStart) {
      this.#powerStatus = Status.powerFailed;
      const hasReading = this.#store.newest(this.#reading);
      this.#noteMissed(hasReading ? this.#reading.timeSeconds : this.#store.lastCheckpointSeconds());
    }
    this.#checkpoint(timeSeconds);
  }

  /** Does what is due, the reading first; returns the length of the packet to send, 0 for none. */
  wake(timeSeconds: number): number {
    const isDue = timeSeconds >= this.#dueSeconds;
    if (isDue) {
      this.#dueSeconds += this.#store.intervalSeconds;
      this.#takeReading(timeSeconds);
    }
    if (timeSeconds >= this.#checkpointSeconds) this.#checkpoint(timeSeconds);
    return isDue ? this.#window() : 0;
  }

  /** Takes a packet of the receiver; returns the length of the answer, 0 for none. */
  receive(bytes: Uint8Array, length: number): number {
    const reader = this.#reader;
    if (!openPacket(reader, bytes, length)) return 0;
    const isForMe = reader.u8() === PacketKind.backfillRequest && reader.u16() === this.#options.address;
    if (!isForMe || reader.left !== 12) return 0;
    const [high, low] = this.#store.storeId;
    if (reader.u32() !== high || reader.u32() !== low) return 0;
    return this.#backfill(reader.u32());
  }

  #checkpoint(timeSeconds: number): void {
    this.#checkpointSeconds = timeSeconds + this.#options.checkpointSeconds;
    this.#store.checkpoint(timeSeconds);
  }

  #takeReading(timeSeconds: number): void {
    if (this.#register.read(timeSeconds, this.#values)) {
      this.#store.append(timeSeconds, this.#values, this.#powerStatus);
      this.#powerStatus = 0;
    } else this.#store.appendHole(timeSeconds, this.#powerStatus | Status.readingError);
  }

  /**
   * Due readings that nobody took become holes with sequences, so that the receiver never takes them for a gap: the
   * first of them and the last. Two such holes in a row say that there was no power from the one to the other.
   */
  #noteMissed(newestSeconds: number): void {
    const { intervalSeconds } = this.#store;
    const first = Math.floor(newestSeconds / intervalSeconds + 1) * intervalSeconds;
    const last = this.#dueSeconds - intervalSeconds;
    if (first <= last) this.#store.appendHole(first, Status.powerFailed);
    if (first < last) this.#store.appendHole(last, Status.powerFailed);
  }

  /** The newest readings (the paper's ADSS block), as many as fit; the oldest are the ones left out. */
  #window(): number {
    const { batch } = this.#newest;
    this.#newest.collect(this.#store, this.#options.windowReadings);
    let left = batch.count;
    this.#packWindow(0);
    while (this.#packer.packed < left) {
      left = this.#packer.packed;
      this.#packWindow(batch.count - left);
    }
    return this.#outgoing.finish();
  }

  /** Starts a window packet with as many of the newest readings, from row `first` on, as find room. */
  #packWindow(first: number): void {
    this.#startPacket(PacketKind.window);
    this.#pack(this.#newest.batch, first);
  }

  #pack(batch: Batch, first: number): void {
    const { writer, room } = this.#outgoing;
    const { intervalSeconds } = this.#store;
    writer.position += this.#packer.pack(batch, first, intervalSeconds, writer.bytes, writer.position, room);
  }

  /** The answer to a request: readings from `first` on, or from the oldest that is kept; none if it is the newest. */
  #backfill(first: number): number {
    const store = this.#store;
    const behind = ahead(first, store.oldestSequence) < 0;
    store.read(behind ? store.oldestSequence : first, this.#batch);
    this.#startPacket(PacketKind.backfill);
    this.#outgoing.writer.u32(first);
    this.#pack(this.#batch, 0);
    return this.#outgoing.finish();
  }

  #startPacket(kind: number): void {
    const { storeId, oldestSequence, nextSequence } = this.#store;
    this.#outgoing.start(kind, this.#options.address);
    this.#outgoing.storeState(storeId, oldestSequence, nextSequence);
  }
}
