import type { Medium } from '../../lib/limfs/medium/medium.js';
import type { PulseRegister } from '../../src/meter/pulseRegister.js';
import type { Register } from '../../src/meter/register.js';
import type { PortEvents, SerialPort } from './port.js';

/**
 * A board's serial ports: `link` to the other devices, a radio modem or a bus; `service` to a person's console, and at
 * a concentrator to its server.
 */
export type PortName = 'link' | 'service';

/**
 * What differs between the platforms. The manifests map the module name `hosts/xs/board` to one file a platform:
 * framBoard.ts on ESP32 and Pico, fileBoard.ts on Linux.
 */
export interface Board {
  /** True when the system's clock holds UTC at power-up. */
  readonly clockStartsSet: boolean;
  /** Opens the chip or file that holds the store; throws `medium-failed` when it does not answer. */
  openMedium(): Medium;
  /**
   * Opens the meter's register: an input whose pulses go to `pulses`, which are durable on the chip, or one that goes
   * on from `start`, the last value stored.
   */
  openRegister(start: number, pulses: PulseRegister): Register;
  /** Opens a serial port; throws when there is none. */
  openPort(name: PortName, events: PortEvents): SerialPort;
  /** Random u32, for the identity of a new store and for jitter. */
  randomWord(): number;
}

export const board: Board;
