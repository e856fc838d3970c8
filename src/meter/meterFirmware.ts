import type { Environment, Threshold } from '../../lib/limfs/index.js';
import { CommandGate } from '../commands/commandGate.js';
import { EnvironmentNumber } from '../commands/environmentNumber.js';
import { EventSender } from '../events/eventSender.js';
import type { ClockSource, Firmware, Port, RandomSource } from '../firmware.js';
import { listenSeconds } from '../link/listening.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import { RadioPort } from '../link/radioPort.js';
import type { Seal } from '../link/seal.js';
import { Node } from '../network/node.js';
import { DeviceClock } from '../time/deviceClock.js';
import type { MeterChip } from './meterChip.js';
import { meterCommands, type Output } from './meterCommands.js';
import { MeterRole } from './meterRole.js';
import type { Register } from './register.js';

/** What a platform gives a meter. */
export interface MeterHost {
  readonly port: Port;
  readonly seal: Seal;
  /** The most bytes that the link takes, 51 to 128. */
  readonly payloadBytes: number;
  /** Of the radio, to know how long a packet is on air. */
  readonly bitsPerSecond: number;
  readonly clock: ClockSource;
  /** The clock has kept the time; else it counts from power-up. */
  readonly clockIsSet: boolean;
  readonly random: RandomSource;
  readonly register: Register;
  readonly output: Output;
  readonly batteryMillivolts: () => number | null;
}

export interface MeterSettings {
  /** Where the meter stands in the network, until a command changes it. */
  readonly environment: Environment;
  /** What is watched until a command says otherwise. */
  readonly thresholds: readonly Threshold[];
}

const usualWindowReadings = 24;
const checkpointSeconds = 900;
const jitterSeconds = 60;
const lowestBatteryMillivolts = 3000;

/** A meter as it is flashed: its chip, its place in the network, and the role between them. */
export class MeterFirmware implements Firmware {
  readonly role: MeterRole;
  readonly node: Node;
  readonly radio: RadioPort;
  readonly #routes: (readonly number[])[];

  /** Starts: `timeSeconds` is the time of power-up. */
  constructor(chip: MeterChip, host: MeterHost, settings: MeterSettings, timeSeconds: number) {
    const { store, lines, environment: area } = chip;
    // Whatever is stored from now on is of a line of its own, and the name of that is durable before.
    lines.begin(host.random(), store.nextSequence);
    if (area.load() === null) area.store(settings.environment);
    const environment = area.load() ?? settings.environment;
    const { route, alternateRoute, address, networkId, windowReadings } = environment;
    this.radio = new RadioPort(host.port, environment.dutyCyclePermille, host.bitsPerSecond);
    this.radio.timeSeconds = timeSeconds;
    this.#routes = alternateRoute.length > 0 ? [route, alternateRoute] : [route];
    this.node = new Node({
      address,
      networkId,
      route,
      payloadBytes: host.payloadBytes,
      seal: host.seal,
      firstCounter: host.random(),
      port: this.radio,
    });
    const network = {
      send: this.node.send.bind(this.node),
      largestBlockBytes: this.node.largestBlockBytes.bind(this.node),
      tryOtherRoute: () => this.#tryOtherRoute(),
    };
    const { clock, random, register, batteryMillivolts } = host;
    const events =
      chip.events && new EventSender(chip.events, network, CONCENTRATOR_ADDRESS, store.storeId, random);
    this.role = new MeterRole(
      {
        store,
        lines: lines.list,
        register,
        network,
        events,
        random,
        clock: new DeviceClock(clock, host.clockIsSet),
        check: { medium: chip.medium, batteryMillivolts, lowestBatteryMillivolts },
      },
      {
        managerAddress: route.at(-1) ?? CONCENTRATOR_ADDRESS,
        firstStart: chip.firstStart,
        windowReadings: windowReadings === 0 ? usualWindowReadings : windowReadings,
        checkpointSeconds,
        jitterSeconds,
        thresholds: environment.thresholds ?? settings.thresholds,
      },
      timeSeconds,
    );
    const execute = meterCommands({
      meter: this.role,
      store,
      environment: area,
      install: chip.install,
      output: host.output,
    });
    this.role.useCommands(new CommandGate(store.storeId, new EnvironmentNumber(area), execute));
    this.node.onMessage = (source, message, _hops, now) => this.role.take(source, message, now);
  }

  get wakeSeconds(): number {
    return this.role.wakeSeconds;
  }

  wake(timeSeconds: number): void {
    this.radio.timeSeconds = timeSeconds;
    this.role.wake(timeSeconds);
  }

  /** Whether the receiver has to be on; a meter on mains may listen always. */
  isListening(timeSeconds: number): boolean {
    const passed = timeSeconds - this.radio.sentSeconds;
    // A clock that was set back has no window open.
    return passed >= 0 && passed <= listenSeconds;
  }

  receive(timeSeconds: number, packet: Uint8Array, length: number): void {
    this.radio.timeSeconds = timeSeconds;
    this.node.receive(timeSeconds, packet, length);
  }

  /** Takes the routes in turn: a dead router on the one is no reason to be silent. */
  #tryOtherRoute(): void {
    this.#routes.reverse();
    this.node.useRoute(this.#routes[0]!);
  }
}
