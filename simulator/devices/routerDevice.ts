import type { Environment } from '../../lib/limfs/index.js';
import type { Firmware } from '../../src/firmware.js';
import { RouterFirmware } from '../../src/router/routerFirmware.js';
import { Device, type DeviceContext } from './device.js';
import { sealOf } from './seal.js';

/** A router: it stores nothing. */
export class RouterDevice extends Device {
  readonly chips = [];
  readonly #environment: Environment;
  readonly #payloadBytes: number;

  constructor(
    context: DeviceContext,
    index: number,
    name: string,
    environment: Environment,
    payloadBytes: number,
  ) {
    super(context, index, name, environment.address);
    this.#environment = environment;
    this.#payloadBytes = payloadBytes;
  }

  protected override boot(): Firmware {
    return new RouterFirmware(this.#environment, {
      port: this,
      seal: sealOf(),
      payloadBytes: this.#payloadBytes,
      random: this.random,
      health: () => ({ rssiDbm: this.rssiDbm, batteryMillivolts: null }),
    });
  }
}
