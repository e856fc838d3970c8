import { assert, LimfsError } from '../../lib/limfs/errors.js';
import { headBytes } from '../link/cbor.js';
import type { Health } from '../link/health.js';
import type { Message } from '../link/message.js';
import { decodeMessage } from '../link/messageCodec.js';
import { MAXIMUM_BLOCK_BYTES } from '../link/messageFields.js';
import {
  createHeader,
  downHop,
  getHeader,
  type Hop,
  headerBytes,
  MAXIMUM_PACKET_BYTES,
  MAXIMUM_WAY,
  MINIMUM_PACKET_BYTES,
  type PacketHeader,
  putDownHop,
  putHeader,
  putUpHop,
  UP_HOP_BYTES,
  upHop,
} from '../link/packetHeader.js';
import { MAXIMUM_PIECES, PIECE_HEADER_BYTES, PieceJoiner } from '../link/pieces.js';
import { createCounters, type NodeCounters } from './counters.js';
import type { Network } from './network.js';
import { RecentPackets } from './recentPackets.js';
import { Sender, type SenderOptions } from './sender.js';
import { type Way, Ways } from './ways.js';

export interface NodeOptions extends SenderOptions {
  /** The most bytes that a packet may have, 51 to 128: on the way up, and on the way down where that is another link. */
  readonly payloadBytes: number;
  readonly downPayloadBytes?: number;
  /** The way up, nearest first; the last one is the local manager, or for that the concentrator. */
  readonly route: readonly number[];
  /** What this device says about itself in packets that it forwards up; a device without it forwards nothing. */
  readonly health?: () => Health;
  /** Devices whose way down is remembered: 128 at a local manager and a concentrator, 0 at all others. */
  readonly peers?: number;
}

/** Gets a message for this device; `hops` are the devices it passed, the nearest to its source first, none on a way down. */
export type MessageHandler = (
  source: number,
  message: Message,
  hops: readonly Hop[],
  timeSeconds: number,
) => void;

/** A block smaller than this is not worth its packet: more packets are taken for it. */
const USEFUL_BLOCK_BYTES = 24;

/** What a backfill takes besides its block and the block's own head: the longest of the messages with a block of readings. */
const BACKFILL_BYTES = 38;

const noHops: readonly Hop[] = Object.freeze([]);

/** A device's place in the network: sends messages, forwards packets for others, joins pieces (PROTOCOL.md). */
export class Node implements Network {
  readonly counters: NodeCounters = createCounters();
  onMessage: MessageHandler = () => {};
  readonly #options: NodeOptions;
  readonly #downPayloadBytes: number;
  readonly #networkId: number;
  #route: readonly number[] = [];
  readonly #sender: Sender;
  readonly #packet = new Uint8Array(MAXIMUM_PACKET_BYTES);
  readonly #header: PacketHeader = createHeader();
  readonly #recent = new RecentPackets();
  readonly #joiner: PieceJoiner;
  readonly #ways: Ways | null;

