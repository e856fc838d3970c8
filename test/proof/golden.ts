import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FORMAT_VERSION } from '../../lib/limfs/areas/superblock.js';
import { formatMeterStore, mountMeterStore } from '../../lib/limfs/index.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import type { Geometry } from './geometry.js';
import { Model, type Witnessed } from './model.js';
import { formatOf, sizeBytesOf } from './rig.js';
import { createScript, perform, type Step } from './script.js';

/**
 * An image of each format version that was ever released, made once and never again: what it holds must be readable
 * for ever. `npx tsx test/proof/golden.ts` makes the one of today's version, if there is none.
 */
export interface Golden {
  readonly formatVersion: number;
  readonly geometry: Geometry;
  readonly storeId: readonly [number, number];
  /** What was done with the store. */
  readonly steps: readonly Step[];
  /** What it holds, oldest first, and the time of its last checkpoint. */
  readonly readings: readonly Witnessed[];
  readonly checkpointSeconds: number;
}

const STEPS = 400;
const SEED = 1;
const storeId = [0x1234_5678, 0x9abc_def0] as const;
/** Two channels, oddities of all kinds, and sequences that wrap. */
const geometry: Geometry = {
  name: 'golden',
  pageBytes: 72,
  pages: 16,
  channels: 2,
  intervalSeconds: 900,
  firstSequence: 0xffff_ff00,
  filling: 'zeros',
  oddities: 150,
};

export function goldenPath(formatVersion: number, extension: 'img' | 'json'): string {
  return fileURLToPath(new URL(`../lib/limfs/golden/meter-${formatVersion}.${extension}`, import.meta.url));
}

export function readGolden(formatVersion: number): { readonly golden: Golden; readonly image: Uint8Array } {
  const golden: Golden = JSON.parse(readFileSync(goldenPath(formatVersion, 'json'), 'utf8'));
  return { golden, image: new Uint8Array(readFileSync(goldenPath(formatVersion, 'img'))) };
}

/** What today's code writes for the script of a golden image. */
export function imageOf(golden: Golden): Uint8Array {
  const medium = new RamMedium(sizeBytesOf(golden.geometry));
  formatMeterStore(medium, formatOf(golden.geometry, golden.storeId));
  const store = mountMeterStore(medium);
  for (const step of golden.steps) perform(store, step);
  return medium.image;
}

function create(): void {
  if (existsSync(goldenPath(FORMAT_VERSION, 'img'))) {
    console.error(`There is an image of format version ${FORMAT_VERSION}; it stays as it is.`);
    process.exitCode = 2;
    return;
  }
  const next = createScript(geometry, SEED);
  const model = new Model(geometry);
  const steps = Array.from({ length: STEPS }, next);
  for (const step of steps) model.acknowledge(step);
  const partial = { formatVersion: FORMAT_VERSION, geometry, storeId, steps };
  const { checkpointSeconds } = model;
  const image = imageOf({ ...partial, readings: [], checkpointSeconds });
  const store = mountMeterStore(new RamMedium(image));
  const readings = model.readings.slice(-((model.nextSequence - store.oldestSequence) >>> 0));
  const golden: Golden = { ...partial, readings, checkpointSeconds };
  writeFileSync(goldenPath(FORMAT_VERSION, 'img'), image);
  writeFileSync(goldenPath(FORMAT_VERSION, 'json'), `${JSON.stringify(golden)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) create();
