import { INSTALL_ADDRESS, INSTALL_BYTES } from '../../lib/limfs/areas/layout.js';
import { markFormatting } from '../../lib/limfs/areas/superblock.js';
import { LimfsError } from '../../lib/limfs/errors.js';
import type { StoreId } from '../../lib/limfs/index.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';
import type { Console } from '../../src/console/console.js';
import type { ConsoleDevice } from '../../src/console/consoleDevice.js';
import type { Firmware, Port } from '../../src/firmware.js';
import type { Device } from './device.js';
import type { Host } from './host.js';
import { SerialConsole } from './serialConsole.js';

const eraseBytes = 256;

/** A role with a chip, a link, and a console on the service port. */
export abstract class ConsoleHost<Role extends Firmware> implements ConsoleDevice {
  protected readonly host: Host;
  protected readonly device: Device<Role>;
  protected readonly link: Port;

  constructor(host: Host) {
    this.host = host;
    this.device = host.device((timeSeconds) => this.open(timeSeconds));
    this.link = host.openLink('link', (packet, length) => this.device.receive(packet, length));
  }

  abstract readonly store: { readonly storeId: StoreId } | undefined;

  /** Mounts the chip and makes the role. */
  protected abstract open(timeSeconds: number): Role;

  /** Gives the role a time that somebody knows. */
  protected abstract setTime(role: Role, timeSeconds: number, trueSeconds: number): void;

  get fault(): string | undefined {
    return this.device.fault;
  }

  get clockIsSet(): boolean {
    return this.host.clock.isSet;
  }

  timeSeconds(): number {
    return this.host.clock.seconds();
  }

  setClock(trueSeconds: number): void {
    const { clock } = this.host;
    if (this.device.role === undefined) clock.step(trueSeconds - clock.seconds());
    else this.device.run((role, timeSeconds) => this.setTime(role, timeSeconds, trueSeconds));
  }

  format(): void {
    eraseMedium(this.host.medium());
    this.device.restart();
  }

  /** Connects the console, which tells of faults from then on, and lets the device begin. */
  start<Subject>(name: string, console: Console<Subject>): void {
    const serial = this.host.openPort('service', (open) => new SerialConsole(console, open));
    this.device.onFault = (fault) => {
      console.announce(fault ?? 'the store works');
      serial?.flush();
    };
    console.announce(`LIMFS ${name}; 'help' lists the commands`);
    this.device.step();
    serial?.flush();
  }
}

/** Mounts a chip; tells, when it cannot be mounted, what a person at the console may do about it. */
export function mounted<Chip>(open: () => Chip): Chip {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof LimfsError) || error.code === 'medium-failed') throw error;
    const cure = "'format erase-everything' makes a new store on it";
    throw new LimfsError(error.code, `${error.message}; ${cure}`);
  }
}

/**
 * Makes a medium look like one whose formatting was cut short, whatever it held, so that the next opening formats it.
 * The install area stays: the device stays who it is.
 */
function eraseMedium(medium: Medium): void {
  markFormatting(medium);
  const zeros = new Uint8Array(eraseBytes);
  for (let at = INSTALL_ADDRESS + 2 * INSTALL_BYTES; at < medium.sizeBytes; at += eraseBytes) {
    medium.write(at, zeros, 0, Math.min(eraseBytes, medium.sizeBytes - at));
  }
}
