import type { Environment } from '../../lib/limfs/index.js';
import { CommandGate } from '../commands/commandGate.js';
import { EnvironmentNumber } from '../commands/environmentNumber.js';
import type { ClockSource, Firmware, Port, RandomSource } from '../firmware.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import type { Seal } from '../link/seal.js';
import { Node } from '../network/node.js';
import { DeviceClock } from '../time/deviceClock.js';
import { Concentrator, type ConcentratorOptions } from './concentrator.js';
import type { ConcentratorChip } from './concentratorChip.js';
import { concentratorCommands } from './concentratorCommands.js';

/** The server's address on every uplink. */
export const SERVER_ADDRESS = 0xfffe;

/** One of the two links of a concentrator. */
export interface ConcentratorLink {
  readonly port: Port;
  readonly seal: Seal;
  /** The most bytes that the link takes, 51 to 128. */
  readonly payloadBytes: number;
}

/** What a platform gives a concentrator. */
export interface ConcentratorHost {
  /** To the local managers. */
  readonly field: ConcentratorLink;
  /** To the server: the host opens the connection, and says `connected`. What is sent without one is lost. */
  readonly uplink: ConcentratorLink;
  readonly clock: ClockSource;
  /** The clock has kept the time; else it counts from power-up. */
  readonly clockIsSet: boolean;
  readonly random: RandomSource;
}

const peers = 128;

export const usualConcentratorOptions: ConcentratorOptions = Object.freeze({
  answerSeconds: 20,
  serverAddress: SERVER_ADDRESS,
  partBytes: 768,
  partsPerSecond: 16,
});

/** A concentrator as it is flashed: its medium, its two networks, and the role between them. */
export class ConcentratorFirmware implements Firmware {
  readonly role: Concentrator;
  /** To the local managers. */
  readonly node: Node;
  /** To the server. */
  readonly uplinkNode: Node;

  /** Starts. `settings.address` is the concentrator's address on its uplink; in its own network it is 0. */
  constructor(
    chip: ConcentratorChip,
    host: ConcentratorHost,
    settings: Environment,
    timeSeconds: number,
    options = usualConcentratorOptions,
  ) {
    const { reports, notices, roster, events, environment: area, install } = chip;
    if (area.load() === null) area.store(settings);
    const { address, networkId } = area.load() ?? settings;
    const { clock, clockIsSet, random, field, uplink } = host;
    this.node = new Node({
      ...field,
      address: CONCENTRATOR_ADDRESS,
      networkId,
      route: [],
      firstCounter: random(),
      peers,
    });
    this.uplinkNode = new Node({
      ...uplink,
      address,
      networkId,
      route: [options.serverAddress],
      firstCounter: random(),
    });
    const parts = {
      reports,
      notices,
      roster,
      events,
      random,
      network: this.node,
      server: this.uplinkNode,
      clock: new DeviceClock(clock, clockIsSet),
    };
    this.role = new Concentrator(parts, options, timeSeconds);
    const execute = concentratorCommands(this.role, install);
    this.role.useCommands(new CommandGate(reports.storeId, new EnvironmentNumber(area), execute));
    this.node.onMessage = (source, message, hops, now) => this.role.take(source, message, hops, now);
    this.uplinkNode.onMessage = (_source, message, _hops, now) => this.role.takeFromServer(message, now);
  }

  get wakeSeconds(): number {
    return this.role.wakeSeconds;
  }

  wake(timeSeconds: number): void {
    this.role.wake(timeSeconds);
  }

  receive(timeSeconds: number, packet: Uint8Array, length: number): void {
    this.node.receive(timeSeconds, packet, length);
  }

  /** Takes a packet of the server. */
  receiveFromServer(timeSeconds: number, packet: Uint8Array, length: number): void {
    this.uplinkNode.receive(timeSeconds, packet, length);
  }

  /** There is a connection to the server. */
  connected(timeSeconds: number): void {
    this.role.connected(timeSeconds);
  }
}
