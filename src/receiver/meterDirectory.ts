import { getText } from '../../lib/limfs/areas/text.js';
import type { Channel, StoreId } from '../../lib/limfs/index.js';
import { Operation, ResultCode } from '../commands/operation.js';
import type { Result } from '../link/message.js';
import { channelsOf } from './quantities.js';

/** What the server knows of a device (D12). */
export interface MeterEntry {
  readonly storeId: StoreId;
  /** The concentrator's address on the uplink, and the device's own below it. */
  readonly concentrator: number;
  readonly address: number;
  /** Undefined until the device has told. */
  readonly information: MeterInformation | undefined;
  readonly channels: readonly Channel[] | undefined;
}

export interface MeterInformation {
  readonly serialNumber: string;
  readonly bodyNumber: string;
  readonly location: string;
  readonly firmware: string;
}

/** One device, none, or several: an address may be used in more networks than one. */
export type Found =
  | { readonly how: 'found'; readonly entry: MeterEntry }
  | { readonly how: 'not found' }
  | { readonly how: 'ambiguous'; readonly entries: readonly MeterEntry[] };

const INFORMATION_BYTES = 88;

/** The devices that the server knows, found by any of their numbers. */
export class MeterDirectory {
  readonly #entries = new Map<string, MeterEntry>();

  /** A device that was installed, or moved to another place. */
  add(storeId: StoreId, concentrator: number, address: number): void {
    const key = nameOf(storeId);
    const { information, channels } = this.#entries.get(key) ?? {};
    this.#entries.set(key, { storeId, concentrator, address, information, channels });
  }

  remove(storeId: StoreId): void {
    this.#entries.delete(nameOf(storeId));
  }

  /** Takes what a device answered to `Operation.information` or `Operation.channels`; false: it says nothing of the kind. */
  learn(operation: number, { storeId, code, data }: Result): boolean {
    const key = nameOf(storeId);
    const entry = this.#entries.get(key);
    if (entry === undefined || code !== ResultCode.done) return false;
    if (operation === Operation.information && data.length === INFORMATION_BYTES) {
      this.#entries.set(key, { ...entry, information: informationOf(data) });
      return true;
    }
    const channels = operation === Operation.channels ? channelsOf(data) : null;
    if (channels === null) return false;
    this.#entries.set(key, { ...entry, channels });
    return true;
  }

  /** By store id (`nameOf`), serial number, body number or address: the whole text has to be the same. */
  find(id: string): Found {
    const wanted = id.trim();
    const entries = [...this.#entries.values()].filter((entry) => isNamed(entry, wanted));
    const [entry] = entries;
    if (entry === undefined) return { how: 'not found' };
    return entries.length === 1 ? { how: 'found', entry } : { how: 'ambiguous', entries };
  }
}

/** A store id as text: 16 hexadecimal digits. */
export function nameOf(storeId: StoreId): string {
  return storeId.map((word) => word.toString(16).padStart(8, '0')).join('');
}

function isNamed({ storeId, address, information }: MeterEntry, id: string): boolean {
  if (nameOf(storeId) === id.toLowerCase() || String(address) === id) return true;
  // Before commissioning both numbers are empty, and nothing is looked for by them.
  return id !== '' && (information?.serialNumber === id || information?.bodyNumber === id);
}

function informationOf(data: Uint8Array): MeterInformation {
  return {
    serialNumber: getText(data, 0, 24),
    location: getText(data, 24, 32),
    bodyNumber: getText(data, 56, 16),
    firmware: getText(data, 72, 16),
  };
}
