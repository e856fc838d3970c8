import { assert } from '../../lib/limfs/errors.js';
import { type Batch, createBatch, LimfsError, type StoreId } from '../../lib/limfs/index.js';
import { BlockUnpacker } from '../../lib/limfs/window/packedBlock.js';
import { PacketReader } from '../link/cursor.js';
import {
  MAXIMUM_PACKET_READINGS,
  OutgoingPacket,
  openPacket,
  PacketKind,
  readStoreState,
  type StoreState,
} from '../link/packet.js';
import { advance, ahead } from '../link/sequence.js';
import type { Book, LossReason, Route } from './book.js';
import { Missing } from './missing.js';

export interface ReceiverOptions {
  /** After a request this long is waited for the answer. */
  readonly answerSeconds: number;
  /** A meter that has not been heard for so long is asked whether it has something new. */
  readonly silenceSeconds: number;
}

export interface ReceiverCounts {
  windows: number;
  backfills: number;
  requests: number;
  /** Packets that failed their check or made no sense. */
  damaged: number;
  /** Packets of a meter that was never added. */
  foreign: number;
  /** Readings that came again with other content. */
  conflicts: number;
}

/** What the receiver keeps about a meter: a few numbers and at most eight gaps, no readings. */
interface Peer {
  readonly address: number;
  storeId: StoreId;
  missing: Missing;
  askSeconds: number;
  tries: number;
}

export const MAXIMUM_METERS = 1000;
const maximumTries = 3;

/**
 * Collects the readings of many meters: books each one once, sees gaps in the sequence numbers, asks the meters for
 * what is missing, and says what is lost for ever. The caller brings time and packets, and sends
 * `packet[0, length)` to `packetAddress` whenever a method returns a length other than 0.
 */
export class Receiver {
  readonly counts: ReceiverCounts = {
    windows: 0,
    backfills: 0,
    requests: 0,
    damaged: 0,
    foreign: 0,
    conflicts: 0,
  };
  /** The packet of the latest call that returned a length, and the meter it is for. */
  readonly packet: Uint8Array;
  packetAddress = 0;
  readonly #book: Book;
  readonly #options: ReceiverOptions;
  readonly #peers: Peer[] = [];
  readonly #outgoing = new OutgoingPacket();
  readonly #reader = new PacketReader();
  readonly #unpacker = new BlockUnpacker();
  readonly #batch: Batch = createBatch(MAXIMUM_PACKET_READINGS);

  constructor(book: Book, options: ReceiverOptions) {
    this.#book = book;
    this.#options = options;
    this.packet = this.#outgoing.bytes;
  }

  /** Commissions a meter: from `timeSeconds` on it is listened to, and asked if it is silent. */
  add(timeSeconds: number, address: number, storeId: StoreId, firstSequence: number): void {
    assert(this.#peers.length < MAXIMUM_METERS, 'a receiver has room for its meters');
    const askSeconds = timeSeconds + this.#options.silenceSeconds;
    this.#peers.push({ address, storeId, missing: new Missing(firstSequence), askSeconds, tries: 0 });
  }

  /** When `wake` wants to be called next; Infinity as long as no meter is known. */
  get wakeSeconds(): number {
    return this.#peers.reduce(
      (earliest, peer) => Math.min(earliest, peer.askSeconds),
      Number.POSITIVE_INFINITY,
    );
  }

