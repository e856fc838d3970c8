import { assert } from 'chai';
import type { StoreId } from '../../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';
import { type Command, MessageKind } from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import { PlanCondition } from '../../../src/manager/planCondition.js';
import { contentOf } from '../books.js';
import { Field, HOUR, MANAGER, START } from '../field.js';

const concentratorId: StoreId = [3, 1];
let commandNumber = 1;

function command(storeId: StoreId, operation: number, ...values: number[]): Command {
  commandNumber += 1;
  return {
    kind: MessageKind.command,
    number: commandNumber,
    storeId,
    notAfterSeconds: START + 1000 * HOUR,
    operation,
    argument: numbers(...values),
  };
}

/** When reports were begun, in hours since the start. */
function polls(field: Field): number {
  return field.sent.filter((message) => message.kind === MessageKind.reportRequest).length;
}

function booked(field: Field): number {
  return field.meters.reduce((sum, { storeId }) => sum + contentOf(field.book.of(storeId)).entries.size, 0);
}

/** What the meters have taken. */
function taken(field: Field): number {
  return field.meters.reduce((sum, { next }) => sum + next, 0);
}

function codes(field: Field): number[] {
  return field.events.map(({ code }) => code);
}

describe('concentrator', () => {
  it('takes reports over hourly, each reading as the packet of its own that it came in', () => {
    const field = new Field(1, { meters: 3 });
    field.runHours(10);
    field.run(HOUR);
    assert.equal(polls(field), 11);
    assert.equal(booked(field), 30);
    const routes = [...contentOf(field.book.of([1, 0])).entries.values()].map(({ route }) => route);
    assert.deepEqual(new Set(routes), new Set(['direct']));
  });

  it('changes the report interval by command while running, and keeps it over a restart, without loss', () => {
    const field = new Field(1, { meters: 2, windowReadings: 6 });
    for (const hours of [4, 12, 1, 2, 3]) {
      field.command(command(concentratorId, Operation.setReportInterval, MANAGER, hours));
      field.runHours(1);
      field.startConcentrator();
      const before = polls(field);
      field.runHours(24);
      assert.approximately(polls(field) - before, 24 / hours, 1, `every ${hours} hours`);
    }
    field.run(4 * HOUR);
    assert.equal(booked(field), taken(field));
    assert.isTrue(field.results.every(({ code }) => code === ResultCode.done));
    field.command(command(concentratorId, Operation.setReportInterval, MANAGER, 13));
    field.run(10);
    assert.equal(field.results.at(-1)?.code, ResultCode.argument);
  });

  it('reads on demand beside its own schedule', () => {
    const field = new Field(1, { meters: 1 });
    field.command(command(concentratorId, Operation.setReportInterval, MANAGER, 12));
    field.runHours(2);
    field.meters[0]!.takeReading();
    field.run(10);
    const before = booked(field);
    assert.isBelow(before, taken(field));
    field.command(command(concentratorId, Operation.reportNow, MANAGER));
    field.run(10);
    assert.equal(booked(field), taken(field), 'within ten seconds');
  });

  it('keeps reports for days without a server, a few in flight at a time, and then delivers all', () => {
    const field = new Field(1, { meters: 3, concentratorBytes: 131_072 });
    field.runHours(2);
    field.isConnected = false;
    const partsBefore = field.concentrator.uplink.parts;
    field.runHours(72);
    assert.equal(booked(field), 3);
    const parts = field.concentrator.uplink.parts - partsBefore;
    assert.isBelow(parts, 4 * 3 * 4 * 72 + 100, 'with pauses that grow');
    field.startConcentrator();
    field.connect();
    field.run(600);
    assert.isAtLeast(booked(field), taken(field) - 3);
    field.run(HOUR);
    assert.equal(booked(field), taken(field));
  });

  it('does not acknowledge what finds no place: the local manager keeps it', () => {
    const field = new Field(1, { meters: 3, concentratorBytes: 16_000, managerCells: 200 });
    field.isConnected = false;
    field.runHours(40);
    const { store } = field.manager;
    assert.equal(store.droppedPages, 0);
    assert.isAbove(store.pages, 10);
    field.connect();
    field.run(12 * HOUR);
    assert.equal(booked(field), taken(field));
    assert.include(codes(field), EventCode.ringFull);
    assert.include(codes(field), EventCode.ringFree);
  });

  it('tells of a full ring once, and of its end, also when it is restarted in between', () => {
    const field = new Field(1, { meters: 3, concentratorBytes: 16_000, managerCells: 200 });
    field.isConnected = false;
    field.runHours(30);
    field.startConcentrator();
    field.runHours(3);
    field.connect();
    field.concentrator.transfer.wake(field.nowSeconds);
    field.startConcentrator();
    field.run(12 * HOUR);
    const told = codes(field).filter((code) => code === EventCode.ringFull || code === EventCode.ringFree);
    assert.deepEqual(told, [EventCode.ringFull, EventCode.ringFree]);
  });

  it('asks more often while the plan of a local manager fails, and as before when it holds', () => {
    const field = new Field(1, { meters: 1 });
    field.command(command(concentratorId, Operation.setReportInterval, MANAGER, 6));
    field.run(10);
    let sequence = 0;
    const planFails = (...payload: number[]) => {
      const [storeId, timeSeconds, folded] = [[2, 9] as const, field.nowSeconds, 0];
      const event = { storeId, sequence, code: EventCode.planFails, timeSeconds, folded };
      field.concentrator.take(
        MANAGER,
        { kind: MessageKind.event, ...event, payload: numbers(...payload) },
        [],
        field.nowSeconds,
      );
      sequence += 1;
    };
    const hours = () => {
      const own = field.events.filter(({ code }) => code === 52 || code === 53);
      return own.map(({ code, payload }) => [code, ...readNumbers(payload)]);
    };
    planFails(PlanCondition.roll, 10, 2, HOUR);
    planFails(PlanCondition.paper, 30, 6, HOUR);
    planFails(PlanCondition.paper, 30, 3);
    field.run(HOUR);
    assert.deepEqual(hours(), [], 'nothing that a shorter interval would mend');
    planFails(PlanCondition.paper, 30, 3, HOUR);
    planFails(PlanCondition.paper, 30, 4, HOUR);
    field.run(12 * HOUR);
    assert.deepEqual(hours(), [[EventCode.reportsShortened, MANAGER, 3]]);
    const before = polls(field);
    field.run(12 * HOUR - 600);
    assert.approximately(polls(field) - before, 4, 1);
    field.startConcentrator();
    planFails(PlanCondition.room, 30, 1, 600);
    field.run(23 * HOUR);
    assert.deepEqual(hours().slice(1), [[EventCode.reportsShortened, MANAGER, 1]]);
    field.run(2 * HOUR);
    assert.deepEqual(hours().slice(2), [[EventCode.reportsAsBefore, MANAGER, 6]]);
    const between = polls(field);
    field.run(24 * HOUR);
    assert.approximately(polls(field) - between, 4, 1);
    assert.equal(field.concentrator.roster.at(0)?.shortHours, undefined);
  });

  it('tells when a local manager does not answer, and when it is back', () => {
    const field = new Field(1, { meters: 1 });
    field.runHours(1);
    field.isJoined = false;
    field.runHours(3);
    field.startConcentrator();
    field.isJoined = true;
    field.runHours(2);
    const own = field.events.filter(({ storeId }) => storeId[0] === 3);
    assert.deepEqual(
      own.map(({ code }) => code),
      [EventCode.managerSilent, EventCode.managerHeard],
    );
    assert.deepEqual(readNumbers(own[0]!.payload), [MANAGER]);
    field.run(HOUR);
    assert.equal(booked(field), taken(field));
  });

  it('makes an event durable before it acknowledges it', () => {
    const field = new Field(1, { meters: 1 });
    field.isConnected = false;
    field.meters[0]!.isDead = true;
    field.runHours(5);
    assert.isTrue(field.sent.some(({ kind }) => kind === MessageKind.eventAcknowledgement));
    assert.equal(field.manager.wakeSeconds > field.nowSeconds + 60, true, 'the local manager is rid of it');
    field.startManager();
    field.startConcentrator();
    field.connect();
    field.run(60);
    assert.include(codes(field), EventCode.meterSilent);
  });

  it('acknowledges no event that finds no room, and delivers each that it has acknowledged', () => {
    const field = new Field(1, { meters: 1 });
    field.isConnected = false;
    const storeId: StoreId = [8, 8];
    for (let sequence = 0; sequence < 60; sequence += 1) {
      const payload = new Uint8Array(20);
      const event = {
        kind: MessageKind.event,
        storeId,
        sequence,
        code: 4,
        timeSeconds: 1,
        folded: 0,
        payload,
      } as const;
      field.concentrator.take(MANAGER, event, [], field.nowSeconds);
    }
    const acknowledged = field.sent.flatMap((message) =>
      message.kind === MessageKind.eventAcknowledgement ? [message.sequence] : [],
    );
    assert.isAbove(acknowledged.length, 5);
    assert.isBelow(acknowledged.length, 60);
    assert.equal(field.concentrator.counters.refused, 60 - acknowledged.length);
    field.startConcentrator();
    field.connect();
    field.run(60);
    assert.deepEqual(
      field.events.map(({ sequence }) => sequence),
      acknowledged,
    );
  });

  it('brings a command to a meter and its result back, also when the uplink fails in between', () => {
    const field = new Field(1, { meters: 2 });
    const message = command([1, 1], Operation.setOutput, 0, 1);
    field.command(message);
    field.run(0);
    field.isConnected = false;
    field.run(10);
    field.startConcentrator();
    assert.equal(field.results.length, 0);
    field.connect();
    field.run(10);
    assert.deepEqual(
      field.results.map(({ number, storeId, code }) => ({ number, storeId, code })),
      [{ number: message.number, storeId: [1, 1], code: 0 }],
    );
  });

  it('opens a session between server and one meter, for a time, and no other bytes pass', () => {
    const field = new Field(1, { meters: 1 });
    const meter = field.meters[0]!;
    const down = {
      kind: MessageKind.passThrough,
      storeId: meter.storeId,
      bytes: new Uint8Array([1, 2, 3]),
    } as const;
    const arrived = () =>
      field.sent.filter((message) => message.kind === MessageKind.passThrough && message.bytes[0] === 1)
        .length;
    field.command(down);
    field.run(1);
    assert.equal(arrived(), 0, 'there is no session');
    field.command(command(concentratorId, Operation.passThrough, 1, 0, MANAGER, 60));
    field.command(down);
    field.run(1);
    assert.equal(arrived(), 2, 'to the local manager and to the meter');
    field.send(meter.address, MANAGER, { ...down, bytes: new Uint8Array([9, 9]) });
    field.send(meter.address, MANAGER, { ...down, storeId: [4, 4], bytes: new Uint8Array([7]) });
    field.run(1);
    assert.deepEqual(field.passedThrough, ['9,9']);
    field.run(60);
    field.send(meter.address, MANAGER, { ...down, bytes: new Uint8Array([8]) });
    field.run(1);
    assert.equal(field.passedThrough.length, 1, 'the session is over');
    assert.isAtLeast(field.concentrator.passThrough.dropped, 2);
  });

  it('measures how long taking over takes', () => {
    const field = new Field(1, { meters: 3 });
    field.faults = { loss: 0, duplicate: 0, delaySeconds: 4, cut: 0 };
    field.runHours(2);
    field.faults = { loss: 0, duplicate: 0, delaySeconds: 0, cut: 0 };
    field.runHours(1);
    field.run(10);
    field.command(command(concentratorId, Operation.transferTimes, MANAGER));
    field.run(10);
    const [last, longest] = readNumbers(field.results.at(-1)!.data);
    assert.equal(last, 0);
    assert.isAbove(longest!, 3);
  });

  it('tells its local managers the time of now, also when it has to ask again', () => {
    const field = new Field(1, { meters: 1 });
    field.isJoined = false;
    field.runHours(2);
    const requests = field.sent.flatMap((message) =>
      message.kind === MessageKind.reportRequest ? [message.timeSeconds] : [],
    );
    assert.isAbove(requests.length, 3);
    assert.deepEqual(requests, [...new Set(requests)], 'each its own');
    assert.isTrue(requests.every((time) => time > START && time <= field.nowSeconds));
  });

  it('takes the time of its server only from a prompt answer to its newest question', () => {
    const field = new Field(1, { meters: 1 });
    const nonces: number[] = [];
    const take = field.receiver.take.bind(field.receiver);
    field.receiver.take = (source, message, timeSeconds) => {
      if (message.kind === MessageKind.timeRequest) nonces.push(message.nonce);
      else take(source, message, timeSeconds);
    };
    const stepped = () => field.events.filter(({ code }) => code === EventCode.clockSet).length;
    const answer = (nonce: number) => {
      const wrong = { kind: MessageKind.time, nonce, timeSeconds: field.nowSeconds - 3 * HOUR } as const;
      field.concentrator.takeFromServer(wrong, field.nowSeconds);
      field.run(120);
    };
    field.run(10);
    assert.lengthOf(nonces, 1);
    field.run(70);
    answer(nonces[0]!);
    assert.equal(stepped(), 0, 'it was held up');
    field.run(HOUR);
    answer(nonces[0]!);
    assert.equal(stepped(), 0, 'an older question');
    const before = nonces.length;
    while (nonces.length === before) field.run(1);
    answer(nonces.at(-1)!);
    assert.equal(stepped(), 1);
  });

  it('fetches a page again that does not come out right, and stores nothing of it', () => {
    const field = new Field(1, { meters: 3 });
    field.isConnected = false;
    let damaged = 0;
    const { concentrator } = field;
    const take = concentrator.take.bind(concentrator);
    concentrator.take = (source, message, hops, timeSeconds) => {
      if (message.kind === MessageKind.cell && damaged < 1) {
        damaged += 1;
        message.bytes[20]! ^= 1;
      }
      take(source, message, hops, timeSeconds);
    };
    field.runHours(2);
    assert.equal(concentrator.transfer.counters.spoilt, 1);
    assert.isAbove(concentrator.transfer.counters.pages, 0);
    field.connect();
    field.run(2 * HOUR);
    assert.equal(booked(field), taken(field));
    assert.equal(field.quarantined.length, 0);
  });

  it('takes messages that nobody asked for as strange', () => {
    const field = new Field(1, { meters: 1 });
    field.concentrator.take(99, { kind: MessageKind.time, nonce: 1, timeSeconds: 1 }, [], START);
    field.concentrator.takeFromServer({ kind: MessageKind.timeRequest, nonce: 1 }, START);
    const page = {
      kind: MessageKind.page,
      storeId: [9, 9],
      counter: 1,
      cells: 3,
      checksum: 1,
      timeSeconds: 0,
    } as const;
    field.concentrator.take(CONCENTRATOR_ADDRESS + 55, page, [], START);
    assert.equal(field.concentrator.counters.strange, 2);
    assert.isTrue(field.concentrator.transfer.isIdle);
  });
});
