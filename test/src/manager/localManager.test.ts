import { assert } from 'chai';
import type { StoreId } from '../../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';
import {
  type Acknowledgement,
  type Cell,
  type Command,
  type Message,
  MessageKind,
  type Page,
  type Window,
} from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import { blockOf, expectedBlock } from '../../lib/limfs/manager/blocks.js';
import { Field, HOUR, MANAGER, START } from '../field.js';

const managerId: StoreId = [2, 1];

function windowOf(field: Field, number: number, first: number, end: number, errorAt = -1): Window {
  return {
    kind: MessageKind.window,
    storeId: field.meters[number]!.storeId,
    line: field.meters[number]!.lines.newest,
    oldestSequence: 0,
    block: blockOf(field.readingBytes, number, first, end, errorAt),
  };
}

/** Head and body of the block in a cell. */
function blockIn({ bytes }: Pick<Cell, 'bytes'>): string {
  return [...bytes.slice(16, 28), ...bytes.slice(32)].join(' ');
}

/** What the local manager says to a message of the concentrator, to which nothing else goes. */
function answers(field: Field, message: Message, seconds = 0): Message[] {
  field.nowSeconds += seconds;
  const before = field.sent.length;
  field.manager.take(CONCENTRATOR_ADDRESS, message, field.nowSeconds);
  return field.sent.slice(before);
}

function pageOf(field: Field, freeze: boolean, seconds = HOUR): Page {
  const request = { kind: MessageKind.reportRequest, freeze, timeSeconds: 0 } as const;
  return answers(field, request, seconds)[0] as Page;
}

function cellsOf(field: Field, page: Page): Cell[] {
  const cells: Cell[] = [];
  for (let first = 0; first < page.cells; first += 8) {
    const request = { kind: MessageKind.cellRequest, counter: page.counter, first, count: 8 } as const;
    cells.push(...(answers(field, request) as Cell[]));
  }
  return cells;
}

function acknowledgementOf({ storeId, counter, checksum }: Page): Acknowledgement {
  return { kind: MessageKind.acknowledgement, storeId, counter, checksum };
}

function command(number: number, operation: number, storeId: StoreId, ...values: number[]): Command {
  return {
    kind: MessageKind.command,
    number,
    storeId,
    notAfterSeconds: START + 100 * HOUR,
    operation,
    argument: numbers(...values),
  };
}

/** A local manager that nobody polls. */
function alone(meters: number, options: Partial<ConstructorParameters<typeof Field>[1]> = {}): Field {
  const field = new Field(1, { meters, ...options });
  field.isJoined = false;
  return field;
}

function eventCodes(field: Field): number[] {
  const bySequence = new Map<number, number>();
  for (const message of field.sent) {
    if (message.kind === MessageKind.event && message.storeId[0] === managerId[0]) {
      bySequence.set(message.sequence, message.code);
    }
  }
  return [...bySequence.values()];
}

