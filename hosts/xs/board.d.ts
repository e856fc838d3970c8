import type { Medium } from '../../lib/limfs/medium/medium.js';
import type { Register } from '../../src/meter/register.js';
import type { Port, PortEvents } from './serialConsole.js';

/**
 * What differs between the platforms. manifest.json maps the module name `hosts/xs/board` to one file a platform:
 * framBoard.ts on ESP32 and Pico, fileBoard.ts on Linux.
 */
export interface Board {
  /** True when the system's clock holds UTC at power-up. */
  readonly clockStartsSet: boolean;
  /** Opens the chip or file that holds the store; throws `medium-failed` when it does not answer. */
  openMedium(): Medium;
  /** Opens the meter's input; a counter goes on from `start`, the last value stored. */
  openRegister(start: number): Register;
  /** Opens the serial port of the console; throws when there is none. */
  openPort(events: PortEvents): Port;
  /** Random u32 for the identity of a new store. */
  randomWord(): number;
}

export const board: Board;
