import type { Port } from '../firmware.js';
import { DutyCycle } from './dutyCycle.js';

/**
 * A device's port on a radio, kept below its duty cycle: what is above it is as good as lost on the air, and a later
 * window or question brings it.
 */
export class RadioPort implements Port {
  readonly dutyCycle: DutyCycle;
  /** When the last packet went out, by the device's clock; -Infinity: none has. */
  sentSeconds = Number.NEGATIVE_INFINITY;
  /** The device's clock, as it was told with what is under way now. */
  timeSeconds = 0;
  readonly #port: Port;
  readonly #wired: number | null;

  /** `permille` of the time may be used; packets to the neighbour `wired` go by a cable and do not count. */
  constructor(port: Port, permille: number, bitsPerSecond: number, wired: number | null = null) {
    this.#port = port;
    this.#wired = wired;
    this.dutyCycle = new DutyCycle(permille, bitsPerSecond, this.timeSeconds);
  }

  send(neighbour: number, packet: Uint8Array, length: number): void {
    if (neighbour !== this.#wired && !this.dutyCycle.take(this.timeSeconds, length)) return;
    this.sentSeconds = this.timeSeconds;
    this.#port.send(neighbour, packet, length);
  }
}
