import { assert } from 'chai';
import { EventCode } from '../../../src/events/eventCode.js';
import { readNumbers } from '../../../src/events/numbers.js';
import { MessageKind } from '../../../src/link/message.js';
import { blockOf } from '../../lib/limfs/manager/blocks.js';
import { Field, HOUR, MANAGER } from '../field.js';

/** The copy leaves the line of the first meter here, so many hours later. */
const PARTING = 20;
const LATER = 15;

/** The window of a device that has the image of the first meter, and its address. */
function speakAsCopy(field: Field, next: number): void {
  const { storeId, address } = field.meters[0]!;
  const first = next - field.windowReadings;
  const shiftOf = (sequence: number) => (sequence < PARTING ? 0 : LATER);
  const block = blockOf(field.readingBytes, 0, first, next, -1, shiftOf);
  const kind = MessageKind.window;
  field.send(address, MANAGER, { kind, storeId, oldestSequence: 0, nextSequence: next, block });
}

function eventsOf(field: Field, code: number): number[][] {
  return field.events.filter((event) => event.code === code).map(({ payload }) => readNumbers(payload));
}

describe('a local manager whose meter is set back', () => {
  it('tells the server which meter, where the old line ended and where the new one was seen, before it takes it', () => {
    const field = new Field(1, { meters: 1 });
    field.runHours(30);
    speakAsCopy(field, 24);
    field.run(3 * HOUR);
    const [told] = eventsOf(field, EventCode.meterSetBack);
    assert.deepEqual([...told!.slice(0, 3), told![4]], [1, 0, 30, 24 - field.windowReadings]);
    const { entries, conflicts } = field.book.of([1, 0]);
    for (const sequence of [20, 21, 22, 23]) {
      assert.isTrue(entries.has(sequence) && conflicts.has(sequence), `both readings of ${sequence}`);
    }
    assert.lengthOf(eventsOf(field, EventCode.meterQuarantined), 0);
  });

  it('quarantines it on the first day when two devices speak under its name, and says so', () => {
    const field = new Field(2, { meters: 1 });
    field.runHours(34);
    for (let hour = 0; hour < 24; hour += 1) {
      speakAsCopy(field, PARTING + 1 + hour);
      field.run(HOUR / 2);
      field.meters[0]!.takeReading();
      field.run(HOUR / 2);
    }
    field.run(3 * HOUR);
    assert.isAtLeast(eventsOf(field, EventCode.meterSetBack).length, 4);
    assert.deepEqual(eventsOf(field, EventCode.meterQuarantined)[0], [1, 0]);
  });
});
