import type { Environment, StoreId } from '../../lib/limfs/index.js';
import type { ManagerFormat } from '../../lib/limfs/manager/index.js';
import type { Firmware } from '../../src/firmware.js';
import { openManagerChip } from '../../src/manager/managerChip.js';
import { ManagerFirmware, usualManagerOptions } from '../../src/manager/managerFirmware.js';
import { SparseFram } from '../chips/sparseFram.js';
import { Device, type DeviceContext } from './device.js';
import { nodeCounts } from './nodeCounts.js';
import { sealOf } from './seal.js';

export interface ManagerDeviceOptions {
  readonly format: ManagerFormat;
  readonly environment: Environment;
  readonly chipBytes: number;
  readonly payloadBytes: number;
  /** Of the radio to the meters. */
  readonly bitsPerSecond: number;
  readonly isUplinkWired: boolean;
  /** Of its meters' readings. */
  readonly intervalSeconds: number;
}

/** A local manager: its store, its roster and its events on one simulated FRAM. */
export class ManagerDevice extends Device {
  readonly chip: SparseFram;
  readonly chips: readonly SparseFram[];
  readonly #options: ManagerDeviceOptions;
  #firmware: ManagerFirmware | undefined;

  constructor(context: DeviceContext, index: number, name: string, options: ManagerDeviceOptions) {
    super(context, index, name, options.environment.address);
    this.#options = options;
    this.chip = new SparseFram(options.chipBytes);
    this.chips = [this.chip];
  }

  get storeId(): StoreId {
    return this.#options.format.storeId;
  }

  /** Undefined without power. */
  get firmware(): ManagerFirmware | undefined {
    return this.#firmware;
  }

  /** What a technician does on site: takes a meter under management. */
  enlist(storeId: StoreId, firstSequence: number, address: number): void {
    this.run((timeSeconds) => this.#firmware?.role.enlist(storeId, firstSequence, address, timeSeconds));
  }

  protected override counters(): Readonly<Record<string, number>> {
    if (this.#firmware === undefined) return {};
    const { store, backfill, counters } = this.#firmware.role;
    const { replaced, rolled, filled, withError, known, withoutRoom, quarantined, setBacks } = store.counters;
    return {
      'window replaced an earlier one': replaced,
      'page opened early (roll)': rolled,
      'fill page': filled,
      'window with an error': withError,
      'nothing new in a window': known,
      'no room for backfill': withoutRoom,
      'meter quarantined': quarantined,
      'meter set back': setBacks,
      'acknowledgement of another page': store.counters.strangeAcknowledgements,
      'reading asked for again': store.counters.missedAgain,
      'backfill asked': backfill.requests,
      'backfill answered': counters.backfills,
      'packet above the duty cycle': this.#firmware.refused,
      ...nodeCounts(this.#firmware.node.counters),
    };
  }

  protected override forget(): void {
    this.#firmware = undefined;
  }

  protected override boot(timeSeconds: number): Firmware {
    const { format, environment, intervalSeconds, payloadBytes, bitsPerSecond, isUplinkWired } =
      this.#options;
    const host = {
      port: this,
      seal: sealOf(),
      payloadBytes,
      radio: { bitsPerSecond, isUplinkWired },
      clock: this.clock,
      clockIsSet: true,
      random: this.random,
      health: () => ({ rssiDbm: this.rssiDbm, batteryMillivolts: null }),
    };
    const options = { ...usualManagerOptions, intervalSeconds };
    const chip = openManagerChip(this.chip, format);
    this.#firmware = new ManagerFirmware(chip, host, environment, timeSeconds, options);
    return this.#firmware;
  }
}
