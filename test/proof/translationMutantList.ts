import type { Mutant } from './mutantList.js';

const recovery = 'lib/limfs/nor/translation/recovery.ts';
const blockLog = 'lib/limfs/nor/translation/blockLog.ts';
const blockTranslation = 'lib/limfs/nor/translation/blockTranslation.ts';
const mount = 'lib/limfs/nor/translation/mount.ts';

/** Tests that must catch what is planted in the translation of NOR flash. */
export const translationHunters: readonly string[] = [
  'test/lib/limfs/nor/translation/blockTranslation.test.ts',
  'test/proof/translation/translationCuts.test.ts',
];

/** Mistakes in the translation of NOR flash. */
export const translationMutants: readonly Mutant[] = [
  {
    name: 'translation: a head before its block',
    file: blockLog,
    line: '    this.content.program(this.addressOf(place));\n    frame.program(this.headAddress(place));\n',
    instead:
      '    frame.program(this.headAddress(place));\n    this.content.program(this.addressOf(place));\n',
  },
  {
    name: 'translation: a torn head counts when it reads whole once',
    file: recovery,
    line: ' || !log.findsWhole(this.rowPlaces[last]!)) return;',
    instead: ') return;',
  },
  {
    name: 'translation: part of a row counts',
    file: recovery,
    line: 'last < 0 || this.left > 0 ||',
    instead: 'last < 0 ||',
  },
  {
    name: 'translation: a row that was cut off is not voided',
    file: recovery,
    line: '    if (ahead < 0) this.count = Math.max(0, this.count + ahead);\n',
    instead: '',
  },
  {
    name: 'translation: the next head does not stand for one that cannot be read',
    file: recovery,
    line: '    if (ahead > 0) this.bridge(ahead);\n',
    instead: '',
  },
  {
    name: 'translation: missing heads are not counted',
    file: recovery,
    line: 'if (this.sectors > 0) this.missingHeads += heads - 1;',
    instead: '',
  },
  {
    name: 'translation: a half-erased oldest sector is taken for damage',
    file: recovery,
    line: 'if (this.sectors > 0) this.missingHeads',
    instead: 'this.missingHeads',
  },
  {
    name: 'translation: the oldest sector goes though the newest head is in doubt',
    file: recovery,
    line: '    log.isProven = false;\n',
    instead: '',
  },
  {
    name: 'translation: no slot is left alone after a mount',
    file: blockLog,
    line: '    // A cut at the very beginning of a program may leave no trace: one slot is left alone.\n    this.used += 1;\n',
    instead: '',
  },
  {
    name: 'translation: a slot is programmed without a look at it',
    file: blockLog,
    line: '!this.suspect || this.isNextBlank()',
    instead: '!this.suspect || this.used >= 0',
  },
  {
    name: 'translation: newest sectors that hold nothing are not erased again',
    file: blockTranslation,
    line: '    this.log.dropUseless(this.places);\n',
    instead: '',
  },
  {
    name: 'translation: the reserve is given to writes',
    file: blockLog,
    line: 'this.ring.free.length - this.geometry.sectorsReserved',
    instead: 'this.ring.free.length',
  },
  {
    name: 'translation: a moved block is not searched from the first one on in the next sector',
    file: blockTranslation,
    line: '    log.dropOldest();\n    this.moved = 0;\n',
    instead: '    log.dropOldest();\n',
  },
  {
    name: 'translation: goes on after a write that failed',
    file: blockTranslation,
    line: '    this.refuseWhenFull(blocks);\n    this.failed = true;\n',
    instead: '    this.refuseWhenFull(blocks);\n',
  },
  {
    name: 'translation: a block of a transaction is stored twice',
    file: blockTranslation,
    line: '        if (this.isInRow(block, count)) continue;\n',
    instead: '',
  },
  {
    name: 'translation: a superblock that may be torn is believed',
    file: mount,
    line: '!translation.isUsed && !superblockIsProven(medium, logSector)',
    instead: 'false',
  },
];
