/** A planted bug: one place of the file system's source changed. The source must contain `line` exactly once. */
export interface Mutant {
  readonly name: string;
  /** Path from the repository's root. */
  readonly file: string;
  readonly line: string;
  readonly instead: string;
}

const meterStore = 'lib/limfs/meter/meterStore.ts';
const openPage = 'lib/limfs/meter/openPage.ts';
const pageFields = 'lib/limfs/meter/pageFields.ts';
const pageReader = 'lib/limfs/meter/pageReader.ts';
const pageWriter = 'lib/limfs/meter/pageWriter.ts';
const plainAppender = 'lib/limfs/meter/plainAppender.ts';
const findHead = 'lib/limfs/ring/findHead.ts';
const pageRing = 'lib/limfs/ring/pageRing.ts';
const record = 'lib/limfs/areas/record.ts';

/** Mistakes that somebody who writes such a store makes, or that trials of this one have made. */
export const mutants: readonly Mutant[] = [
  {
    name: 'PVT entry before the page it names',
    file: openPage,
    line: `    writer.open(ring.topAddress(opening.slot), ring.pageSeed(opening), timeSeconds, values, status, valid);
    ring.commit(opening);`,
    instead: `    ring.commit(opening);
    writer.open(ring.topAddress(opening.slot), ring.pageSeed(opening), timeSeconds, values, status, valid);`,
  },
  {
    name: 'oldest entry not invalidated',
    file: openPage,
    line: '      ring.invalidate(opening.slot);',
    instead: '',
  },
  {
    name: 'oldest entry invalidated after its page is overwritten',
    file: openPage,
    line: `      ring.invalidate(opening.slot);
    }
    if (reader.place === opening.slot) reader.place = NO_PLACE;
    writer.open(ring.topAddress(opening.slot), ring.pageSeed(opening), timeSeconds, values, status, valid);`,
    instead: `    }
    if (reader.place === opening.slot) reader.place = NO_PLACE;
    writer.open(ring.topAddress(opening.slot), ring.pageSeed(opening), timeSeconds, values, status, valid);
    ring.invalidate(opening.slot);`,
  },
  {
    name: 'page not sealed',
    file: openPage,
    line: '    if (!odd || (index.filled && !this.damaged)) writer.seal();',
    instead: '',
  },
  {
    name: 'sequences not jumped behind a damaged page',
    file: openPage,
    line: '    return (sequence + 2 * 8 * (this.index.ring.geometry.pageBytes - SEAL_BYTES)) >>> 0;',
    instead: '    return sequence;',
  },
  {
    name: 'checkpoint not compared at mount',
    file: openPage,
    line: 'whole = reader.state.count === covered && reader.state.check() === record.check;',
    instead: '',
  },
  {
    name: 'sequences compared as plain numbers',
    file: 'lib/limfs/meter/queries.ts',
    line: '((firstSequence - timeline.next()) | 0) >= 0) return 0;',
    instead: 'firstSequence >= timeline.next()) return 0;',
  },
  {
    name: 'failed write not remembered',
    file: plainAppender,
    line: '    release();\n    expected = FAILED;',
    instead: '    release();',
  },
  {
    name: 'interval of the open page not taken over at mount',
    file: pageFields,
    line: '      common < COMMON_INTERVALS.length ? COMMON_INTERVALS[common]! : this.take(RARE_INTERVAL_BITS);',
    instead: '      common < COMMON_INTERVALS.length ? 3600 : this.take(RARE_INTERVAL_BITS);',
  },
  {
    name: "encoder's k not restored at mount",
    file: pageReader,
    line: '      state.ks[0] = numbers[RUN_K]!;\n',
    instead: '',
  },
  {
    name: "encoder's mean not restored at mount",
    file: pageReader,
    line: '      state.means[0] = numbers[RUN_MEAN]!;\n',
    instead: '',
  },
  {
    name: 'running checksum not restored at mount',
    file: pageReader,
    line: '    state.sum = this.fold(sum, this.words, top, top - state.words);',
    instead: '    state.sum = sum;',
  },
  {
    name: 'partial byte not restored at mount',
    file: pageReader,
    line: '    state.tail = state.pending === 0 ? 0 : word & (-1 << (32 - state.pending));',
    instead: '    state.tail = word & 0;',
  },
  {
    name: 'committing byte first, in plain appends',
    file: plainAppender,
    line: '    medium.write(address - last, short, 0, last + 1 - (pending >> 3));',
    instead: `    medium.write(address - (pending >> 3), short, last - (pending >> 3), 1);
    if (last > pending >> 3) medium.write(address - last, short, 0, last - (pending >> 3));`,
  },
  {
    name: 'committing byte first, in other appends',
    file: pageWriter,
    line: '    medium.write(address, bytes, 0, length);',
    instead: `    medium.write(address + length - 1, bytes, length - 1, 1);
    if (length > 1) medium.write(address, bytes, 0, length - 1);`,
  },
  {
    name: 'no END byte when a code ends on a byte border',
    file: plainAppender,
    line: '    medium.write(address - last, short, 0, last + 1 - (pending >> 3));',
    instead: `    if ((total & 7) === 0) medium.write(address - last + 1, short, 1, last - (pending >> 3));
    else medium.write(address - last, short, 0, last + 1 - (pending >> 3));`,
  },
  {
    name: 'ones up to the border of a byte, which mean END',
    file: plainAppender,
    line: '    if (quotient >= free) {',
    instead: '    if (quotient > free) {',
  },
  {
    name: 'leftovers behind the stream in the checksum',
    file: pageWriter,
    line: '    const written = pending < 8 ? 0xff00 : 0xffff;',
    instead: '    const written = 0xffff;',
  },
  {
    name: 'page full one bit too late',
    file: plainAppender,
    line: '    room = writer.capacityBits - words * 16;',
    instead: '    room = writer.capacityBits - words * 16 + 1;',
  },
  {
    name: 'lap byte not changed with the lap',
    file: findHead,
    line: '  return slot === 0 ? nextLap(lap) : lap;',
    instead: '  return lap;',
  },
  {
    name: 'lap byte of "no page" when laps go round',
    file: 'lib/limfs/ring/lap.ts',
    line: 'number === LAPS ? 1 : number + 1',
    instead: 'number === LAPS ? 0 : number + 1',
  },
  {
    name: 'laps never go round',
    file: 'lib/limfs/ring/lap.ts',
    line: 'number === LAPS ? 1 : number + 1',
    instead: 'number + 1',
  },
  {
    name: 'looks blank when slot 0 is invalid',
    file: findHead,
    line: '  if (lap === NO_LAP && second === NO_LAP) {',
    instead: '  if (lap === NO_LAP || second === NO_LAP || true) {',
  },
  {
    name: 'invalid entry taken for the oldest',
    file: findHead,
    line: 'found(head, low + 2) : null',
    instead: 'found(head, low + 1) : null',
  },
  {
    name: 'oldest entry with a rotted lap taken for a newer one',
    file: findHead,
    line: 'ring.take(0, next, entry, previousLap(lap))',
    instead: 'false',
  },
  {
    name: 'lap first, the rest of the entry behind it',
    file: pageRing,
    line: '    this.medium.write(this.geometry.tableAddress + slot * ENTRY_BYTES, short.bytes, 0, ENTRY_BYTES);',
    instead: `    this.medium.write(this.geometry.tableAddress + slot * ENTRY_BYTES + LAP_OFFSET, short.bytes, LAP_OFFSET, 1);
    this.medium.write(this.geometry.tableAddress + slot * ENTRY_BYTES, short.bytes, 0, LAP_OFFSET);`,
  },
  {
    name: 'checksum of entries without store and slot',
    file: pageRing,
    line: `      this.seedSum * 2187 +
      ENTRY_KIND * 729 +
      slot * 243 +`,
    instead: '      ENTRY_KIND * 729 +',
  },
  {
    name: 'checksum of pages without slot, lap and sequence',
    file: pageRing,
    line: `        (PAGE_KIND | entry.lap) * 2187 +
        entry.slot * 243 +
        (sequence & 0xffff) * 27 +`,
    instead: '        PAGE_KIND * 2187 +',
  },
  {
    name: 'format() leaves old entries',
    file: 'lib/limfs/meter/mount.ts',
    line: '  new PageRing(medium, geometry, seedSum).clear();',
    instead: '',
  },
  {
    name: 'format() does not mark itself',
    file: 'lib/limfs/meter/mount.ts',
    line: '  markFormatting(medium);\n',
    instead: '',
  },
  {
    name: 'format() writes its mark last',
    file: 'lib/limfs/areas/superblock.ts',
    line: '    medium.write(address + last, bytes, last, 1);\n    medium.write(address, bytes, 0, last);',
    instead: '    medium.write(address, bytes, 0, last + 1);',
  },
  {
    name: 'newer copy of a record overwritten',
    file: record,
    line: '    const copy = this.newest === 0 ? 1 : 0;',
    instead: '    const copy = this.newest === 1 ? 1 : 0;',
  },
  {
    name: 'record committed by its checksum alone',
    file: record,
    line: "    if ((counter ^ MARK) !== mark) return 'damaged';",
    instead: '',
  },
  {
    name: 'counter of a record compared as a plain number',
    file: record,
    line: '((counter - this.counter) & 0xff) < 0x80',
    instead: 'counter > this.counter',
  },
  {
    name: 'anchor of an overwritten page kept',
    file: 'lib/limfs/ring/pageIndex.ts',
    line: '    this.anchors.learn(entry.slot, entry.timeSeconds);\n',
    instead: '',
  },
  {
    name: 'failed plain write not remembered',
    file: plainAppender,
    line: '    expected = FAILED;\n    free',
    instead: '    free',
  },
  {
    name: 'whole open page lost when its last byte is half-written',
    file: openPage,
    line: '    const torn = whole && reader.damaged && reader.state.count > 0;',
    instead: '    const torn = false;',
  },
  {
    name: 'END not written again over a half-written byte',
    file: openPage,
    line: '    if (odd && this.tornAtBit >= 0) writer.writeEnd();',
    instead: '',
  },
  {
    name: 'checkpoint after a jump condemns the page before it',
    file: meterStore,
    line: 'open.jumped && !open.damaged ? covered : this.nextSequence',
    instead: 'this.nextSequence',
  },
  {
    name: 'half-written lap believed when its page is the oldest',
    file: findHead,
    line: 'ring.lapOf(0) !== NO_LAP && ring.take(0, slot, into, lap)',
    instead: 'ring.lapOf(0) === lap && ring.take(0, slot, into, lap)',
  },
  {
    name: 'invalid entry believed because its checksum is right',
    file: findHead,
    line: 'ring.lapOf(0) !== NO_LAP && ring.take(0, slot, into, lap)',
    instead: 'ring.take(0, slot, into, lap)',
  },
];
