import type { Environment } from '../../lib/limfs/index.js';
import { CommandGate } from '../commands/commandGate.js';
import { EnvironmentNumber } from '../commands/environmentNumber.js';
import { EventSender } from '../events/eventSender.js';
import type { ClockSource, Firmware, Port, RandomSource } from '../firmware.js';
import type { Health } from '../link/health.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import { RadioPort } from '../link/radioPort.js';
import type { Seal } from '../link/seal.js';
import { Node } from '../network/node.js';
import { DeviceClock } from '../time/deviceClock.js';
import { LocalManager, type LocalManagerOptions } from './localManager.js';
import type { ManagerChip } from './managerChip.js';
import { managerCommands } from './managerCommands.js';

/** What a platform gives a local manager. */
export interface ManagerHost {
  readonly port: Port;
  readonly seal: Seal;
  /** The most bytes that the link up takes, 51 to 128. */
  readonly payloadBytes: number;
  /** Its radio; absent: all neighbours are on cables. */
  readonly radio?: {
    /** The most bytes that the way down takes, 51 to 128. */
    readonly payloadBytes: number;
    /** To know how long a packet is on air. */
    readonly bitsPerSecond: number;
    /** The way up begins with a cable, whose packets are on no air. */
    readonly isUplinkWired: boolean;
  };
  readonly clock: ClockSource;
  /** The clock has kept the time; else it counts from power-up. */
  readonly clockIsSet: boolean;
  readonly random: RandomSource;
  /** What it says about itself in the packets that it sends on. */
  readonly health: () => Omit<Health, 'errors'>;
}

/** Devices whose way down is remembered: all meters, and routers that answer. */
const peers = 128;

/** What suits hourly readings over a radio. */
export const usualManagerOptions: LocalManagerOptions = Object.freeze({
  intervalSeconds: 3600,
  questionsPerMinute: 20,
  answerSeconds: 2,
  jitterSeconds: 2,
  silentIntervals: 3,
});

/** A local manager as it is flashed: its chip, its place in the network, and the role between them. */
export class ManagerFirmware implements Firmware {
  readonly role: LocalManager;
  readonly node: Node;
  readonly #radio: RadioPort | undefined;

  /** Starts: `timeSeconds` is the time of power-up. `settings` is its place in the network until it is commissioned. */
  constructor(
    chip: ManagerChip,
    host: ManagerHost,
    settings: Environment,
    timeSeconds: number,
    options = usualManagerOptions,
  ) {
    const { store, roster, environment: area, install } = chip;
    if (area.load() === null) area.store(settings);
    const { address, networkId, route, dutyCyclePermille } = area.load() ?? settings;
    if (host.radio !== undefined) {
      const { bitsPerSecond, isUplinkWired } = host.radio;
      const wired = isUplinkWired ? (route[0] ?? null) : null;
      this.#radio = new RadioPort(host.port, dutyCyclePermille, bitsPerSecond, wired);
      this.#radio.timeSeconds = timeSeconds;
    }
    const { clock, random, seal, payloadBytes, health, clockIsSet } = host;
    const firstCounter = random();
    this.node = new Node({
      address,
      networkId,
      route,
      payloadBytes,
      downPayloadBytes: host.radio?.payloadBytes ?? payloadBytes,
      seal,
      firstCounter,
      port: this.#radio ?? host.port,
      peers,
      health: () => ({ ...health(), errors: this.node.counters.unsealed + this.node.counters.malformed }),
    });
    const network = this.node;
    const events =
      chip.events && new EventSender(chip.events, network, CONCENTRATOR_ADDRESS, store.storeId, random);
    const parts = {
      store,
      roster,
      network,
      random,
      events,
      clock: new DeviceClock(clock, clockIsSet),
    };
    this.role = new LocalManager(parts, options, timeSeconds);
    const execute = managerCommands(this.role, install);
    this.role.useCommands(new CommandGate(store.storeId, new EnvironmentNumber(area), execute));
    this.node.onMessage = (source, message, _hops, now) => this.role.take(source, message, now);
  }

  /** Packets that its radio did not send because of the duty cycle. */
  get refused(): number {
    return this.#radio?.dutyCycle.refused ?? 0;
  }

  get wakeSeconds(): number {
    return this.role.wakeSeconds;
  }

  wake(timeSeconds: number): void {
    this.#tellTime(timeSeconds);
    this.role.wake(timeSeconds);
  }

  receive(timeSeconds: number, packet: Uint8Array, length: number): void {
    this.#tellTime(timeSeconds);
    this.node.receive(timeSeconds, packet, length);
  }

  #tellTime(timeSeconds: number): void {
    if (this.#radio !== undefined) this.#radio.timeSeconds = timeSeconds;
  }
}
