import { ENVIRONMENT_KIND, EnvironmentArea } from '../areas/environment.js';
import { INSTALL_KIND, InstallArea } from '../areas/install.js';
import {
  ENTRY_BYTES,
  ENVIRONMENT_ADDRESS,
  ENVIRONMENT_BYTES,
  type Geometry,
  INSTALL_ADDRESS,
  INSTALL_BYTES,
  SUPERBLOCK_ADDRESSES,
  SUPERBLOCK_BYTES,
} from '../areas/layout.js';
import { RecordPair } from '../areas/record.js';
import { identify, type StoreId, type Superblock, storeSeed } from '../areas/superblock.js';
import { foldDown, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import { BufferMedium } from '../medium/bufferMedium.js';
import type { Medium } from '../medium/medium.js';
import type { Finding } from '../meter/finding.js';
import type { AreaReport, ImageFinding, UsedBytes } from './report.js';

/** What is found on the way; kept in order. */
export interface Notebook {
  readonly findings: ImageFinding[];
  readonly notes: string[];
}

/** Where the next thing begins on a medium, by name; each area ends where the next begins. */
export type Starts = readonly (readonly [name: string, address: number, sizeBytes?: number])[];

export function areasOf(starts: Starts, end: number): AreaReport[] {
  return starts.map(([name, address, sizeBytes], index) => ({
    name,
    address,
    sizeBytes: sizeBytes ?? (starts[index + 1]?.[1] ?? end) - address,
  }));
}

/** Small records are `fixed`, tables `table`. */
export function usesOf(areas: readonly AreaReport[]): UsedBytes[] {
  return areas
    .filter(({ name }) => name !== 'data')
    .map(({ name, address, sizeBytes }) => ({
      address,
      sizeBytes,
      use: name === 'PVT' ? ('table' as const) : ('fixed' as const),
    }));
}

/** Where the data area of a store ends. */
export function endOf({ dataAddress, pageBytes, pages }: Geometry): number {
  return dataAddress + pageBytes * pages;
}

/** The superblock of a store that the image must hold whole. Errors: those of `identify`, `role`, `medium-range`. */
export function wholeSuperblock(medium: Medium, endOf: (superblock: Superblock) => number): Superblock {
  const identity = identify(medium);
  if (identity.kind !== 'ours') throw new LimfsError(identity.kind, `the image is ${identity.kind}`);
  checkLength(medium, endOf(identity.superblock));
  return identity.superblock;
}

export function checkLength(medium: Medium, sizeBytes: number): void {
  if (sizeBytes <= medium.sizeBytes) return;
  throw new LimfsError(
    'medium-range',
    `the store has ${sizeBytes} bytes but the image only ${medium.sizeBytes}: it was cut short`,
  );
}

/** A store uses one whole superblock and looks no further; an inspector looks at both. */
export function checkSuperblocks(medium: Medium, { findings }: Notebook): void {
  SUPERBLOCK_ADDRESSES.forEach((address, copy) => {
    const alone = new BufferMedium(new Uint8Array(SUPERBLOCK_ADDRESSES[1] + SUPERBLOCK_BYTES));
    medium.read(address, alone.bytes, address, SUPERBLOCK_BYTES);
    if (identify(alone).kind === 'ours') return;
    findings.push({ code: 'superblock-copy-damaged', slot: copy, address, sizeBytes: SUPERBLOCK_BYTES });
  });
}

/** One of the records in two copies that a store keeps. */
export interface KnownRecord {
  readonly name: string;
  readonly address: number;
  readonly copyBytes: number;
  readonly seedSum: number;
  /** A store cannot do without it. */
  readonly needed: boolean;
}

export function commonRecords(storeId: StoreId): KnownRecord[] {
  return [
    {
      name: 'install information',
      address: INSTALL_ADDRESS,
      copyBytes: INSTALL_BYTES,
      // The install area survives format(), so its seed names no store.
      seedSum: seed(1, INSTALL_KIND),
      needed: false,
    },
    {
      name: 'environment variables',
      address: ENVIRONMENT_ADDRESS,
      copyBytes: ENVIRONMENT_BYTES,
      seedSum: seed(storeSeed(storeId), ENVIRONMENT_KIND),
      needed: false,
    },
  ];
}

/** A copy that does not check is what a power cut leaves, or damage; nothing is lost while the other one is whole. */
export function checkRecords(medium: Medium, records: readonly KnownRecord[], notebook: Notebook): void {
  for (const { name, address, copyBytes, seedSum, needed } of records) {
    const pair = new RecordPair(medium, address, copyBytes, seedSum, foldDown);
    const whole = pair.load();
    if (!whole && (pair.damaged || needed)) {
      notebook.findings.push({ code: 'record-lost', slot: -1, address, sizeBytes: 2 * copyBytes });
    } else if (pair.damaged) {
      notebook.notes.push(`one copy of the ${name} is torn by a power cut, or damaged; the other one counts`);
    }
  }
}

export function install(medium: Medium) {
  return new InstallArea(medium).load();
}

export function environment(medium: Medium, storeId: StoreId) {
  return new EnvironmentArea(medium, storeId).load();
}

/** Adds the bytes to findings that name a slot of a PVT; the superblocks were looked at before. */
export function locate(
  findings: readonly Finding[],
  { pageBytes, tableAddress, dataAddress }: Geometry,
): ImageFinding[] {
  return findings
    .filter(({ code }) => code !== 'superblock-copy-damaged')
    .map(({ code, slot }) => {
      if (slot < 0) return { code, slot, address: -1, sizeBytes: 0 };
      const inTable = code === 'entry-damaged' || code === 'head-entry-damaged' || code === 'entry-rebuilt';
      if (inTable || code === 'lap-repaired') {
        return { code, slot, address: tableAddress + slot * ENTRY_BYTES, sizeBytes: ENTRY_BYTES };
      }
      return { code, slot, address: dataAddress + slot * pageBytes, sizeBytes: pageBytes };
    });
}

/** The bytes of findings, drawn over everything else. */
export function damagedBytes(findings: readonly ImageFinding[]): UsedBytes[] {
  return findings
    .filter(({ address }) => address >= 0)
    .map(({ address, sizeBytes }) => ({ address, sizeBytes, use: 'damaged' as const }));
}
