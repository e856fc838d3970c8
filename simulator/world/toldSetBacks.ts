import type { StoreId } from '../../lib/limfs/index.js';
import { EventCode } from '../../src/events/eventCode.js';
import { readNumbers } from '../../src/events/numbers.js';
import { managerOf, type Topology } from '../topology/topology.js';
import type { FaultEvent } from './faultPlan.js';
import type { NetworkDevices } from './network.js';

/** What the server was told about meters that were set back, and which local managers may have forgotten to tell it. */
export class ToldSetBacks {
  readonly #topology: Topology;
  readonly #told = new Set<string>();
  /** Places of local managers. */
  readonly #forgetful = new Set<number>();
  readonly #isConcentratorForgetful: boolean;

  constructor(topology: Topology, { server, managers }: NetworkDevices, faults: readonly FaultEvent[]) {
    this.#topology = topology;
    const sequencesOf = new Map<string, Set<number>>();
    for (const { code, payload, storeId, sequence } of server.events) {
      if (code === EventCode.meterSetBack) this.#told.add(readNumbers(payload).slice(0, 2).join());
      const device = storeId.join();
      const sequences = sequencesOf.get(device) ?? new Set();
      sequencesOf.set(device, sequences.add(sequence));
    }
    for (const { device, place } of managers) {
      const sequences = sequencesOf.get(device.storeId.join()) ?? new Set();
      // An event log that was full for too long tells of that by a gap in its sequences.
      if (Math.max(...sequences) >= sequences.size) this.#forgetful.add(place);
    }
    for (const { place, what } of faults) {
      if (what === 'local manager replaced' || what === 'image restored') this.#forgetful.add(place);
    }
    this.#isConcentratorForgetful = faults.some(({ what }) => what === 'concentrator image restored');
  }

  /** Whether an event told that a meter was set back; undefined: a device that knew of it has forgotten. */
  of(meter: StoreId, place: number): boolean | undefined {
    if (this.#told.has(meter.join())) return true;
    const isForgotten =
      this.#isConcentratorForgetful || this.#forgetful.has(managerOf(this.#topology, place));
    return isForgotten ? undefined : false;
  }
}
