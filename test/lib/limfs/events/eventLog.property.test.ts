import { assert } from 'chai';
import fc from 'fast-check';
import { type EventLog, formatEventLog, mountEventLog } from '../../../../lib/limfs/events/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const step = fc.record({
  kind: fc.constantFrom('record', 'record', 'record', 'mount', 'acknowledge'),
  code: fc.integer({ min: 1, max: 4 }),
  seconds: fc.integer({ min: -50, max: 400 }),
  length: fc.integer({ min: 0, max: 24 }),
});

/** Every event that was recorded is stored or counted: nothing falls between. */
function countedOf(log: EventLog, code: number, seen: Map<number, number>): number {
  for (let event = log.read(0); event !== null; event = log.read(event.sequence + 1)) {
    if (event.code === code) seen.set(event.sequence, 1 + event.folded);
  }
  const pending = log.foldedCounts.find((one) => one.code === code)?.count ?? 0;
  return [...seen.values()].reduce((sum, count) => sum + count, pending);
}

describe('event log, against a model', () => {
  it('accounts for every event, whatever the clock does and whenever it is mounted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 1, max: 4 }), (steps, events) => {
        const medium = new RamMedium(900);
        const limit = { events, seconds: 1000 };
        formatEventLog(medium, [1, 2]);
        let log = mountEventLog(medium, limit);
        let time = 10_000;
        let sequence = 0;
        let pointer = 0;
        const recorded = new Map<number, number>();
        const seen = new Map([1, 2, 3, 4].map((code) => [code, new Map<number, number>()]));
        for (const { kind, code, seconds, length } of steps) {
          if (kind === 'mount') log = mountEventLog(medium, limit);
          else if (kind === 'acknowledge') {
            log.acknowledge(sequence - 1 - (length % 4));
            pointer = Math.max(pointer, sequence - (length % 4));
          } else {
            time += seconds;
            const payload = new Uint8Array(length).fill(code);
            recorded.set(code, (recorded.get(code) ?? 0) + 1);
            if (log.record(code, time, payload)) {
              assert.deepInclude(log.read(sequence), { sequence, code, timeSeconds: time, payload });
              sequence += 1;
            }
          }
          assert.equal(log.nextSequence, sequence);
          assert.equal(log.acknowledgedSequence, pointer);
          for (const [one, events] of seen) assert.equal(countedOf(log, one, events), recorded.get(one) ?? 0);
        }
        assert.deepEqual(log.findings, []);
      }),
      { numRuns: 200 },
    );
  });
});
