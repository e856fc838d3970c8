import type { Environment, StoreId } from '../../lib/limfs/index.js';
import type { ManagerFormat } from '../../lib/limfs/manager/index.js';
import type { Firmware } from '../../src/firmware.js';
import { openManagerChip } from '../../src/manager/managerChip.js';
import { ManagerFirmware, usualManagerOptions } from '../../src/manager/managerFirmware.js';
import type { LinkClass } from '../air/linkClass.js';
import { SparseFram } from '../chips/sparseFram.js';
import { Device, type DeviceContext } from './device.js';
import { nodeCounts } from './nodeCounts.js';
import { sealOf } from './seal.js';

export interface ManagerDeviceOptions {
  readonly format: ManagerFormat;
  readonly environment: Environment;
  readonly chipBytes: number;
  /** To the concentrator, and to the meters. */
  readonly uplink: LinkClass;
  readonly radio: LinkClass;
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
    this.run((timeSeconds) => this.#firmware?.role.enlist({ storeId, firstSequence, address }, timeSeconds));
  }

  protected override counters(): Readonly<Record<string, number>> {
    if (this.#firmware === undefined) return {};
    const { store, meters } = this.#firmware.role;
    const { questions, counters } = meters;
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
      'question to a meter': questions.asked,
      'backfill answered': counters.backfills,
      'lines of a meter told': counters.lines,
      'packet above the duty cycle': this.#firmware.refused,
      ...nodeCounts(this.#firmware.node.counters),
    };
  }

  protected override forget(): void {
    this.#firmware = undefined;
  }

  protected override boot(timeSeconds: number): Firmware {
    const { format, environment, intervalSeconds, uplink, radio } = this.#options;
    const { payloadBytes, bitsPerSecond } = radio;
    const host = {
      port: this,
      seal: sealOf(),
      payloadBytes: uplink.payloadBytes,
      radio: { payloadBytes, bitsPerSecond, isUplinkWired: uplink.kind === 'wire' },
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
