import { assert } from '../../lib/limfs/errors.js';
import { FrameReader, FrameWriter } from '../../src/link/frames.js';
import { createRandom } from '../random/random.js';
import type { Agenda, Task } from '../world/agenda.js';
import { type AirCounts, createAirCounts, type DayTraffic } from './counts.js';
import type { LinkClass } from './linkClass.js';
import { BernoulliLoss, BurstLoss, type LossModel } from './loss.js';

/** Where packets arrive. */
export interface Receiver {
  /** Number of the device, for the order of events and for the generators. */
  readonly index: number;
  /** False without power. */
  readonly isListening: boolean;
  takePacket(timeMilliseconds: number, packet: Uint8Array, length: number, link: Link): void;
}

/** Why a packet did not arrive. */
type Loss = 'lost' | 'collided' | 'jammed' | 'unheard';

const FRAME_BYTES = 160;
const daySeconds = 86_400;
const strongestDbm = -45;
const rangeDb = 50;
/** From the end of a packet to what the receiver does with it. */
const latencyMilliseconds = 2;

/** A packet or frame under way. */
class Flight implements Task {
  readonly bytes = new Uint8Array(FRAME_BYTES);
  length = 0;
  link: Link | undefined;
  endMilliseconds = 0;
  collided = false;
  readonly #pool: Flight[];

  constructor(pool: Flight[]) {
    this.#pool = pool;
  }

  happen(timeMilliseconds: number): void {
    this.link!.arrive(timeMilliseconds, this);
    this.#pool.push(this);
  }
}

/** What happens at a receiver's antenna. */
class Ear {
  /** The packet that ends last, if it may still be destroyed. */
  latest: Flight | undefined;
  latestStartMilliseconds = 0;
  latestEndMilliseconds = 0;
  jammedUntilMilliseconds = 0;
}

/**
 * All links of a world. Each kind of fault of each link draws from a generator of its own, so that more of one kind
 * does not move where the others strike.
 */
export class Air {
  readonly counts: AirCounts = createAirCounts();
  /** By day since the first. */
  readonly traffic: DayTraffic[] = [];
  /** A word that every packet changes: two runs with the same options have the same. */
  trace = 0;
  faultless = false;
  readonly seed: number;
  readonly #startSeconds: number;
  readonly #ears = new Map<number, Ear>();
  readonly #pool: Flight[] = [];

  constructor(seed: number, startSeconds: number) {
    this.seed = seed;
    this.#startSeconds = startSeconds;
  }

  /** One direction of a link, in the network whose agenda it is. */
  connect(agenda: Agenda, from: Receiver, to: Receiver, linkClass: LinkClass): Link {
    let ear = this.#ears.get(to.index);
    if (ear === undefined) {
      ear = new Ear();
      this.#ears.set(to.index, ear);
    }
    return new Link(this, agenda, linkClass, from, to, ear);
  }

  /** Nothing on a radio reaches this device until then. */
  jam(device: number, untilMilliseconds: number): void {
    const ear = this.#ears.get(device);
    if (ear === undefined) return;
    ear.jammedUntilMilliseconds = Math.max(ear.jammedUntilMilliseconds, untilMilliseconds);
  }

  /** From now on every packet arrives as it was sent. */
  endFaults(): void {
    this.faultless = true;
  }

  takeFlight(): Flight {
    return this.#pool.pop() ?? new Flight(this.#pool);
  }

  noteSent(timeMilliseconds: number, device: number, packet: Uint8Array, length: number): void {
    this.counts.sent += 1;
    this.counts.bytes += length;
    const today = this.#today(timeMilliseconds);
    today.sent += 1;
    today.bytes += length;
    let word = this.trace ^ (timeMilliseconds % 0x7fff_ffff) ^ (device << 24);
    for (let index = 0; index < length; index += 1) word = Math.imul(word ^ packet[index]!, 0x0100_0193);
    this.trace = word;
  }

  noteLost(timeMilliseconds: number, why: Loss): void {
    this.counts[why] += 1;
    this.#today(timeMilliseconds).lost += 1;
  }

  #today(timeMilliseconds: number): DayTraffic {
    const day = Math.floor((timeMilliseconds / 1000 - this.#startSeconds) / daySeconds);
    let today = this.traffic[day];
    if (today === undefined) {
      today = { sent: 0, lost: 0, bytes: 0 };
      this.traffic[day] = today;
    }
    return today;
  }
}

/** One direction of a link between two devices. */
export class Link {
  readonly linkClass: LinkClass;
  readonly from: Receiver;
  readonly to: Receiver;
  /** How strongly the receiver hears this sender; null on a wire. */
  readonly rssiDbm: number | null;
  /** False: there is no connection, and nothing is sent. */
  isUp = true;
  /** Packets and their bytes that were sent here, and packets that did not arrive. */
  sent = 0;
  bytes = 0;
  lost = 0;
  readonly #air: Air;
  readonly #agenda: Agenda;
  readonly #ear: Ear;
  readonly #loss: LossModel;
  readonly #duplication;
  readonly #corruption;
  readonly #order;
  readonly #frames: FrameWriter | undefined;
  readonly #reader: FrameReader | undefined;
  #now = 0;
  /** The sender is busy with earlier packets until then. */
  #busyMilliseconds = 0;

