import { identify, markFormatting, Role, storeSeed, writeSuperblock } from '../areas/superblock.js';
import { foldDown } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { noNatives } from '../natives.js';
import { PageRing } from '../ring/pageRing.js';
import { type ManagerFormat, ManagerLayout, settingsOf, storeSettings } from './managerLayout.js';
import { ManagerStore } from './managerStore.js';
import { Meter, MeterTable } from './meterTable.js';
import { RedoLog } from './redoLog.js';
import { TapeState } from './tapeState.js';

/** Check and lap of a cell: zeros say that nothing was ever stored there. */
const CELL_MARK_BYTES = 4;

/**
 * Makes an empty local manager's store; the install area stays. Only an operator calls this, or a first boot that found
 * the medium blank. A cut on the way leaves a medium that mounts as `formatting`. Errors: `parameter-range`.
 */
export function formatManagerStore(medium: Medium, format: ManagerFormat): void {
  if (medium.eraseBytes !== 1)
    throw new LimfsError('parameter-range', 'this store needs bytes that can be rewritten');
  const settings = settingsOf(format, medium.sizeBytes);
  const layout = new ManagerLayout(settings);
  const seedSum = storeSeed(format.storeId);
  markFormatting(medium);
  storeSettings(medium, settings, seedSum, foldDown);
  new PageRing(medium, layout.geometry, seedSum).clear();
  new TapeState(medium, layout.stateAddress, seedSum, foldDown).initialise();
  new RedoLog(medium, layout.logAddress, layout.logPlaceBytes, seedSum, foldDown).clear();
  const zeros = new Uint8Array(CELL_MARK_BYTES);
  for (let cell = 0; cell < layout.cells; cell += 1) {
    medium.write(layout.cellAddress(cell), zeros, 0, CELL_MARK_BYTES);
  }
  const table = new MeterTable(medium, layout.metersAddress, layout.meters, seedSum, foldDown);
  const nobody = new Meter();
  for (let place = 0; place < layout.meters; place += 1) table.store(place, nobody);
  writeSuperblock(medium, {
    role: Role.manager,
    storeId: format.storeId,
    geometry: layout.geometry,
    firstSequence: 0,
  });
}

/**
 * Mounts a local manager's store. Bounded, and writes nothing; what is wrong is in `findings`. A port may bring
 * `natives`. Errors: `blank`, `formatting`, `foreign`, `damaged`, `version`, `role`.
 */
export function mountManagerStore(medium: Medium, natives = noNatives): ManagerStore {
  const identity = identify(medium);
  if (identity.kind !== 'ours') {
    throw new LimfsError(identity.kind, `the medium is ${identity.kind}, no local manager's store`);
  }
  if (identity.superblock.role !== Role.manager) {
    throw new LimfsError(
      'role',
      `the medium holds a store of role ${identity.superblock.role}, no local manager's`,
    );
  }
  const store = new ManagerStore(medium, identity.superblock, natives);
  if (identity.damagedCopies > 0) addFinding(store.findings as Finding[], 'superblock-copy-damaged', -1);
  return store;
}
