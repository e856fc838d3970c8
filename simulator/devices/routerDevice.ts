import type { Environment } from '../../lib/limfs/index.js';
import type { Firmware } from '../../src/firmware.js';
import { RouterFirmware } from '../../src/router/routerFirmware.js';
import { Device, type DeviceContext } from './device.js';
import { nodeCounts } from './nodeCounts.js';
import { sealOf } from './seal.js';

/** A router: it stores nothing. */
export class RouterDevice extends Device {
  readonly chips = [];
  readonly #environment: Environment;
  readonly #payloadBytes: number;
  #firmware: RouterFirmware | undefined;

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

  protected override counters(): Readonly<Record<string, number>> {
    if (this.#firmware === undefined) return {};
    const { counters } = this.#firmware.node;
    return { 'packet passed on by a router': counters.forwarded, ...nodeCounts(counters) };
  }

  protected override forget(): void {
    this.#firmware = undefined;
  }

  protected override boot(): Firmware {
    this.#firmware = new RouterFirmware(this.#environment, {
      port: this,
      seal: sealOf(),
      payloadBytes: this.#payloadBytes,
      random: this.random,
      health: () => ({ rssiDbm: this.rssiDbm, batteryMillivolts: null }),
    });
    return this.#firmware;
  }
}