describe('local manager', () => {
  it('counts devices that are not its own, and meters that speak from another address', () => {
    const field = alone(1);
    const { address } = field.meters[0]!;
    const window = windowOf(field, 0, 0, 3);
    field.manager.take(address, { ...window, storeId: [9, 9] }, START);
    field.manager.take(address + 1, window, START);
    assert.equal(field.manager.meters.intake.foreign, 2);
    assert.equal(field.manager.store.pages, 0);
    field.manager.take(address, window, START);
    assert.equal(field.manager.store.counters.stored, 1);
  });

  it('knows a meter by its address, and searches its store only for others', () => {
    const field = alone(3);
    const { store } = field.manager;
    let searches = 0;
    const placeOf = store.placeOf.bind(store);
    store.placeOf = (storeId) => {
      searches += 1;
      return placeOf(storeId);
    };
    const { address } = field.meters[2]!;
    field.manager.take(address, windowOf(field, 2, 0, 3), START);
    field.manager.take(address, windowOf(field, 2, 0, 4), START + HOUR);
    assert.equal(store.counters.stored, 2);
    assert.equal(searches, 0);
    field.manager.take(address, { ...windowOf(field, 2, 0, 5), storeId: [9, 9] }, START + HOUR);
    assert.equal(searches, 1);
    assert.equal(field.manager.meters.intake.foreign, 1);
  });

  it('believes a meter without an address where it speaks first, also after a restart', () => {
    const field = alone(1);
    const window = windowOf(field, 0, 0, 3);
    field.manager.dismiss(0, START);
    const { lines } = field.meters[0]!;
    field.manager.enlist({ storeId: [1, 0], firstSequence: 0, address: 0, lines }, START);
    field.manager.take(222, window, START);
    field.startManager();
    field.manager.take(223, windowOf(field, 0, 1, 4), START);
    assert.equal(field.manager.meters.intake.foreign, 1);
    field.manager.take(222, windowOf(field, 0, 1, 4), START);
    assert.equal(field.manager.store.counters.stored, 1);
  });

  it('reports as in Figure 6: latest first, errors ignored, the pointer moves on acknowledgement only', () => {
    const field = alone(2);
    const [first, second] = field.meters.map(({ address }) => address) as [number, number];
    field.manager.take(first, windowOf(field, 0, 0, 3), START);
    field.manager.take(second, windowOf(field, 1, 0, 3), START);
    field.manager.take(first, windowOf(field, 0, 0, 4), START);
    // A packet with an error does not replace the good one before it.
    field.manager.take(second, windowOf(field, 1, 0, 4, 3), START);
    assert.equal(field.manager.store.counters.withError, 1);
    const page = pageOf(field, true);
    assert.equal(page.cells, 2);
    const cells = cellsOf(field, page);
    assert.equal(blockIn(cells[0]!), expectedBlock(0, 0, 0, 4));
    assert.equal(blockIn(cells[1]!), expectedBlock(0, 1, 0, 3));
    // What comes meanwhile goes to another page; the reported one is the same when it is sent again.
    field.manager.take(first, windowOf(field, 0, 0, 5), START);
    field.startManager();
    assert.deepEqual(pageOf(field, false), page);
    assert.deepEqual(cellsOf(field, page), cells);
    const wrong = { ...acknowledgementOf(page), checksum: page.checksum ^ 1 };
    assert.deepEqual(answers(field, wrong)[0], page, 'a wrong acknowledgement moves nothing');
    const next = answers(field, acknowledgementOf(page))[0] as Page;
    assert.equal(next.counter, page.counter + page.cells, 'the fill page with the reading that had an error');
    assert.deepEqual(answers(field, acknowledgementOf(page))[0], next, 'again, it moves nothing');
  });

  it('freezes once for a request that is sent again', () => {
    const field = alone(1);
    const { address } = field.meters[0]!;
    field.manager.take(address, windowOf(field, 0, 0, 2), START);
    const page = pageOf(field, true);
    field.manager.take(address, windowOf(field, 0, 0, 3), START);
    assert.deepEqual(pageOf(field, true, 20), page);
    const next = answers(field, acknowledgementOf(page))[0] as Page;
    assert.equal(next.cells, 0, 'the window of meanwhile was not frozen');
    assert.equal(pageOf(field, true).cells, 1);
  });

  it('stores and reports a hundred meters, and one that comes later changes no stored page', () => {
    const field = alone(100, { managerCells: 250, managerBytes: 65_536 });
    field.manager.dismiss(99, START);
    const send = (number: number, end: number) => {
      field.manager.take(field.meters[number]!.address, windowOf(field, number, 0, end), START);
    };
    for (let number = 0; number < 99; number += 1) send(number, 2);
    const page = pageOf(field, true);
    const cells = cellsOf(field, page);
    assert.equal(page.cells, 99);
    const { address, lines } = field.meters[99]!;
    field.manager.enlist({ storeId: [1, 99], firstSequence: 0, address, lines }, START);
    assert.deepEqual(cellsOf(field, page), cells);
    for (let number = 0; number < 100; number += 1) send(number, 3);
    answers(field, acknowledgementOf(page));
    const next = pageOf(field, true);
    assert.equal(next.cells, 100);
    cellsOf(field, next).forEach(({ bytes }, number) => {
      assert.equal(blockIn({ bytes }), expectedBlock(0, number, 0, 3));
    });
  });

  it('tells of a silent meter and of its return, once each, also when it is restarted in between', () => {
    const field = alone(2);
    field.runHours(1);
    field.meters[0]!.isDead = true;
    field.runHours(4);
    assert.deepEqual(eventCodes(field), [EventCode.meterSilent]);
    const event = field.sent.find((message) => message.kind === MessageKind.event);
    assert.deepEqual(event?.kind === MessageKind.event && readNumbers(event.payload), [1, 0]);
    field.startManager();
    field.runHours(4);
    field.meters[0]!.isDead = false;
    field.runHours(2);
    for (const sequence of [0, 1]) {
      answers(field, { kind: MessageKind.eventAcknowledgement, storeId: managerId, sequence });
      field.run(60);
    }
    assert.deepEqual(eventCodes(field), [EventCode.meterSilent, EventCode.meterHeard]);
    assert.equal(field.manager.store.meterAt(0)!.gaps.count, 0, 'what it missed was fetched');
  });

  it('tells meters the time only when it has it', () => {
    const field = alone(1);
    const before = field.sent.length;
    field.manager.take(field.meters[0]!.address, { kind: MessageKind.timeRequest, nonce: 77 }, START + 5);
    assert.deepEqual(field.sent.slice(before), [
      { kind: MessageKind.time, nonce: 77, timeSeconds: START + 5 },
    ]);
  });

  it('asks a concentrator that says nothing for the time, which shows it the way back', () => {
    const field = new Field(1, { meters: 1 });
    const questions = () => field.sent.filter(({ kind }) => kind === MessageKind.timeRequest).length;
    field.run(10);
    assert.equal(questions(), 1, 'after power-up');
    assert.equal(field.sent.filter(({ kind }) => kind === MessageKind.time).length, 1);
    field.runHours(5);
    assert.equal(questions(), 1, 'never while it is polled');
    field.isJoined = false;
    field.runHours(4);
    assert.isAbove(questions(), 3);
  });

  it('adds, replaces, believes again and removes meters by command, each once', () => {
    const field = alone(3);
    const run = (message: Command) => {
      const result = answers(field, message)[0];
      assert.equal(result?.kind, MessageKind.result);
      return result?.kind === MessageKind.result
        ? { code: result.code, data: readNumbers(result.data) }
        : undefined;
    };
    field.manager.dismiss(2, START);
    const add = command(5, Operation.addMeter, managerId, 7, 7, 3, 333);
    assert.deepEqual(run(add), { code: ResultCode.done, data: [2] });
    assert.deepEqual(run(add), { code: ResultCode.done, data: [2] }, 'answered again');
    field.startManager();
    assert.deepEqual(run(add), { code: ResultCode.repeated, data: [] });
    assert.deepEqual(run(command(6, Operation.addMeter, managerId, 8, 8, 0, 444)), {
      code: ResultCode.failed,
      data: [],
    });
    assert.deepEqual(run(command(7, Operation.replaceMeter, managerId, 7, 7, 8, 8, 0, 444)), {
      code: ResultCode.done,
      data: [2],
    });
    assert.equal(field.manager.store.placeOf([8, 8]), 2);
    assert.equal(run(command(8, Operation.rejoinMeter, managerId, 8, 8, 50))?.code, ResultCode.done);
    assert.equal(field.manager.store.meterAt(2)!.next, 50);
    assert.equal(run(command(9, Operation.removeMeter, managerId, 8, 8))?.code, ResultCode.done);
    assert.equal(field.manager.store.placeOf([8, 8]), -1);
    assert.equal(run(command(10, Operation.rejoinMeter, managerId, 8, 8, 50))?.code, ResultCode.argument);
    assert.equal(run(command(11, Operation.readNow, managerId))?.code, ResultCode.unknown);
    assert.deepEqual(run(command(12, Operation.selfCheck, managerId)), { code: ResultCode.done, data: [0] });
  });

  it('does what is so already once only, even when another meter has the place by now', () => {
    const field = alone(3);
    let number = 0;
    const run = (operation: number, ...values: number[]) => {
      number += 1;
      const result = answers(field, command(number, operation, managerId, ...values))[0];
      return result?.kind === MessageKind.result ? [result.code, ...readNumbers(result.data)] : [];
    };
    const { storeId } = field.meters[1]!;
    const [high, low] = storeId;
    assert.deepEqual(run(Operation.removeMeter, high, low), [ResultCode.done]);
    assert.deepEqual(run(Operation.addMeter, 7, 7, 3, 333), [ResultCode.done, 1]);
    assert.deepEqual(run(Operation.removeMeter, high, low), [ResultCode.done], 'it is not there');
    assert.equal(field.manager.store.placeOf([7, 7]), 1, 'and its successor stays');
    assert.deepEqual(run(Operation.addMeter, 7, 7, 9, 333), [ResultCode.done, 1]);
    assert.equal(field.manager.store.meterAt(1)!.next, 3, 'what is known of it stays');
    assert.deepEqual(run(Operation.replaceMeter, 7, 7, 8, 8, 0, 444), [ResultCode.done, 1]);
    assert.deepEqual(run(Operation.replaceMeter, 7, 7, 8, 8, 0, 444), [ResultCode.done, 1]);
    const other = field.meters[0]!.storeId;
    assert.deepEqual(run(Operation.replaceMeter, ...other, 8, 8, 0, 444), [ResultCode.failed]);
    assert.deepEqual(run(Operation.replaceMeter, 9, 9, 9, 8, 0, 444), [ResultCode.argument]);
  });

  it('passes a command to a meter behind its windows until the result is there, and the result up', () => {
    const field = alone(1);
    const meter = field.meters[0]!;
    const message = command(3, Operation.readNow, meter.storeId);
    assert.deepEqual(answers(field, message), [message]);
    meter.takeReading();
    field.run(1);
    const sent = field.sent.filter(({ kind }) => kind === MessageKind.command);
    assert.equal(sent.length, 2, 'once more behind the window');
    assert.isTrue(field.sent.some(({ kind }) => kind === MessageKind.result));
    meter.takeReading();
    field.run(1);
    assert.equal(field.sent.filter(({ kind }) => kind === MessageKind.command).length, 2, 'and never again');
  });

  it('proposes a longer window or a shorter interval when what is seen on the air breaks the plan', () => {
    const field = alone(1, { windowReadings: 4 });
    const { address } = field.meters[0]!;
    field.manager.take(address, windowOf(field, 0, 0, 3), START);
    pageOf(field, true);
    field.manager.take(address, windowOf(field, 0, 6, 10), field.nowSeconds);
    pageOf(field, true);
    field.manager.wake(field.nowSeconds);
    const event = field.sent.find((message) => message.kind === MessageKind.event);
    assert.equal(event?.kind === MessageKind.event && event.code, EventCode.planFails);
    assert.deepEqual(event?.kind === MessageKind.event && readNumbers(event.payload), [2, 7, 1, HOUR]);
  });

  it('listens to nobody but the concentrator where reports and commands are concerned', () => {
    const field = alone(1);
    const before = field.sent.length;
    const request = { kind: MessageKind.reportRequest, freeze: true, timeSeconds: 1 } as const;
    field.manager.take(field.meters[0]!.address, request, START);
    field.manager.take(MANAGER + 1, command(1, Operation.removeMeter, managerId, 0), START);
    assert.equal(field.sent.length, before);
    assert.equal(field.manager.strange, 2);
  });
});
