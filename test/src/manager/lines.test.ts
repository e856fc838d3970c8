import { assert } from 'chai';
import { Operation } from '../../../src/commands/operation.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';
import { type Lines, MessageKind } from '../../../src/link/message.js';
import { Field, HOUR, START } from '../field.js';
import { ModelMeter } from '../modelMeter.js';

function eventsOf(field: Field, code: number): number[][] {
  return field.events.filter((event) => event.code === code).map(({ payload }) => readNumbers(payload));
}

function sentOf(field: Field, kind: number): number {
  return field.sent.filter((message) => message.kind === kind).length;
}

/** What of the line that a meter is on the server neither has nor knows to be lost. */
function missing(field: Field, meter = 0): string {
  const { storeId, next } = field.meters[meter]!;
  const range = field.book.missing(storeId, 0, next);
  return range === null ? '' : `${range.first}-${range.end - 1}`;
}

describe('a local manager and the lines of its meters', () => {
  it('asks a meter that was started anew for its lines once, and takes the window that waited', () => {
    const field = new Field(1, { meters: 1 });
    field.runHours(10);
    field.meters[0]!.startAnew();
    field.meters[0]!.takeReading();
    field.run(60);
    assert.equal(sentOf(field, MessageKind.linesRequest), 1);
    assert.equal(field.manager.store.meterAt(0)!.next, 11);
    assert.equal(sentOf(field, MessageKind.backfillRequest), 0);
    field.runHours(3);
    field.run(2 * HOUR);
    assert.equal(sentOf(field, MessageKind.linesRequest), 1);
    assert.equal(missing(field), '');
    assert.lengthOf(eventsOf(field, EventCode.meterSetBack), 0);
  });

  it('tells the server of a meter that was set back, and brings both readings of each sequence', () => {
    const field = new Field(1, { meters: 1 });
    field.runHours(30);
    field.meters[0]!.setBack(20, 5);
    field.runHours(8);
    field.run(2 * HOUR);
    assert.deepEqual(eventsOf(field, EventCode.meterSetBack), [[1, 0, 20, 30]]);
    assert.equal(missing(field), '');
    const { others } = field.book.of([1, 0]);
    for (let sequence = 20; sequence < 28; sequence += 1) assert.lengthOf(others.get(sequence)!, 1);
    assert.lengthOf(eventsOf(field, EventCode.meterQuarantined), 0);
  });

  it('finds out in small answers, one question after the other, how long nobody has heard of the meter', () => {
    const field = new Field(1, { meters: 1, windowReadings: 3 });
    const meter = field.meters[0]!;
    field.runHours(5);
    meter.isDead = true;
    for (let start = 0; start < 9; start += 1) {
      meter.startAnew();
      meter.takeReading();
    }
    meter.isDead = false;
    meter.linesInAnswer = 3;
    meter.takeReading();
    field.run(120);
    assert.equal(sentOf(field, MessageKind.linesRequest), 5, 'ten lines, two more with each answer');
    field.runHours(3);
    field.run(2 * HOUR);
    assert.equal(field.manager.store.counters.setBacks, 0);
    assert.equal(missing(field), '');
  });

  it('goes back over lines that the meter has no more, to the newest that it still has', () => {
    const field = new Field(1, { meters: 1, windowReadings: 3 });
    const meter = field.meters[0]!;
    field.runHours(10);
    for (let start = 0; start < 3; start += 1) {
      meter.startAnew();
      field.runHours(4);
    }
    // The image was taken on the first line.
    meter.setBack(8, 3);
    field.runHours(8);
    field.run(2 * HOUR);
    assert.deepEqual(eventsOf(field, EventCode.meterSetBack), [[1, 0, 8, 22]]);
    assert.equal(missing(field), '');
  });

  it('takes all that the meter keeps when it knows none of its lines', () => {
    const field = new Field(1, { meters: 1, windowReadings: 3, meterCapacity: 15 });
    const meter = field.meters[0]!;
    field.runHours(30);
    meter.setBack(0, 10);
    for (let reading = 0; reading < 30; reading += 1) {
      meter.isDead = true;
      meter.takeReading();
    }
    meter.isDead = false;
    field.runHours(4);
    field.run(2 * HOUR);
    assert.equal(eventsOf(field, EventCode.meterSetBack)[0]![2], 16, 'the oldest that it keeps');
    assert.equal(field.manager.store.meterAt(0)!.gaps.count, 0);
  });

  it('believes no answer but that to its newest question', () => {
    const field = new Field(1, { meters: 1 });
    const meter = field.meters[0]!;
    field.runHours(3);
    const answer: Lines = {
      kind: MessageKind.lines,
      storeId: meter.storeId,
      nonce: 5,
      oldestSequence: 0,
      more: false,
      lines: new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]),
    };
    field.manager.take(meter.address, answer, START + 3 * HOUR);
    assert.equal(field.manager.store.meterAt(0)!.line, meter.lines.newest);
    assert.equal(field.manager.store.counters.setBacks, 0);
  });

  it('asks behind every window until there is an answer, also after a restart', () => {
    const field = new Field(1, { meters: 1 });
    const meter = field.meters[0]!;
    field.runHours(3);
    meter.startAnew();
    meter.linesInAnswer = 0;
    field.runHours(2);
    field.startManager();
    field.runHours(2);
    assert.isAtLeast(sentOf(field, MessageKind.linesRequest), 4);
    assert.equal(field.manager.store.meterAt(0)!.next, 3);
    meter.linesInAnswer = 16;
    field.runHours(1);
    assert.equal(field.manager.store.meterAt(0)!.next, 8);
    field.run(2 * HOUR);
    assert.equal(missing(field), '');
  });

  it('asks once more when the server lacks the lines', () => {
    const field = new Field(1, { meters: 1 });
    field.runHours(3);
    const argument = numbers(1, 0);
    field.command({
      kind: MessageKind.command,
      number: 1,
      storeId: [2, 1],
      notAfterSeconds: START + 100 * HOUR,
      operation: Operation.tellLines,
      argument,
    });
    field.runHours(2);
    field.run(HOUR);
    assert.equal(sentOf(field, MessageKind.linesRequest), 1);
    assert.isFalse(field.book.of([1, 0]).lacksLines);
  });

  it('quarantines two devices that speak under one name on the first day, and says so', () => {
    const field = new Field(2, { meters: 1 });
    field.runHours(34);
    const copy = new ModelMeter(field, 0, 1000);
    copy.next = 34;
    copy.setBack(20, 15);
    const [original] = field.meters;
    for (let hour = 0; hour < 24; hour += 1) {
      // Each hears what is said behind its own window only.
      for (const speaker of [copy, original!]) {
        field.meters[0] = speaker;
        speaker.takeReading();
        field.run(HOUR / 2);
      }
    }
    field.run(3 * HOUR);
    assert.isAtLeast(eventsOf(field, EventCode.meterSetBack).length, 4);
    assert.deepEqual(eventsOf(field, EventCode.meterQuarantined)[0], [1, 0]);
  });
});