  constructor(air: Air, agenda: Agenda, linkClass: LinkClass, from: Receiver, to: Receiver, ear: Ear) {
    this.#air = air;
    this.#agenda = agenda;
    this.linkClass = linkClass;
    this.from = from;
    this.to = to;
    this.#ear = ear;
    const random = (kind: string) => createRandom(air.seed, 'link', from.index, to.index, kind);
    const { lossMillionths, meanBurstPackets } = linkClass;
    this.#loss =
      meanBurstPackets > 1
        ? new BurstLoss(random('loss'), lossMillionths, meanBurstPackets)
        : new BernoulliLoss(random('loss'), lossMillionths);
    this.#duplication = random('duplication');
    this.#corruption = random('corruption');
    this.#order = random('order');
    const isWire = linkClass.kind === 'wire';
    this.rssiDbm = isWire ? null : strongestDbm - random('strength').below(rangeDb);
    if (!isWire) return;
    this.#frames = new FrameWriter(linkClass.payloadBytes);
    this.#reader = new FrameReader(linkClass.payloadBytes, (packet, length) => this.#deliver(packet, length));
  }

  /** Sends packet[0, length), which is copied. */
  send(timeMilliseconds: number, packet: Uint8Array, length: number): void {
    if (!this.isUp) return;
    const air = this.#air;
    const { bitsPerSecond, payloadBytes } = this.linkClass;
    assert(length <= payloadBytes, 'no packet is longer than its link takes');
    air.noteSent(timeMilliseconds, this.from.index, packet, length);
    this.sent += 1;
    this.bytes += length;
    const frameLength = this.#frames === undefined ? length : this.#frames.build(packet, length);
    const bytes = this.#frames === undefined ? packet : this.#frames.bytes;
    const start = Math.max(timeMilliseconds, this.#busyMilliseconds);
    const end = start + Math.ceil((frameLength * 8000) / bitsPerSecond);
    this.#busyMilliseconds = end;
    // The loss model goes on while everything is jammed, so that a jam more does not move the losses after it.
    if (!air.faultless && this.#loss.isLost()) {
      this.#lose(timeMilliseconds, 'lost');
      return;
    }
    this.#fly(start, end, bytes, frameLength, true);
    if (air.faultless || !this.#duplication.chance(this.linkClass.duplicateMillionths)) return;
    air.counts.duplicated += 1;
    this.#fly(end, end + (end - start), bytes, frameLength, false);
  }

  arrive(timeMilliseconds: number, flight: Flight): void {
    const air = this.#air;
    const ear = this.#ear;
    if (ear.latest === flight) ear.latest = undefined;
    if (flight.collided && !air.faultless) this.#lose(timeMilliseconds, 'collided');
    else if (this.#frames === undefined && timeMilliseconds < ear.jammedUntilMilliseconds) {
      this.#lose(timeMilliseconds, 'jammed');
    } else if (!this.to.isListening || !this.isUp) this.#lose(timeMilliseconds, 'unheard');
    else {
      this.#now = timeMilliseconds;
      if (this.#reader === undefined) this.#deliver(flight.bytes, flight.length);
      else this.#reader.receive(flight.bytes, flight.length);
    }
  }

  #lose(timeMilliseconds: number, why: Loss): void {
    this.lost += 1;
    this.#air.noteLost(timeMilliseconds, why);
  }

  #deliver(packet: Uint8Array, length: number): void {
    this.#air.counts.delivered += 1;
    this.to.takePacket(this.#now, packet, length, this);
  }

  #fly(start: number, end: number, bytes: Uint8Array, length: number, isFirst: boolean): void {
    const air = this.#air;
    const flight = air.takeFlight();
    const copy = flight.bytes;
    for (let index = 0; index < length; index += 1) copy[index] = bytes[index]!;
    flight.length = length;
    flight.link = this;
    flight.collided = false;
    let arrival = end + latencyMilliseconds;
    if (!air.faultless) {
      if (this.#corruption.chance(this.linkClass.corruptMillionths)) this.#corrupt(flight);
      if (this.#order.chance(this.linkClass.reorderMillionths)) {
        air.counts.heldUp += 1;
        arrival += this.#order.below(1000 * this.linkClass.heldUpSeconds);
      }
    }
    if (this.linkClass.kind === 'radio' && isFirst) this.#meet(flight, start, end);
    this.#agenda.at(arrival, this.to.index, flight);
  }

  /** Two packets at once at one receiver destroy each other. */
  #meet(flight: Flight, start: number, end: number): void {
    const ear = this.#ear;
    if (start < ear.latestEndMilliseconds && end > ear.latestStartMilliseconds) {
      flight.collided = true;
      if (ear.latest !== undefined) ear.latest.collided = true;
    }
    if (end < ear.latestEndMilliseconds) return;
    ear.latest = flight;
    ear.latestStartMilliseconds = start;
    ear.latestEndMilliseconds = end;
  }

  /** Up to eight wrong bytes in a row, or the end is missing. */
  #corrupt(flight: Flight): void {
    const random = this.#corruption;
    this.#air.counts.corrupted += 1;
    if (random.below(8) === 0) {
      flight.length = random.below(flight.length);
      return;
    }
    const from = random.below(flight.length);
    const to = Math.min(from + 1 + random.below(8), flight.length);
    for (let index = from; index < to; index += 1) flight.bytes[index]! ^= 1 + random.below(255);
  }
}
