import type { Mutant } from './mutantList.js';

/** Mistakes on the way from a meter to the server, each of which loses, doubles or changes a reading in some world. */
export const networkMutants: readonly Mutant[] = [
  {
    name: 'what was missed without power is not told',
    file: 'src/meter/readingTaker.ts',
    line: `    if (this.#clockIsSet)
      this.#noteMissed(beforeSeconds, timeSeconds, this.#missedInterval, this.#missedStatus);
    else`,
    instead: '    if (!this.#clockIsSet)',
  },
  {
    name: 'a meter whose clock stood never tells what it missed',
    file: 'src/meter/readingTaker.ts',
    line: '    else this.#beforeSeconds = beforeSeconds;',
    instead: '',
  },
  {
    name: 'only the first missed reading is told',
    file: 'src/meter/readingTaker.ts',
    line: '    if (first < last) this.#store.appendHole(last, status);',
    instead: '',
  },
  {
    name: 'a power failure is told with every later reading',
    file: 'src/meter/readingTaker.ts',
    line: `      this.#status = 0;
      return sequence;`,
    instead: '      return sequence;',
  },
  {
    name: 'a step of the clock leaves the plan of readings as it was',
    file: 'src/meter/readingTaker.ts',
    line: `    this.#store.startRun();
    this.#planFrom(toSeconds);`,
    instead: '    this.#store.startRun();',
  },
  {
    name: 'a reading on request does not say so',
    file: 'src/meter/readingTaker.ts',
    line: '(isDue ? 0 : Status.onDemand)',
    instead: '0',
  },
  {
    name: 'backfill says that nothing older than what was asked for is kept',
    file: 'src/meter/meterRole.ts',
    line: `      firstSequence,
      oldestSequence: store.oldestSequence,`,
    instead: `      firstSequence,
      oldestSequence: firstSequence + count,`,
  },
  {
    name: 'a window puts the newest reading behind those that it had, whatever came between',
    file: 'src/meter/newestReadings.ts',
    line: '      if (newest.sequence !== next || store.nextSequence !== advance(next, 1)) return false;',
    instead: '',
  },
  {
    name: 'gaps are never asked for',
    file: 'src/manager/meterDialogue.ts',
    line: '    if (store.hasRoomForBackfill) return true;',
    instead: '',
  },
  {
    name: 'a window that drops readings replaces the one before',
    file: 'lib/limfs/manager/intake.ts',
    line: '    return this.meter.cellTaken || slidingOut(this.meter, this.scanner.first, this.range);',
    instead: '    return this.meter.cellTaken;',
  },
  {
    name: 'readings that come behind a hole in the sequences leave no gap',
    file: 'lib/limfs/manager/coverage.ts',
    line: '  if (ahead(first, meter.next) > 0) gaps.add(meter.next, first, false);\n',
    instead: '',
  },
  {
    name: 'a block of another line is taken like any other',
    file: 'lib/limfs/manager/intake.ts',
    line: "    if (line !== this.meter.line) return 'other-line';\n",
    instead: '',
  },
  {
    name: 'a new line goes on from everything that is known',
    file: 'lib/limfs/lines/lineList.ts',
    line: '      if (at >= 0) return earlier(this.endOf(index, end), told.endOf(at, end));',
    instead: '      if (at >= 0) return end;',
  },
  {
    name: 'a meter goes on under the name of its last line',
    file: 'src/meter/meterFirmware.ts',
    line: '    lines.begin(host.random(), store.nextSequence);',
    instead: '    if (chip.firstStart) lines.begin(host.random(), store.nextSequence);',
  },
  {
    name: 'no event tells of a set-back',
    file: 'src/manager/meterDialogue.ts',
    line: 'if (isSetBack) this.#parts.record(',
    instead: 'if (isSetBack && place < 0) this.#parts.record(',
  },
  {
    name: 'the server does not look again at what an older image brings back',
    file: 'src/receiver/pageBooking.ts',
    line: '    told.parted(storeId, reopened);\n',
    instead: '',
  },
  {
    name: 'windows go on into a page whose report has begun',
    file: 'lib/limfs/manager/reports.ts',
    line: '    state.windowCells = 0;\n',
    instead: '',
  },
  {
    name: 'an acknowledgement moves the report pointer two pages on',
    file: 'lib/limfs/manager/reports.ts',
    line: '    state.oldestUnreported = counter + page.cells;',
    instead: '    state.oldestUnreported = Math.min(state.frozen, counter + page.cells + 6);',
  },
  {
    name: 'a local manager frees a page when its cells were sent',
    file: 'src/manager/reportSession.ts',
    line: '    const end = Math.min(this.#page.cells, first + Math.min(count, MOST_CELLS));',
    instead: `    const end = Math.min(this.#page.cells, first + Math.min(count, MOST_CELLS));
    if (end === this.#page.cells) this.#store.acknowledge(this.#store.storeId, counter, this.#page.checksum);`,
  },
  {
    name: 'a concentrator acknowledges a page before it is durable',
    file: 'src/concentrator/pageTransfer.ts',
    line: '    const outcome = this.#ring.finish();',
    instead: `    this.#ring.abandon();
    const outcome: string = 'stored';`,
  },
  {
    name: 'reports are freed when they were sent',
    file: 'src/concentrator/uplink.ts',
    line: '    flight.isSent = flight.sentBytes >= bodyBytes || count === 0;',
    instead: `    flight.isSent = flight.sentBytes >= bodyBytes || count === 0;
    if (flight.isSent) ring.acknowledge(report);`,
  },
  {
    name: 'the server acknowledges a report with its first part',
    file: 'src/receiver/reportReceiver.ts',
    line: '      if (body === null) return;',
    instead: `      if (body === null) {
        this.#acknowledge(source, part);
        return;
      }`,
  },
  {
    name: 'the server books windows without their newest reading',
    file: 'src/receiver/pageBooking.ts',
    line: 'for (let row = 0; row < batch.count; row += 1) {',
    instead: 'for (let row = 0; row < batch.count - 1; row += 1) {',
  },
  {
    name: 'what vanished behind an acknowledgement is never asked for again',
    file: 'src/receiver/gapWatch.ts',
    line: '    return this.#askFor(watched, missing);',
    instead: '    return false;',
  },
  {
    name: 'a local manager that is asked again leaves its gaps as they are',
    file: 'lib/limfs/manager/managerStore.ts',
    line: '    if (missing.count === 0) return total;',
    instead: '    if (total >= 0) return total;',
  },
  {
    name: 'a meter has its receiver off behind its packets',
    file: 'src/meter/meterFirmware.ts',
    line: '    return passed >= 0 && passed <= listenSeconds;',
    instead: '    return passed > 86_400 && passed <= listenSeconds;',
  },
  {
    name: 'damaged packets are taken for whole',
    file: 'src/link/seal.ts',
    line: '    if (end < headerLength || getUint32(packet, end) !== check(packet, headerLength, end)) return false;',
    instead: '    if (end < headerLength) return false;',
  },
];