  constructor(options: NodeOptions) {
    const { payloadBytes, downPayloadBytes = payloadBytes, peers = 0 } = options;
    for (const bytes of [payloadBytes, downPayloadBytes]) {
      assert(bytes >= MINIMUM_PACKET_BYTES && bytes <= MAXIMUM_PACKET_BYTES, 'packets of 51 to 128 bytes');
    }
    this.#options = options;
    this.#downPayloadBytes = downPayloadBytes;
    this.#networkId = options.networkId & 0xffff;
    this.#sender = new Sender({ ...options, networkId: this.#networkId });
    this.#joiner = new PieceJoiner(
      MAXIMUM_PACKET_BYTES - headerBytes(true, 0) - options.seal.tagBytes - PIECE_HEADER_BYTES,
    );
    this.#ways = peers > 0 ? new Ways(peers) : null;
    this.useRoute(options.route);
  }

  /** The way up that is in use. */
  get route(): readonly number[] {
    return this.#route;
  }

  /** Takes another way up from now on. */
  useRoute(route: readonly number[]): void {
    assert(route.length <= MAXIMUM_WAY + 1, 'a route of at most 8 devices');
    this.#route = route;
  }

  /** Sets the way down to a device that must stay known though it is never heard: nearest first. */
  keepWay(destination: number, way: Way): void {
    assert(this.#ways !== null && way.length <= MAXIMUM_WAY, 'a way that this device may keep');
    this.#ways.keep(destination, way);
  }

  /**
   * Sends a message: up along `route`, or down along the way that the last packet of `destination` came by; directly
   * when none has. With `through`, it goes down to that local manager, which knows the rest of the way.
   */
  send(destination: number, message: Message, through?: number): void {
    const way = this.#wayTo(destination, through);
    const next = way === null ? this.#route[0] : (way[0] ?? destination);
    if (next === undefined || (way !== null && way.length > MAXIMUM_WAY)) {
      this.counters.noWay += 1;
      return;
    }
    const room = this.#room(destination, way, through !== undefined);
    const packets = this.#sender.send(destination, message, way, next, room);
    this.counters.sent += packets;
    if (packets === 0) this.counters.tooLong += 1;
  }

  /**
   * The most bytes of a block with which a window or backfill goes to `destination` in one packet, or on small radios in
   * the fewest packets that make room for a block worth sending, of at least `least` bytes; 0: it never does.
   */
  largestBlockBytes(destination: number, least = 0): number {
    if (least > MAXIMUM_BLOCK_BYTES) return 0;
    const room = this.#room(destination, this.#wayTo(destination), false);
    for (let packets = 1; packets <= MAXIMUM_PIECES; packets += 1) {
      const bytes = packets === 1 ? room : packets * (room - PIECE_HEADER_BYTES);
      const left = bytes - BACKFILL_BYTES;
      const block = left - headBytes(Math.max(0, left - 1));
      if (block >= Math.max(USEFUL_BLOCK_BYTES, least)) return Math.min(block, MAXIMUM_BLOCK_BYTES);
    }
    return 0;
  }

  /** Takes a packet from the link: forwards it if it is for somebody else, else gives its message to `onMessage`. */
  receive(timeSeconds: number, packet: Uint8Array, length: number): void {
    const { counters } = this;
    const header = this.#header;
    if (!getHeader(packet, length, header)) counters.malformed += 1;
    else if (header.networkId !== this.#networkId) counters.foreign += 1;
    else if (header.receiver !== this.#options.address) counters.overheard += 1;
    else if (header.source === this.#options.address || this.#recent.has(header.source, header.counter)) {
      counters.repeated += 1;
    } else if (header.destination === this.#options.address) this.#take(timeSeconds, packet, length);
    else this.#forward(packet, length);
  }

  /** The way down, or null for up. */
  #wayTo(destination: number, through?: number): Way | null {
    if (through !== undefined && this.#ways !== null) return [...this.#ways.to(through), through];
    if (this.#ways === null || this.#route.includes(destination)) return null;
    return this.#ways.to(destination);
  }

  /** Bytes for a body, when the ways that the packet will get are in it. */
  #room(destination: number, way: Way | null, through: boolean): number {
    let header: number;
    if (way === null) {
      const place = this.#route.indexOf(destination);
      header = headerBytes(false, Math.min(place < 0 ? this.#route.length : place, MAXIMUM_WAY));
    } else header = headerBytes(true, through ? MAXIMUM_WAY : way.length);
    return this.#payloadBytes(way !== null) - header - this.#options.seal.tagBytes;
  }

  #payloadBytes(isDown: boolean): number {
    return isDown ? this.#downPayloadBytes : this.#options.payloadBytes;
  }

  #take(timeSeconds: number, received: Uint8Array, length: number): void {
    const { seal } = this.#options;
    const { down, piece, source, counter, hops, place } = this.#header;
    const packet = this.#packet;
    // A port may show one packet to several devices: it is opened in a copy.
    packet.set(received.subarray(0, length));
    const start = headerBytes(down, hops);
    if (!seal.open(packet, start, length)) {
      this.counters.unsealed += 1;
      return;
    }
    this.#recent.add(source, counter);
    const passed = down ? noHops : readHops(packet, hops);
    if (!down && place === 0) this.#ways?.learn(source, passed.map((hop) => hop.address).reverse());
    const body = length - seal.tagBytes - start;
    if (!piece) this.#deliver(timeSeconds, source, packet, start, body, passed);
    else {
      const whole = this.#joiner.add(timeSeconds, source, counter, packet, start, body);
      this.counters.abandoned = this.#joiner.abandoned;
      this.counters.refused = this.#joiner.refused;
      if (whole > 0) this.#deliver(timeSeconds, source, this.#joiner.message, 0, whole, passed);
    }
  }

  #deliver(
    timeSeconds: number,
    source: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    hops: readonly Hop[],
  ): void {
    let message: Message;
    try {
      message = decodeMessage(bytes, offset, length);
    } catch (error) {
      if (!(error instanceof LimfsError)) throw error;
      this.counters.undecoded += 1;
      return;
    }
    this.counters.delivered += 1;
    this.onMessage(source, message, hops, timeSeconds);
  }

  #forward(packet: Uint8Array, length: number): void {
    const { health } = this.#options;
    const header = this.#header;
    if (health === undefined) {
      this.counters.noWay += 1;
      return;
    }
    this.#recent.add(header.source, header.counter);
    if (header.down) this.#forwardDown(packet, length);
    else this.#forwardUp(packet, length, health());
  }

  /** Adds this device to the way, and sends the packet to the parent. */
  #forwardUp(packet: Uint8Array, length: number, health: Health): void {
    const header = this.#header;
    const parent = this.#route[0];
    if (parent === undefined) {
      this.counters.noWay += 1;
      return;
    }
    const { hops, place } = header;
    if (hops + place === MAXIMUM_WAY) {
      this.counters.tooFar += 1;
      return;
    }
    header.receiver = parent;
    const fits = place === 0 && length + UP_HOP_BYTES <= this.#options.payloadBytes;
    // A reading is worth more than the way it came: without room the packet goes on with one device untold.
    if (fits) header.hops += 1;
    else header.place += 1;
    const out = this.#packet;
    out.set(packet.subarray(0, headerBytes(false, hops)));
    if (fits) putUpHop(out, hops, this.#options.address, health);
    this.#pass(packet, headerBytes(false, hops), length, parent);
  }

  /** Sends the packet to the next device of its way; at the end of the way, on along the way that is known here. */
  #forwardDown(packet: Uint8Array, length: number): void {
    const header = this.#header;
    const { hops, place, destination } = header;
    if (place >= hops || downHop(packet, place) !== this.#options.address) {
      this.counters.malformed += 1;
      return;
    }
    const out = this.#packet;
    const isEnd = place + 1 === hops;
    const way = isEnd ? this.#ways?.to(destination) : undefined;
    if (way !== undefined && way.length > 0) {
      header.hops = way.length;
      header.place = 0;
      header.receiver = way[0]!;
      for (let index = 0; index < way.length; index += 1) putDownHop(out, index, way[index]!);
    } else {
      out.set(packet.subarray(0, headerBytes(true, hops)));
      header.place = place + 1;
      header.receiver = isEnd ? destination : downHop(packet, place + 1);
    }
    this.#pass(packet, headerBytes(true, hops), length, header.receiver);
  }

  /** Sends body and tag, which begin at `start`, behind the header; the way already stands in the outgoing packet. */
  #pass(packet: Uint8Array, start: number, length: number, next: number): void {
    const header = this.#header;
    const out = this.#packet;
    const headerLength = headerBytes(header.down, header.hops);
    const total = headerLength + length - start;
    if (total > this.#payloadBytes(header.down)) {
      this.counters.noRoom += 1;
      return;
    }
    putHeader(out, header);
    out.set(packet.subarray(start, length), headerLength);
    this.counters.forwarded += 1;
    this.#options.port.send(next, out, total);
  }
}

function readHops(packet: Uint8Array, count: number): readonly Hop[] {
  const hops: Hop[] = [];
  for (let index = 0; index < count; index += 1) hops.push(upHop(packet, index));
  return hops;
}
