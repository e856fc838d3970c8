import type { Environment, StoreId } from '../../lib/limfs/index.js';
import { type ConcentratorFormat, openConcentratorChip } from '../../src/concentrator/concentratorChip.js';
import {
  ConcentratorFirmware,
  usualConcentratorOptions,
} from '../../src/concentrator/concentratorFirmware.js';
import type { Firmware } from '../../src/firmware.js';
import type { Link } from '../air/air.js';
import { SparseFram } from '../chips/sparseFram.js';
import { Device, type DeviceContext } from './device.js';
import { nodeCounts } from './nodeCounts.js';
import { sealOf } from './seal.js';

export interface ConcentratorDeviceOptions {
  readonly format: ConcentratorFormat;
  /** Its address is that on the uplink. */
  readonly environment: Environment;
  readonly chipBytes: number;
  readonly payloadBytes: number;
  /** Bytes of a report that go up at a time. */
  readonly partBytes: number;
  /** Index of the server, from where its packets come. */
  readonly serverIndex: number;
}

/** A concentrator: reports, notices, roster and events on one simulated FRAM. */
export class ConcentratorDevice extends Device {
  readonly chip: SparseFram;
  readonly chips: readonly SparseFram[];
  /** Up to the server. */
  uplink: Link | undefined;
  readonly #options: ConcentratorDeviceOptions;
  #firmware: ConcentratorFirmware | undefined;

  constructor(
    context: DeviceContext,
    index: number,
    name: string,
    address: number,
    options: ConcentratorDeviceOptions,
  ) {
    super(context, index, name, address);
    this.#options = options;
    this.chip = new SparseFram(options.chipBytes);
    this.chips = [this.chip];
  }

  get storeId(): StoreId {
    return this.#options.format.storeId;
  }

  /** Undefined without power. */
  get firmware(): ConcentratorFirmware | undefined {
    return this.#firmware;
  }

  /** What a technician does on site: names a local manager. */
  addManager(address: number, reportHours: number): void {
    this.run((timeSeconds) => {
      const role = this.#firmware?.role;
      if (role === undefined) return;
      const place = role.roster.freePlace();
      role.roster.put(place, { address, reportHours, silent: false });
      role.poller.planOne(place, timeSeconds);
    });
  }

  /** The connection to the server stands again. */
  connected(): void {
    this.run((timeSeconds) => this.#firmware?.connected(timeSeconds));
  }

  override takePacket(timeMilliseconds: number, packet: Uint8Array, length: number, link: Link): void {
    if (link.from.index !== this.#options.serverIndex)
      super.takePacket(timeMilliseconds, packet, length, link);
    else this.run((timeSeconds) => this.#firmware?.receiveFromServer(timeSeconds, packet, length));
  }

  protected override counters(): Readonly<Record<string, number>> {
    if (this.#firmware === undefined) return {};
    const { role, node } = this.#firmware;
    const { repeated, duplicates, conflicts, spoilt } = role.transfer.counters;
    return {
      'question to a local manager repeated': repeated,
      'page sent again': duplicates,
      'page with other content': conflicts,
      'page spoilt on the way': spoilt,
      'notice refused': role.counters.refused,
      ...nodeCounts(node.counters),
    };
  }

  protected override forget(): void {
    this.#firmware = undefined;
  }

  protected override boot(timeSeconds: number): Firmware {
    const { format, environment, payloadBytes, partBytes } = this.#options;
    const uplinkPort = {
      send: (_neighbour: number, packet: Uint8Array, length: number) => {
        this.uplink?.send(this.context.now(), packet, length);
      },
    };
    const host = {
      field: { port: this, seal: sealOf(), payloadBytes },
      uplink: { port: uplinkPort, seal: sealOf(), payloadBytes },
      clock: this.clock,
      clockIsSet: true,
      random: this.random,
    };
    const chip = openConcentratorChip(this.chip, format);
    const options = { ...usualConcentratorOptions, partBytes };
    this.#firmware = new ConcentratorFirmware(chip, host, environment, timeSeconds, options);
    return this.#firmware;
  }
}
