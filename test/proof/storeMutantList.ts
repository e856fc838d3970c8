import type { Mutant } from './mutantList.js';
import { translationHunters, translationMutants } from './translationMutantList.js';

const redoLog = 'lib/limfs/manager/redoLog.ts';
const cell = 'lib/limfs/manager/cell.ts';
const intake = 'lib/limfs/manager/intake.ts';
const lineIntake = 'lib/limfs/manager/lineIntake.ts';
const reports = 'lib/limfs/manager/reports.ts';
const room = 'lib/limfs/manager/room.ts';
const coverage = 'lib/limfs/manager/coverage.ts';
const reportRing = 'lib/limfs/concentrator/reportRing.ts';
const acknowledgements = 'lib/limfs/concentrator/acknowledgements.ts';
const eventLog = 'lib/limfs/events/eventLog.ts';
const pulseCounter = 'lib/limfs/pulse/pulseCounter.ts';

/** Tests that must catch what is planted in a folder: the quick ones first, then the power cuts. */
export const huntersOf: Readonly<Record<string, readonly string[]>> = {
  'lib/limfs/manager/': [
    'test/lib/limfs/manager/latestFirst.test.ts',
    'test/lib/limfs/manager/reports.test.ts',
    'test/lib/limfs/manager/rollAndFill.test.ts',
    'test/lib/limfs/manager/fullRing.test.ts',
    'test/lib/limfs/manager/meters.test.ts',
    'test/lib/limfs/manager/lines.test.ts',
    'test/lib/limfs/manager/errors.test.ts',
    'test/lib/limfs/manager/damage.test.ts',
    'test/lib/limfs/manager/coverage.property.test.ts',
    'test/lib/limfs/manager/managerStore.property.test.ts',
    'test/proof/managerCuts.test.ts',
  ],
  'lib/limfs/concentrator/': [
    'test/lib/limfs/concentrator/reportRing.test.ts',
    'test/lib/limfs/concentrator/reportRing.property.test.ts',
    'test/proof/concentratorCuts.test.ts',
  ],
  'lib/limfs/events/': [
    'test/lib/limfs/events/eventLog.test.ts',
    'test/lib/limfs/events/eventLog.property.test.ts',
    'test/proof/eventCuts.test.ts',
  ],
  'lib/limfs/pulse/': ['test/lib/limfs/pulse/pulseCounter.test.ts', 'test/proof/pulseCuts.test.ts'],
  'lib/limfs/nor/translation/': translationHunters,
};

