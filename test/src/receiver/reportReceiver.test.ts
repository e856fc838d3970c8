import { assert } from 'chai';
import { oneLine } from '../../../bench/line.js';
import type { DeviceHeader } from '../../../lib/limfs/concentrator/index.js';
import { DEVICE_HEADER_BYTES, putDeviceHeader } from '../../../lib/limfs/concentrator/report.js';
import {
  createManagerPage,
  formatManagerStore,
  LostReason,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { ServerBook } from '../../../simulator/ledger/serverBook.js';
import { createRandom } from '../../../simulator/random/random.js';
import { eventCounter, isNotice, resultCounter } from '../../../src/concentrator/reportNames.js';
import {
  type EventMessage,
  type Message,
  MessageKind,
  type ReportPart,
  type Result,
} from '../../../src/link/message.js';
import { encodeMessage, messageBytes } from '../../../src/link/messageCodec.js';
import { eventName } from '../../../src/receiver/eventName.js';
import { ReportReceiver } from '../../../src/receiver/reportReceiver.js';
import { backfill, readingValue, send } from '../../lib/limfs/manager/blocks.js';
import { contentOf } from '../books.js';

const CONCENTRATOR = 7;
const packed: ManagerFormat = {
  storeId: [5, 6],
  meters: 3,
  windowReadings: 6,
  dataBytes: 2000,
  blockBytes: 50,
};
const raw: ManagerFormat = {
  storeId: [5, 6],
  meters: 3,
  windowReadings: 4,
  readingBytes: 12,
  dataBytes: 1920,
};

function createStore(format: ManagerFormat): ManagerStore {
  const medium = new RamMedium(16_384);
  formatManagerStore(medium, format);
  const store = mountManagerStore(medium);
  for (let meter = 0; meter < 3; meter += 1) store.addMeter([1, meter], 0, oneLine());
  return store;
}

class Server {
  readonly book = new ServerBook(1000);
  readonly sent: Message[] = [];
  readonly passed: DeviceHeader[][] = [];
  readonly reported = new Set<string>();
  readonly parted: string[] = [];
  readonly events: EventMessage[] = [];
  readonly results: Result[] = [];
  readonly quarantined: string[] = [];
  receiver!: ReportReceiver;

  constructor() {
    this.restart();
  }

  /** What a restart leaves: the book. */
  restart(): void {
    const network = {
      send: (_: number, message: Message) => this.sent.push(message),
      largestBlockBytes: () => 0,
    };
    this.receiver = new ReportReceiver(network, this.book, {
      passed: (headers) => this.passed.push([...headers]),
      reported: (...names) => this.reported.add(names.join(' ')),
      parted: (...names) => this.parted.push(names.join(' ')),
      event: (event) => this.events.push(event),
      result: (result) => this.results.push(result),
      passThrough: () => {},
      quarantine: (name, body) => this.quarantined.push(`${name.pageCounter}:${body.length}`),
    });
  }

  take(...parts: ReportPart[]): void {
    for (const part of parts) this.receiver.take(CONCENTRATOR, part, 1000);
  }
}

/** The oldest page of a store as a report, in parts. */
function partsOf(store: ManagerStore, partBytes = 40): ReportPart[] {
  const page = createManagerPage();
  assert.isTrue(store.report(page));
  const body: number[] = [];
  const cell = new Uint8Array(256);
  for (let index = 0; index < page.cells; index += 1) {
    body.push(...cell.slice(0, store.readReport(page, index, cell, 0)));
  }
  const { counter, checksum } = page;
  return split(Uint8Array.from(body), { pageCounter: counter, checksum }, partBytes);
}

function split(
  body: Uint8Array,
  name: { pageCounter: number; checksum: number },
  partBytes: number,
): ReportPart[] {
  const parts: ReportPart[] = [];
  for (let offset = 0; offset === 0 || offset < body.length; offset += partBytes) {
    parts.push({
      kind: MessageKind.reportPart,
      storeId: [5, 6],
      ...name,
      copy: 0,
      timeSeconds: 900,
      headers: new Uint8Array(0),
      totalBytes: body.length,
      offset,
      bytes: body.slice(offset, offset + partBytes),
    });
  }
  return parts;
}

function noticeOf(message: EventMessage | Result, pageCounter: number): ReportPart[] {
  const body = new Uint8Array(messageBytes(message));
  encodeMessage(message, body, 0);
  return split(body, { pageCounter, checksum: 1 }, 30);
}

/** A window, a backfill and what is lost, as one store reports them. */
function fillStore(store: ManagerStore): void {
  send(store, 0, 0, 3);
  send(store, 1, 4, 7);
  backfill(store, 1, 2, 4, 2);
  store.freeze(createManagerPage());
}

function bookAll(server: Server, store: ManagerStore): void {
  const page = createManagerPage();
  while (store.report(page)) {
    server.take(...partsOf(store));
    assert.isTrue(store.acknowledge(store.storeId, page.counter, page.checksum));
  }
}

describe('report receiver', () => {
  for (const format of [packed, raw]) {
    const coding = format === raw ? 'raw' : 'packed';
    it(`books each reading once, by the way it came, and each loss by its reason, ${coding}`, () => {
      const server = new Server();
      const store = createStore(format);
      fillStore(store);
      bookAll(server, store);
      const first = contentOf(server.book.of([1, 0]));
      assert.deepEqual(
        [...first.entries].map(([sequence, { value, route }]) => [sequence, value, route]),
        [
          [0, readingValue(0, 0), 'window'],
          [1, readingValue(0, 1), 'window'],
          [2, readingValue(0, 2), 'direct'],
        ],
      );
      const second = contentOf(server.book.of([1, 1]));
      assert.equal(second.entries.get(2)?.route, 'backfill');
      assert.equal(second.entries.get(6)?.route, 'direct');
      assert.deepEqual(
        [...second.losses],
        [
          [0, 'overwritten at meter'],
          [1, 'overwritten at meter'],
        ],
      );
      assert.equal(server.quarantined.length, 0);
      // Meter, local manager, when it was taken over, when it came.
      assert.deepEqual([...server.reported].sort(), ['1,0 5,6 900 1000', '1,1 5,6 900 1000']);
    });
  }

  it('knows every reason for a loss, and which are uncertain', () => {
    const server = new Server();
    const store = createStore(packed);
    send(store, 0, 5, 8);
    store.loseBefore(0, 3, LostReason.damagedAtMeter, 1);
    store.rejoinMeter(0, 2, 1);
    send(store, 1, 4, 6);
    store.removeMeter(1, 1);
    // A gap that was merged is uncertain: nine gaps, and room for eight.
    for (let window = 1; window <= 10; window += 1) send(store, 2, window * 8, window * 8 + 2);
    store.loseBefore(2, 90, LostReason.overwrittenAtMeter, 1);
    store.freeze(createManagerPage());
    bookAll(server, store);
    const reasons = (meter: number) => new Set(contentOf(server.book.of([1, meter])).losses.values());
    assert.deepEqual(reasons(0), new Set(['damaged at meter', 'meter rejoined']));
    assert.deepEqual(reasons(1), new Set(['meter removed']));
    assert.isTrue(reasons(2).has('uncertain: overwritten at meter'));
    const { entries, losses } = contentOf(server.book.of([1, 2]));
    for (const sequence of losses.keys()) assert.isFalse(entries.has(sequence));
  });

  it('puts reports together from parts in any order, doubled, and with a restart in between', () => {
    const store = createStore(packed);
    fillStore(store);
    const parts = partsOf(store, 13);
    for (let seed = 0; seed < 50; seed += 1) {
      const random = createRandom(seed, 'parts');
      const server = new Server();
      const shuffled = [...parts, ...parts.filter(() => random.below(3) === 0)]
        .map((part) => ({ part, key: random.nextUint32() }))
        .sort((a, b) => a.key - b.key)
        .map(({ part }) => part);
      const cut = random.below(shuffled.length);
      shuffled.forEach((part, index) => {
        if (index === cut) server.restart();
        server.take(part);
      });
      server.take(...parts);
      assert.isAtLeast(server.sent.length, 1, `seed ${seed}`);
      assert.equal(contentOf(server.book.of([1, 0])).entries.size, 3);
      assert.equal(contentOf(server.book.of([1, 1])).conflicts.length, 0);
      for (const message of server.sent) assert.equal(message.kind, MessageKind.reportAcknowledgement);
    }
  });

  it('acknowledges only what it has whole, and again what comes again', () => {
    const server = new Server();
    const store = createStore(packed);
    fillStore(store);
    const parts = partsOf(store);
    server.take(...parts.slice(1));
    assert.equal(server.sent.length, 0);
    server.take(parts[0]!);
    const { storeId, pageCounter, checksum, copy } = parts[0]!;
    const acknowledgement = { kind: MessageKind.reportAcknowledgement, storeId, pageCounter, checksum, copy };
    assert.deepEqual(server.sent, [acknowledgement]);
    server.take(parts[0]!);
    assert.deepEqual(server.sent[1], acknowledgement);
    assert.equal(server.receiver.counters.reports, 1);
  });

  it('keeps apart what does not come out right, and acknowledges it, so that it blocks nobody', () => {
    const server = new Server();
    const store = createStore(packed);
    fillStore(store);
    const parts = partsOf(store, 1000);
    const bytes = parts[0]!.bytes.slice();
    bytes[30]! ^= 0x10;
    server.take({ ...parts[0]!, bytes });
    assert.equal(server.quarantined.length, 1);
    assert.equal(server.sent.length, 1);
    assert.equal(contentOf(server.book.of([1, 0])).entries.size, 0, 'nothing of it is booked');
    server.take({ ...parts[0]!, pageCounter: eventCounter(3) });
    assert.equal(server.quarantined.length, 2, 'a page is no notice');
    server.take({ ...parts[0]!, copy: 1, offset: 2 });
    assert.equal(server.receiver.counters.strange, 1);
  });

  it('hands on headers, events and results', () => {
    const server = new Server();
    const store = createStore(packed);
    fillStore(store);
    const header: DeviceHeader = {
      device: [0, 12],
      timeSeconds: 77,
      batteryMillivolts: 3100,
      errors: 4,
      rssiDbm: -90,
    };
    const headers = new Uint8Array(2 * DEVICE_HEADER_BYTES);
    putDeviceHeader(headers, 0, header);
    putDeviceHeader(headers, DEVICE_HEADER_BYTES, { ...header, batteryMillivolts: null, rssiDbm: null });
    server.take(...partsOf(store).map((part) => ({ ...part, headers })));
    assert.deepEqual(server.passed, [[header, { ...header, batteryMillivolts: null, rssiDbm: null }]]);
    const event: EventMessage = {
      kind: MessageKind.event,
      storeId: [5, 6],
      sequence: 9,
      code: 32,
      timeSeconds: 5,
      folded: 0,
      payload: new Uint8Array([1, 0]),
    };
    const result: Result = {
      kind: MessageKind.result,
      storeId: [1, 1],
      number: 4,
      code: 0,
      data: new Uint8Array(100),
    };
    server.take(...noticeOf(event, eventCounter(9)), ...noticeOf(result, resultCounter(4)));
    assert.deepEqual(server.events, [event]);
    assert.deepEqual(server.results, [result]);
    assert.isFalse(isNotice(0x7fff_ffff));
  });

  it('tells the time to whom asks', () => {
    const server = new Server();
    server.receiver.take(CONCENTRATOR, { kind: MessageKind.timeRequest, nonce: 5 }, 1234);
    assert.deepEqual(server.sent, [{ kind: MessageKind.time, nonce: 5, timeSeconds: 1234 }]);
  });

  it('takes a report for another one when only its content, or when it was taken over, is another', () => {
    const server = new Server();
    const notice = (low: number) => {
      const message = { kind: MessageKind.event, storeId: [7, 7], sequence: 3, code: 16, folded: 0 } as const;
      return noticeOf(
        { ...message, timeSeconds: low, payload: new Uint8Array(0) },
        eventCounter(message.sequence),
      );
    };
    server.take(...notice(1));
    // A checksum may be the same by chance.
    server.take(...notice(2).map((part) => ({ ...part, timeSeconds: 901 })));
    server.take(...notice(2).map((part) => ({ ...part, timeSeconds: 901 })));
    assert.deepEqual(
      server.events.map(({ timeSeconds }) => timeSeconds),
      [1, 2],
    );
    const [one, other] = server.events;
    assert.notEqual(eventName(one!), eventName(other!));
    assert.equal(eventName(one!), eventName({ ...one! }));
  });

  it('drops the report that was touched longest ago when too many begin, and takes it when it comes again', () => {
    const server = new Server();
    const store = createStore(packed);
    fillStore(store);
    const parts = partsOf(store);
    server.take(parts[0]!);
    for (let copy = 1; copy <= 40; copy += 1) server.take({ ...parts[0]!, copy });
    server.take(...parts.slice(1));
    assert.equal(server.sent.length, 0);
    server.take(...parts);
    assert.equal(server.sent.length, 1);
  });
});
