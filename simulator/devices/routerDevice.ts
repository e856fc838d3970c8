import type { Environment } from '../../lib/limfs/index.js';
import type { Firmware } from '../../src/firmware.js';
import { RouterFirmware } from '../../src/router/routerFirmware.js';
import type { LinkClass } from '../air/linkClass.js';
import { Device, type DeviceContext } from './device.js';
import { nodeCounts } from './nodeCounts.js';
import { sealOf } from './seal.js';

/** A router: it stores nothing. */
export class RouterDevice extends Device {
  readonly chips = [];
  readonly #environment: Environment;
  readonly #link: LinkClass;
  #firmware: RouterFirmware | undefined;

  constructor(
    context: DeviceContext,
    index: number,
    name: string,
    environment: Environment,
    link: LinkClass,
  ) {
    super(context, index, name, environment.address);
    this.#environment = environment;
    this.#link = link;
  }

  protected override counters(): Readonly<Record<string, number>> {
    if (this.#firmware === undefined) return {};
    const { node, radio } = this.#firmware;
    return {
      'packet passed on by a router': node.counters.forwarded,
      'packet above the duty cycle': radio.dutyCycle.refused,
      ...nodeCounts(node.counters),
    };
  }

  protected override forget(): void {
    this.#firmware = undefined;
  }

  protected override boot(): Firmware {
    this.#firmware = new RouterFirmware(this.#environment, {
      port: this,
      seal: sealOf(),
      payloadBytes: this.#link.payloadBytes,
      bitsPerSecond: this.#link.bitsPerSecond,
      random: this.random,
      health: () => ({ rssiDbm: this.rssiDbm, batteryMillivolts: null }),
    });
    return this.#firmware;
  }
}
