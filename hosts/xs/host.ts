import type { Environment, StoreId } from '../../lib/limfs/index.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';
import type { Firmware, Port } from '../../src/firmware.js';
import { NullSeal, type Seal } from '../../src/link/seal.js';
import type { Board, PortName } from './board.js';
import { Clock } from './clock.js';
import { Device, type Timers } from './device.js';
import type { OpenPort } from './port.js';
import { SerialLink } from './serialLink.js';
import { numberOf, numbersOf, type Settings } from './settings.js';

export interface HostParts {
  readonly board: Board;
  readonly settings: Settings;
  readonly timers: Timers;
  /** The system's milliseconds. */
  readonly now: () => number;
  /** Says something where a developer looks; there may be no console. */
  readonly log: (text: string) => void;
}

/** Where packets go when a board has no such port: a meter stores without a network. */
const nowhere: Port = Object.freeze({ send: () => {} });

/** What all roles need of a board and its settings. */
export class Host {
  readonly board: Board;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly seal: Seal = new NullSeal();
  readonly payloadBytes: number;
  readonly #parts: HostParts;
  #medium: Medium | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.board = parts.board;
    this.settings = parts.settings;
    this.clock = new Clock(parts.now, parts.board.clockStartsSet);
    this.payloadBytes = numberOf(parts.settings, 'payloadBytes');
  }

  readonly random = (): number => this.board.randomWord();

  /** The board's chip, opened once. Errors: `medium-failed`. */
  medium(): Medium {
    this.#medium ??= this.board.openMedium();
    return this.#medium;
  }

  /** A name for a new store. */
  newStoreId(): StoreId {
    return [this.random(), this.random()];
  }

  /** The device's place in the network, until a command changes it. */
  environment(): Environment {
    const { settings } = this;
    return {
      networkId: numberOf(settings, 'networkId'),
      address: numberOf(settings, 'address'),
      route: numbersOf(settings, 'route'),
      alternateRoute: [],
      dutyCyclePermille: numberOf(settings, 'dutyCyclePermille'),
      windowReadings: numberOf(settings, 'windowReadings'),
      lastCommand: 0,
    };
  }

  /** A role to run; `open` mounts and makes it, now and after each failure. */
  device<Role extends Firmware>(open: (timeSeconds: number) => Role): Device<Role> {
    const { timers, now, log } = this.#parts;
    const device = new Device({ clock: this.clock, timers, now }, open);
    device.onFault = (fault) => log(fault ?? 'the device works');
    return device;
  }

  /** A serial port as a link. A device goes on without one, because readings come first. */
  openLink(name: PortName, deliver: (packet: Uint8Array, length: number) => void): Port {
    return this.openPort(name, (open) => new SerialLink(this.payloadBytes, open, deliver).port) ?? nowhere;
  }

  /** What `connect` makes of a serial port; undefined when there is none. */
  openPort<Result>(name: PortName, connect: (open: OpenPort) => Result): Result | undefined {
    try {
      return connect((events) => this.board.openPort(name, events));
    } catch (error) {
      this.#parts.log(`no serial port for the ${name}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }
}