  /** How many readings are known to be missing now. */
  get missing(): number {
    return this.#peers.reduce((sum, { missing }) => {
      for (let gap = 0; gap < missing.gaps; gap++) sum += ahead(missing.end(gap), missing.first(gap));
      return sum;
    }, 0);
  }

  /** Asks one meter whose time has come; returns the length of the packet. To be called until it returns 0. */
  wake(timeSeconds: number): number {
    const peer = this.#peers.find((candidate) => candidate.askSeconds <= timeSeconds);
    return peer === undefined ? 0 : this.#ask(peer, timeSeconds);
  }

  /** Takes a packet; returns the length of the answer, 0 for none. */
  receive(timeSeconds: number, bytes: Uint8Array, length: number): number {
    try {
      if (openPacket(this.#reader, bytes, length)) return this.#take(timeSeconds, bytes);
    } catch (error) {
      if (!(error instanceof LimfsError)) throw error;
    }
    this.counts.damaged++;
    return 0;
  }

  #take(timeSeconds: number, bytes: Uint8Array): number {
    const reader = this.#reader;
    const kind = reader.u8();
    const address = reader.u16();
    const store = readStoreState(reader);
    const peer = this.#peerOf(address, store);
    if (peer === undefined) {
      this.counts.foreign++;
      return 0;
    }
    if (kind === PacketKind.window) {
      this.#unpack(bytes, store);
      this.#bookBatch(peer, store, timeSeconds, 'window');
      this.counts.windows++;
    } else if (kind === PacketKind.backfill) {
      const asked = reader.u32();
      this.#unpack(bytes, store);
      this.#bookBatch(peer, store, timeSeconds, 'backfill');
      this.#loseBefore(peer, store.oldestSequence, 'overwritten at meter');
      this.#loseSkipped(peer, asked);
      this.counts.backfills++;
    } else throw new LimfsError('packet', 'a packet of an unknown kind');
    this.#loseBefore(peer, store.oldestSequence, 'overwritten at meter');
    peer.missing.extendTo(store.nextSequence);
    peer.tries = 0;
    if (peer.missing.gaps > 0) return this.#ask(peer, timeSeconds);
    peer.askSeconds = timeSeconds + this.#options.silenceSeconds;
    return 0;
  }

  /** The state of a meter; a packet with a new store id means that another meter, or a new chip, took its place. */
  #peerOf(address: number, store: StoreState): Peer | undefined {
    const peer = this.#peers.find((candidate) => candidate.address === address);
    if (peer === undefined) return undefined;
    if (peer.storeId[0] !== store.storeId[0] || peer.storeId[1] !== store.storeId[1]) {
      peer.storeId = store.storeId;
      peer.missing = new Missing(store.oldestSequence);
    }
    return peer;
  }

  /** Unpacks the readings that make up the rest of the packet; an answer may be without any. */
  #unpack(bytes: Uint8Array, store: StoreState): void {
    const { position, left } = this.#reader;
    if (left > 0) this.#unpacker.unpack(bytes, position, left, this.#batch);
    else {
      this.#batch.count = 0;
      this.#batch.firstSequence = store.nextSequence;
    }
  }

  /** Books the readings of the batch; the newest of a window came in its own packet. */
  #bookBatch(peer: Peer, store: StoreState, timeSeconds: number, route: Route): void {
    const batch = this.#batch;
    if (batch.count === 0) return;
    const end = advance(batch.firstSequence, batch.count);
    if (ahead(batch.firstSequence, store.oldestSequence) < 0 || ahead(end, store.nextSequence) > 0) {
      throw new LimfsError('packet', 'readings that the store does not have');
    }
    for (let row = 0; row < batch.count; row++) {
      const own = route === 'window' && row === batch.count - 1;
      const outcome = this.#book.put(store.storeId, batch, row, own ? 'direct' : route, timeSeconds);
      if (outcome === 'conflict') this.counts.conflicts++;
    }
    peer.missing.remove(batch.firstSequence, end);
  }

  /** What an answer skipped although the meter should keep it cannot be read there any more. */
  #loseSkipped(peer: Peer, asked: number): void {
    const { missing } = peer;
    if (missing.gaps === 0 || missing.first(0) !== asked) return;
    this.#loseBefore(peer, this.#batch.firstSequence, 'damaged at meter');
  }

  /** What is still missing before a sequence is gone for ever. */
  #loseBefore(peer: Peer, end: number, reason: LossReason): void {
    const { missing } = peer;
    while (missing.gaps > 0 && ahead(end, missing.first(0)) > 0) {
      const first = missing.first(0);
      const lostEnd = ahead(missing.end(0), end) < 0 ? missing.end(0) : end;
      this.#book.lose(peer.storeId, first, lostEnd, reason);
      missing.remove(first, lostEnd);
    }
  }

  #ask(peer: Peer, timeSeconds: number): number {
    const { storeId } = peer;
    peer.tries++;
    const patience = peer.tries < maximumTries ? this.#options.answerSeconds : this.#options.silenceSeconds;
    if (peer.tries === maximumTries) peer.tries = 0;
    peer.askSeconds = timeSeconds + patience;
    this.#outgoing.start(PacketKind.backfillRequest, peer.address);
    this.#outgoing.writer.u32(storeId[0]);
    this.#outgoing.writer.u32(storeId[1]);
    this.#outgoing.writer.u32(peer.missing.contiguousUpTo);
    this.packetAddress = peer.address;
    this.counts.requests++;
    return this.#outgoing.finish();
  }
}
