import { assert } from 'chai';
import { LINE, oneLine } from '../../../bench/line.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { Concentrator } from '../../../src/concentrator/concentrator.js';
import { openConcentratorChip } from '../../../src/concentrator/concentratorChip.js';
import { EventSender } from '../../../src/events/eventSender.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { decodeMessage, encodeMessage } from '../../../src/link/messageCodec.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import { LocalManager } from '../../../src/manager/localManager.js';
import { openManagerChip } from '../../../src/manager/managerChip.js';
import { usualManagerOptions } from '../../../src/manager/managerFirmware.js';
import { DeviceClock } from '../../../src/time/deviceClock.js';
import { blockOf } from '../../lib/limfs/manager/blocks.js';

const HOUR = 3600;
const MANAGER = 10;
const METERS = 8;
const start = 1_700_000_000 - (1_700_000_000 % HOUR);
const bytes = new Uint8Array(1536);

/** Messages under way, as bytes are: nobody keeps an object of another. */
class Wire {
  readonly waiting: { source: number; message: Message }[] = [];
  last: Message | undefined;

  of(source: number) {
    return {
      send: (_: number, message: Message) => {
        this.last = decodeMessage(bytes, 0, encodeMessage(message, bytes, 0));
        this.waiting.push({ source, message: this.last });
      },
      largestBlockBytes: () => 100,
    };
  }
}

function createManager(wire: Wire, medium: RamMedium): LocalManager {
  const format = { storeId: [2, 1], meters: METERS, windowReadings: 6, blockBytes: 70 } as const;
  const { store, roster, events } = openManagerChip(medium, format);
  const network = wire.of(MANAGER);
  const random = () => 7;
  const clock = new DeviceClock({ step: () => {}, slew: () => {} }, true);
  const sender = events && new EventSender(events, network, CONCENTRATOR_ADDRESS, store.storeId, random);
  const parts = { store, roster, network, clock, random, events: sender };
  return new LocalManager(parts, usualManagerOptions, start);
}

function enlistAll(manager: LocalManager): void {
  for (let number = 0; number < METERS; number += 1) {
    const meter = { storeId: [1, number], firstSequence: 0, address: 100 + number } as const;
    manager.enlist({ ...meter, lines: oneLine() }, start);
  }
}

function sendWindows(manager: LocalManager, end: number, timeSeconds: number): void {
  for (let number = 0; number < METERS; number += 1) {
    const window = {
      kind: MessageKind.window,
      storeId: [1, number] as const,
      line: LINE,
      oldestSequence: 0,
      block: blockOf(0, number, Math.max(0, end - 6), end),
    };
    manager.take(100 + number, window, timeSeconds);
  }
}

describe('roles in the heap of a device', () => {
  it('a local manager collects for days, and gives a page away cell by cell', () => {
    const wire = new Wire();
    const medium = new RamMedium(32_768);
    let manager = createManager(wire, medium);
    enlistAll(manager);
    for (let hour = 1; hour <= 50; hour += 1) {
      wire.waiting.length = 0;
      sendWindows(manager, hour, start + hour * HOUR);
      manager.wake(start + hour * HOUR);
      if (hour === 25) manager = createManager(wire, medium);
    }
    const now = start + 51 * HOUR;
    manager.take(
      CONCENTRATOR_ADDRESS,
      { kind: MessageKind.reportRequest, freeze: true, timeSeconds: 0 },
      now,
    );
    const page = wire.last;
    assert.isTrue(page?.kind === MessageKind.page && page.cells === METERS);
    if (page?.kind !== MessageKind.page) return;
    const { counter } = page;
    wire.waiting.length = 0;
    manager.take(CONCENTRATOR_ADDRESS, { kind: MessageKind.cellRequest, counter, first: 0, count: 8 }, now);
    assert.equal(wire.waiting.length, METERS);
  });

  it('a concentrator takes reports over for days, and pushes them to the server', () => {
    const field = new Wire();
    const uplink = new Wire();
    const manager = createManager(field, new RamMedium(32_768));
    enlistAll(manager);
    const { reports, notices, roster, events } = openConcentratorChip(new RamMedium(32_768), {
      storeId: [3, 1],
      reportBytes: 600,
    });
    roster.put(0, { address: MANAGER, reportHours: 1, silent: false });
    const clock = new DeviceClock({ step: () => {}, slew: () => {} }, true);
    const network = field.of(CONCENTRATOR_ADDRESS);
    const random = () => 7;
    const concentrator = new Concentrator(
      { reports, notices, roster, events, network, server: uplink.of(7), clock, random },
      { answerSeconds: 20, serverAddress: 1, partBytes: 200, partsPerSecond: 8 },
      start,
    );
    let acknowledged = 0;
    for (let hour = 1; hour <= 50; hour += 1) {
      const now = start + hour * HOUR;
      sendWindows(manager, hour, now);
      for (let second = 0; second < 30; second += 1) {
        concentrator.wake(now + second);
        for (let next = field.waiting.shift(); next !== undefined; next = field.waiting.shift()) {
          if (next.source === MANAGER) concentrator.take(MANAGER, next.message, [], now + second);
          else manager.take(CONCENTRATOR_ADDRESS, next.message, now + second);
        }
        for (let next = uplink.waiting.shift(); next !== undefined; next = uplink.waiting.shift()) {
          const { message } = next;
          if (message.kind !== MessageKind.reportPart) continue;
          if (message.offset + message.bytes.length < message.totalBytes) continue;
          acknowledged += 1;
          const kind = MessageKind.reportAcknowledgement;
          concentrator.takeFromServer({ ...message, kind }, now + second);
        }
      }
    }
    assert.equal(concentrator.transfer.counters.pages, 50);
    assert.equal(acknowledged, 50);
    assert.equal(reports.unacknowledged, 0);
  });
});
