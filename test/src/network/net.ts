import type { Health } from '../../../src/link/health.js';
import type { Message } from '../../../src/link/message.js';
import type { Hop } from '../../../src/link/packetHeader.js';
import { NullSeal } from '../../../src/link/seal.js';
import { Node, type NodeOptions } from '../../../src/network/node.js';

export interface Delivered {
  readonly source: number;
  readonly message: Message;
  readonly hops: readonly Hop[];
  readonly timeSeconds: number;
}

export interface Sent {
  readonly neighbour: number;
  readonly packet: Uint8Array;
}

/** A node whose packets are collected. */
export class Station {
  readonly node: Node;
  readonly delivered: Delivered[] = [];
  readonly sent: Sent[] = [];
  readonly health: Health = { rssiDbm: -70, batteryMillivolts: null, errors: 0 };

  constructor(address: number, options: Partial<NodeOptions> = {}) {
    this.node = new Node({
      address,
      networkId: 0x1234_5678,
      payloadBytes: 128,
      route: [],
      seal: new NullSeal(),
      firstCounter: 0xffff_fffe,
      port: {
        send: (neighbour, packet, length) => {
          this.sent.push({ neighbour, packet: packet.slice(0, length) });
        },
      },
      ...options,
    });
    this.node.onMessage = (source, message, hops, timeSeconds) => {
      this.delivered.push({ source, message, hops, timeSeconds });
    };
  }
}

/** Stations in reach of each other: every packet is heard by all, and lost where nobody answers to its address. */
export class Air {
  readonly stations = new Map<number, Station>();
  readonly dead = new Set<number>();
  timeSeconds = 1000;
  /** Every packet that went over the air. */
  readonly log: Sent[] = [];

  add(address: number, options: Partial<NodeOptions> = {}): Station {
    const station = new Station(address, options);
    this.stations.set(address, station);
    return station;
  }

  router(address: number, route: readonly number[]): Station {
    return this.add(address, { route, health: () => this.stations.get(address)!.health });
  }

  /** Carries packets until all is quiet; `shuffle` may lose, double or reorder what is on the air in one round. */
  settle(shuffle: (packets: Sent[]) => Sent[] = (packets) => packets): void {
    for (let round = 0; round < 100; round += 1) {
      const packets = [...this.stations.entries()].flatMap(([address, station]) =>
        station.sent.splice(0).filter(() => !this.dead.has(address)),
      );
      if (packets.length === 0) return;
      for (const sent of shuffle(packets)) this.broadcast(sent);
    }
    throw new Error('the air did not become quiet');
  }

  /** Everybody alive hears a packet. */
  broadcast(sent: Sent): void {
    this.log.push(sent);
    for (const [address, station] of this.stations) {
      if (!this.dead.has(address)) station.node.receive(this.timeSeconds, sent.packet, sent.packet.length);
    }
  }
}