/** Mistakes in the stores of local managers, concentrators, events and pulses, and in what they lie on on NOR flash. */
export const storeMutants: readonly Mutant[] = [
  {
    name: 'manager: a committed record is not done again after a cut',
    file: redoLog,
    line: '    this.length = length;\n    this.committed = true;',
    instead: '    this.length = 0;',
  },
  {
    name: 'manager: places are written before the record',
    file: redoLog,
    line: '    this.medium.write(this.endOf(this.place) - total, bytes, 0, total);\n    this.apply();',
    instead: '    this.apply();\n    this.medium.write(this.endOf(this.place) - total, bytes, 0, total);',
  },
  {
    name: 'manager: records always in the same place',
    file: redoLog,
    line: '    this.place = 1 - this.place;\n',
    instead: '',
  },
  {
    name: 'manager: cells of an earlier lap count',
    file: cell,
    line: "    if (getUint16(bytes, 2) !== layout.lapOf(position)) return 'empty';\n",
    instead: '',
  },
  {
    name: 'manager: a window with an error replaces a good one',
    file: intake,
    line: 'if (scanner.hasError || ahead(scanner.end, meter.next) <= 0) {',
    instead: 'if (ahead(scanner.end, meter.next) <= 0) {',
  },
  {
    name: 'manager: readings slide out unseen',
    file: intake,
    line: 'return this.meter.cellTaken || slidingOut(this.meter, this.scanner.first, this.range);',
    instead: 'return this.meter.cellTaken;',
  },
  {
    name: 'manager: windows enter a frozen page',
    file: reports,
    line: '    state.windowCells = 0;\n',
    instead: '',
  },
  {
    name: 'manager: any checksum acknowledges',
    file: reports,
    line: '    if (page.checksum !== checksum) return false;\n',
    instead: '',
  },
  {
    name: 'what was missing of an ended line is not noted lost',
    file: lineIntake,
    line: "    if (isSetBack && !this.loseFrom(place, parting, told, timeSeconds)) return 'no-room';\n",
    instead: '',
  },
  {
    name: 'a meter that was set back is expected to go on where it was',
    file: lineIntake,
    line: '    this.members.beginAt(place, parting);\n',
    instead: '',
  },
  {
    name: 'manager: a dropped page leaves no gaps',
    file: room,
    line: '      if (missing) this.table.store(this.cell.place, this.meter);\n',
    instead: '',
  },
  {
    name: 'manager: pages are dropped and nobody counts them',
    file: room,
    line: '    state.droppedPages += 1;\n',
    instead: '',
  },
  {
    name: 'manager: what arrived stays a gap',
    file: coverage,
    line: '  if (inWindow) unsettle(meter, first, end);\n  gaps.remove(first, end);',
    instead: '  if (inWindow) unsettle(meter, first, end);',
  },
  {
    name: 'manager: sequences that were skipped are no gap',
    file: coverage,
    line: '  if (ahead(first, meter.next) > 0) gaps.add(meter.next, first, false);\n',
    instead: '',
  },
  {
    name: 'concentrator: the oldest entry stays when its slot is used again',
    file: reportRing,
    line: '      index.dropOldest();\n      index.ring.invalidate(entry.slot);',
    instead: '      index.dropOldest();',
  },
  {
    name: 'concentrator: a page with the same checksum counts as a duplicate',
    file: 'lib/limfs/concentrator/storedReports.ts',
    line: 'if (sameSum && sameBody)',
    instead: 'if (sameSum)',
  },
  {
    name: 'concentrator: an acknowledgement frees nothing',
    file: reportRing,
    line: '    if (slot === this.tail) this.findTail(this.index.positionOf(slot));\n',
    instead: '',
  },
  {
    name: 'concentrator: an acknowledgement stays in RAM',
    file: acknowledgements,
    line: '    this.medium.write(this.address + slot, this.laps, slot, 1);\n',
    instead: '',
  },
  {
    name: 'concentrator: bytes that are waited for count as free',
    file: reportRing,
    line: 'Math.max(0, this.data.bytes - this.data.distance(this.floor, this.stored.end))',
    instead: 'this.data.bytes',
  },
  {
    name: 'events: the entry before the event',
    file: eventLog,
    line: `    this.medium.write(ring.pageAddress(opening.slot), page, 0, EVENT_BYTES);
    ring.commit(opening);`,
    instead: `    ring.commit(opening);
    this.medium.write(ring.pageAddress(opening.slot), page, 0, EVENT_BYTES);`,
  },
  {
    name: 'events: no event carries the count',
    file: eventLog,
    line: '    putUint16(page, 4, this.folded.of(code));\n',
    instead: '',
  },
  {
    name: 'events: a carried count is counted again',
    file: eventLog,
    line: '      if (this.folded.of(code) > 0 || this.folded.stale) this.folded.remove(code);\n',
    instead: '',
  },
  {
    name: 'events: one acknowledgement passes over what is not yet stored',
    file: eventLog,
    line: ' || ((pointer - this.next) | 0) > 0) return;',
    instead: ') return;',
  },
  {
    name: 'pulses: the upper half is not stored',
    file: pulseCounter,
    line: '  putUint16(payload, 4, Math.floor(count / 0x1_0000_0000));\n',
    instead: '',
  },
  {
    name: 'pulses: one more than promised stays in RAM',
    file: pulseCounter,
    line: 'if (this.unsaved > this.unsavedPulses) this.flush();',
    instead: 'if (this.unsaved > this.unsavedPulses + 1) this.flush();',
  },
  {
    name: 'pulses: a count that failed half-way is gone on with',
    file: pulseCounter,
    line: '    this.failed = true;\n',
    instead: '',
  },
  ...translationMutants,
];
