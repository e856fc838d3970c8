import { assert } from 'chai';
import fc from 'fast-check';
import { createManagerPage } from '../../../lib/limfs/manager/index.js';
import { readingValue } from '../../lib/limfs/manager/blocks.js';
import { contentOf } from '../books.js';
import { type Faults, Field, noFaults } from '../field.js';

/** Every reading that a meter ever took is booked with its value, or called lost, and then the meter has it no more. */
function checkBooks(field: Field): { booked: number; lost: number } {
  let booked = 0;
  let lost = 0;
  field.meters.forEach((meter, number) => {
    const { entries, losses, conflicts } = contentOf(field.book.of(meter.storeId));
    assert.equal(conflicts.length, 0, 'readings with two contents');
    assert.isAtMost(entries.size, meter.next, 'readings that nobody took');
    for (let sequence = 0; sequence < meter.next; sequence += 1) {
      const entry = entries.get(sequence);
      const reason = losses.get(sequence);
      if (entry !== undefined) {
        assert.equal(entry.value, readingValue(number, sequence), `value of reading ${sequence}`);
        assert.isUndefined(reason, `reading ${sequence} is delivered and lost`);
        booked += 1;
      } else {
        assert.isDefined(reason, `reading ${sequence} of meter ${number} is neither delivered nor lost`);
        assert.isBelow(sequence, meter.oldest, `reading ${sequence} is called lost and stands in the meter`);
        lost += 1;
      }
    }
  });
  return { booked, lost };
}

/** Nothing is left anywhere on the way. */
function checkDrained(field: Field): void {
  const { store } = field.manager;
  assert.isFalse(store.report(createManagerPage()), 'a page waits at the local manager');
  for (let place = 0; place < field.meters.length; place += 1) {
    assert.equal(store.meterAt(place)!.gaps.count, 0, `gaps of place ${place}`);
  }
  assert.equal(field.concentrator.wakeSeconds > field.nowSeconds, true);
}

const faults: fc.Arbitrary<Faults> = fc.record({
  loss: fc.constantFrom(0, 50_000, 300_000),
  duplicate: fc.constantFrom(0, 200_000),
  delaySeconds: fc.constantFrom(0, 3, 40),
  cut: fc.constantFrom(0, 2_000, 30_000),
});

const plan = fc.array(
  fc.record({
    hours: fc.integer({ min: 1, max: 12 }),
    faults,
    joined: fc.constantFrom(true, true, true, false),
    connected: fc.constantFrom(true, true, false),
    deadMeter: fc.constantFrom(-1, -1, 0, 1),
  }),
  { minLength: 1, maxLength: 5 },
);

describe('readings on their way from meters to the server', () => {
  it('arrive once each, or are called lost by name, whatever fails on the way', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        plan,
        fc.constantFrom(8, 1000),
        fc.constantFrom(0, 12),
        (seed, phases, meterCapacity, readingBytes) => {
          const field = new Field(seed, { meters: 3, meterCapacity, readingBytes, windowReadings: 5 });
          for (const phase of phases) {
            field.faults = phase.faults;
            field.isJoined = phase.joined;
            field.isConnected = phase.connected;
            field.meters.forEach((meter, number) => {
              meter.isDead = number === phase.deadMeter;
            });
            field.runHours(phase.hours);
          }
          field.faults = noFaults;
          field.isJoined = true;
          for (const meter of field.meters) meter.isDead = false;
          field.connect();
          field.runHours(14);
          field.run(3 * 3600);
          checkDrained(field);
          checkBooks(field);
          assert.equal(field.quarantined.length, 0);
          assert.equal(field.concentrator.transfer.counters.spoilt, 0);
        },
      ),
      { numRuns: 40 },
    );
  });
});
