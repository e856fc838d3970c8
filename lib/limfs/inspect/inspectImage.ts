import { identify, Role } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { mountTranslation } from '../nor/translation/index.js';
import { inspectConcentrator, readConcentrator } from './concentrator.js';
import { inspectEvents } from './events.js';
import { inspectManager, readManager } from './manager.js';
import { inspectMeter, readMeter } from './meter.js';
import { inspectNor, readNor } from './nor.js';
import { findNor } from './norMedium.js';
import { inspectPaper, readPaper } from './paper.js';
import type { ImageReading, ImageReport } from './report.js';

interface Store {
  inspect(medium: Medium): ImageReport;
  read(medium: Medium): Generator<ImageReading>;
}

const stores: Readonly<Record<number, Store>> = {
  [Role.meter]: { inspect: inspectMeter, read: readMeter },
  [Role.manager]: { inspect: inspectManager, read: readManager },
  [Role.concentrator]: { inspect: inspectConcentrator, read: readConcentrator },
  [Role.paperMeter]: { inspect: inspectPaper, read: readPaper },
  [Role.events]: { inspect: inspectEvents, read: nothing },
};

/** Why an image has no store to look into, and what to do about it. */
const refusals = {
  blank: 'the image is blank: every byte is the same',
  formatting: "a format was cut off: 'rescue' may find what was there before",
  foreign: "the image holds no LIMFS superblock: if it is LIMFS, 'rescue' may read it without one",
  damaged: "both superblocks are damaged: 'rescue' may read the image without them",
} as const;

/**
 * Reads a whole image of any role, checks all of it and writes nothing; for a PC, never part of a device.
 * Errors: `blank`, `formatting`, `foreign`, `damaged`, `version`, `role`, `medium-range` (cut short).
 */
export function inspectImage(medium: Medium): ImageReport {
  return openImage(medium).inspect();
}

/** Every reading of an image of any role, as its store gives them, without order among meters. Errors: the same. */
export function readImage(medium: Medium): Generator<ImageReading> {
  return openImage(medium).read();
}

function openImage(medium: Medium): { inspect(): ImageReport; read(): Generator<ImageReading> } {
  const identity = identify(medium);
  if (identity.kind === 'ours') {
    const { role } = identity.superblock;
    const store = stores[role];
    if (store === undefined)
      throw new LimfsError('role', `the image holds a store of role ${role}, which is unknown`);
    return { inspect: () => store.inspect(medium), read: () => store.read(medium) };
  }
  if (identity.kind !== 'foreign') throw new LimfsError(identity.kind, refusals[identity.kind]);
  const nor = findNor(medium);
  if (nor.identity.kind !== 'ours') throw new LimfsError(nor.identity.kind, refusals[nor.identity.kind]);
  const { superblock } = nor.identity;
  // The store's own superblock lies inside of the translation; addresses are those that the store sees.
  if (superblock.role === Role.translation) return openImage(mountTranslation(nor.medium));
  if (superblock.role !== Role.meter) {
    throw new LimfsError(
      'role',
      `the image holds a store of role ${superblock.role} on NOR flash, which is unknown`,
    );
  }
  return { inspect: () => inspectNor(nor.medium, superblock), read: () => readNor(nor.medium) };
}

function* nothing(): Generator<ImageReading> {
  // A log of events holds no readings.
}
