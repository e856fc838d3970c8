import type { Environment } from '../../lib/limfs/index.js';
import type { Firmware, Port, RandomSource } from '../firmware.js';
import type { Health } from '../link/health.js';
import { RadioPort } from '../link/radioPort.js';
import type { Seal } from '../link/seal.js';
import { Node } from '../network/node.js';

/** What a platform gives a router. */
export interface RouterHost {
  readonly port: Port;
  readonly seal: Seal;
  /** The most bytes that the link takes, 51 to 128. */
  readonly payloadBytes: number;
  /** Of the radio, to know how long a packet is on air. */
  readonly bitsPerSecond: number;
  readonly random: RandomSource;
  /** What the router says about itself in the packets that it sends on. */
  readonly health: () => Omit<Health, 'errors'>;
}

/**
 * A router between meters and their local manager: sends on what is for others, up along its own route, down along the
 * way in the packet, and adds its state to what goes up. It holds no readings, no keys and no tables, so a new one
 * with the same address takes its place at once.
 */
export class RouterFirmware implements Firmware {
  readonly node: Node;
  readonly radio: RadioPort;

  constructor({ address, networkId, route, dutyCyclePermille }: Environment, host: RouterHost) {
    this.radio = new RadioPort(host.port, dutyCyclePermille, host.bitsPerSecond);
    this.node = new Node({
      address,
      networkId,
      route,
      payloadBytes: host.payloadBytes,
      seal: host.seal,
      firstCounter: host.random(),
      port: this.radio,
      health: () => {
        const { rssiDbm, batteryMillivolts } = host.health();
        return { rssiDbm, batteryMillivolts, errors: this.#errors() };
      },
    });
  }

  /** A router does nothing by itself. */
  get wakeSeconds(): number {
    return Number.POSITIVE_INFINITY;
  }

  wake(): void {}

  receive(timeSeconds: number, packet: Uint8Array, length: number): void {
    this.radio.timeSeconds = timeSeconds;
    this.node.receive(timeSeconds, packet, length);
  }

  #errors(): number {
    const { malformed, unsealed, tooFar, noWay, noRoom } = this.node.counters;
    return malformed + unsealed + tooFar + noWay + noRoom;
  }
}
