import { largestGeometry, MAXIMUM_PAGE_BYTES } from '../areas/layout.js';
import {
  identify,
  markFormatting,
  Role,
  type StoreId,
  storeSeed,
  writeSuperblock,
} from '../areas/superblock.js';
import { foldDown } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { noNatives } from '../natives.js';
import { PageRing } from '../ring/pageRing.js';
import { type Channel, checkChannels } from './channels.js';
import { Clock } from './clock.js';
import { Configuration } from './configuration.js';
import { addFinding, type Finding } from './finding.js';
import { MeterStore } from './meterStore.js';
import { checkInterval, checkPageBytes } from './parameters.js';

/** The page size that is best on a FM24V10: searches, days and mounts stay cheap on bus and CPU, and 83,000 hours fit. */
const DEFAULT_PAGE_BYTES = 160;

/** Why there is nothing to mount, and what to do about it. */
const refusals = Object.freeze({
  blank: 'the medium is blank: format it first',
  formatting: 'a format was cut off: format again',
  foreign: 'the medium holds no LIMFS store; nothing was changed',
  damaged: 'both superblocks are damaged; nothing was changed',
});

export interface MeterFormat {
  /** 64 random bits; half of every reading's identity, so never the same twice. */
  readonly storeId: StoreId;
  readonly channels: readonly Channel[];
  /** 1 to 131,071 seconds. */
  readonly intervalSeconds: number;
  /** Even; 160 by default. */
  readonly pageBytes?: number;
  /** Bytes of the medium to use; all by default. */
  readonly sizeBytes?: number;
  /** Sequence of the first reading; 0 by default. */
  readonly firstSequence?: number;
}

/**
 * Makes an empty meter store; all readings on the medium are lost, the install area stays. Only an operator calls this, or a first boot that
 * found the medium blank. A cut on the way leaves a medium that mounts as `formatting`. Errors: `parameter-range`.
 */
export function formatMeterStore(medium: Medium, format: MeterFormat): void {
  const pageBytes = format.pageBytes ?? DEFAULT_PAGE_BYTES;
  const sizeBytes = format.sizeBytes ?? medium.sizeBytes;
  checkChannels(format.channels);
  checkInterval(format.intervalSeconds);
  checkPageBytes(pageBytes, format.channels.length);
  if (medium.eraseBytes !== 1)
    throw new LimfsError('parameter-range', 'this store needs bytes that can be rewritten');
  if (sizeBytes > medium.sizeBytes || pageBytes > MAXIMUM_PAGE_BYTES) {
    throw new LimfsError(
      'parameter-range',
      `${sizeBytes} bytes or pages of ${pageBytes} are more than there is`,
    );
  }
  const geometry = largestGeometry(sizeBytes, pageBytes);
  const seedSum = storeSeed(format.storeId);
  markFormatting(medium);
  new PageRing(medium, geometry, seedSum).clear();
  new Clock(medium, seedSum, foldDown).initialise();
  new Configuration(medium, seedSum, foldDown).initialise(format.channels, format.intervalSeconds);
  writeSuperblock(medium, {
    role: Role.meter,
    storeId: format.storeId,
    geometry,
    firstSequence: format.firstSequence ?? 0,
  });
}

/**
 * Mounts a meter store. Bounded, and writes nothing; what is wrong is in `findings`. A port may bring `natives`. Errors: `blank`, `formatting`, `foreign`, `damaged`, `version`, `role`.
 */
export function mountMeterStore(medium: Medium, natives = noNatives): MeterStore {
  const identity = identify(medium);
  if (identity.kind !== 'ours') throw new LimfsError(identity.kind, refusals[identity.kind]);
  if (identity.superblock.role !== Role.meter) {
    throw new LimfsError(
      'role',
      `the medium holds a store of role ${identity.superblock.role}, no meter store`,
    );
  }
  const store = new MeterStore(medium, identity.superblock, natives);
  if (identity.damagedCopies > 0) addFinding(store.findings as Finding[], 'superblock-copy-damaged', -1);
  return store;
}
