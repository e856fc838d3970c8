import { assert } from 'chai';
import {
  createBatch,
  createReading,
  LimfsError,
  type MeterFormat,
  type MeterStore,
  Status,
} from '../../../lib/limfs/index.js';
import { BlockUnpacker } from '../../../lib/limfs/window/packedBlock.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { PacketReader } from '../../../src/link/cursor.js';
import {
  MAXIMUM_PACKET_READINGS,
  OutgoingPacket,
  openPacket,
  PacketKind,
  readStoreState,
} from '../../../src/link/packet.js';
import { Meter } from '../../../src/meter/meter.js';
import { openMeterStore } from '../../../src/meter/openStore.js';

const hour = 3600;
const noon = 1_736_164_800;
const format: MeterFormat = {
  storeId: [0x0badcafe, 0x12345678],
  channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
  intervalSeconds: hour,
};

/** A meter on a medium that survives it; `registers` gives its values in turn, undefined where the register fails. */
function startMeter(medium: RamMedium, timeSeconds: number, registers: (number | undefined)[] = []) {
  const { store, firstStart } = openMeterStore(medium, format);
  const register = {
    read: (_time: number, values: number[]) => {
      const value = registers.length > 0 ? registers.shift() : 1000;
      if (value === undefined) return false;
      values[0] = value;
      return true;
    },
  };
  const options = { address: 5, firstStart, windowReadings: 24, checkpointSeconds: 900 };
  const meter = new Meter(store, register, options);
  meter.start(timeSeconds);
  return { meter, store };
}

/** Wakes the meter whenever it wants up to a time; returns the packets it sent. */
function runUntil(meter: Meter, timeSeconds: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  while (meter.wakeSeconds <= timeSeconds) {
    const length = meter.wake(meter.wakeSeconds);
    if (length > 0) packets.push(meter.packet.slice(0, length));
  }
  return packets;
}

function contentOf(packet: Uint8Array) {
  const reader = new PacketReader();
  assert.isTrue(openPacket(reader, packet, packet.length));
  const kind = reader.u8();
  const address = reader.u16();
  const state = readStoreState(reader);
  if (kind === PacketKind.backfill) reader.u32();
  const batch = createBatch(MAXIMUM_PACKET_READINGS);
  if (reader.left > 0) new BlockUnpacker().unpack(packet, reader.position, reader.left, batch);
  return { kind, address, state, batch, times: batch.times.slice(0, batch.count) };
}

function storedReadings(store: MeterStore) {
  const readings: { time: number; status: number; value: number | undefined }[] = [];
  const batch = createBatch(1000);
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    for (let row = 0; row < batch.count; row++) {
      const value = batch.valids[row] === 1 ? batch.values[row] : undefined;
      readings.push({ time: batch.times[row]!, status: batch.statuses[row]!, value });
    }
    next = batch.firstSequence + batch.count;
  }
  return readings;
}

function request(address: number, sequence: number, storeId = format.storeId): Uint8Array {
  const packet = new OutgoingPacket();
  packet.start(PacketKind.backfillRequest, address);
  packet.writer.u32(storeId[0]);
  packet.writer.u32(storeId[1]);
  packet.writer.u32(sequence);
  return packet.bytes.slice(0, packet.finish());
}

describe('meter', () => {
  it('takes a reading at each whole interval and sends it with those before it', () => {
    const { meter } = startMeter(new RamMedium(8192), noon + 100, [10, 20, 30]);
    const packets = runUntil(meter, noon + 3 * hour);
    assert.equal(packets.length, 3);
    const { kind, address, state, batch, times } = contentOf(packets[2]!);
    assert.equal(kind, PacketKind.window);
    assert.equal(address, 5);
    assert.deepEqual(state, { storeId: format.storeId, oldestSequence: 0, nextSequence: 3 });
    assert.deepEqual(times, [noon + hour, noon + 2 * hour, noon + 3 * hour]);
    assert.deepEqual(batch.values.slice(0, 3), [10, 20, 30]);
  });

  it('has stored a reading before it sends it', () => {
    const { meter, store } = startMeter(new RamMedium(8192), noon, [10]);
    const newest = createReading();
    assert.isAbove(meter.wake(noon), 0);
    assert.isTrue(store.newest(newest));
    assert.equal(newest.values[0], 10);
  });

  it('keeps to the newest readings when a window does not fit a packet', () => {
    const registers = Array.from({ length: 60 }, (_, index) => index ** 9);
    const { meter } = startMeter(new RamMedium(16384), noon, registers);
    const packets = runUntil(meter, noon + 59 * hour);
    const { times } = contentOf(packets[59]!);
    assert.equal(times.at(-1), noon + 59 * hour);
    assert.isBelow(times.length, 24);
    assert.isAbove(times.length, 5);
  });

  it('stores a hole when the register fails', () => {
    const { meter, store } = startMeter(new RamMedium(8192), noon, [10, undefined, 30]);
    runUntil(meter, noon + 2 * hour);
    assert.deepEqual(storedReadings(store), [
      { time: noon, status: 0, value: 10 },
      { time: noon + hour, status: Status.readingError, value: undefined },
      { time: noon + 2 * hour, status: 0, value: 30 },
    ]);
  });

  it('notes after a power-up from when to when it was off', () => {
    const medium = new RamMedium(8192);
    runUntil(startMeter(medium, noon, [10]).meter, noon);
    const { meter, store } = startMeter(medium, noon + 5 * hour + 7, [60]);
    runUntil(meter, noon + 6 * hour);
    assert.deepEqual(storedReadings(store), [
      { time: noon, status: 0, value: 10 },
      { time: noon + hour, status: Status.powerFailed, value: undefined },
      { time: noon + 5 * hour, status: Status.powerFailed, value: undefined },
      { time: noon + 6 * hour, status: Status.powerFailed, value: 60 },
    ]);
  });

  it('notes nothing when it was off between two readings, but marks the next one', () => {
    const medium = new RamMedium(8192);
    runUntil(startMeter(medium, noon, [10]).meter, noon);
    const { meter, store } = startMeter(medium, noon + 100, [20, 30]);
    runUntil(meter, noon + 2 * hour);
    assert.deepEqual(
      storedReadings(store).map(({ status, value }) => [status, value]),
      [
        [0, 10],
        [Status.powerFailed, 20],
        [0, 30],
      ],
    );
  });

  it('counts what it missed from its commissioning on, even if it has never stored a reading', () => {
    const medium = new RamMedium(8192);
    startMeter(medium, noon + 10);
    const { store } = startMeter(medium, noon + 2 * hour + 10);
    assert.deepEqual(
      storedReadings(store).map(({ time }) => time),
      [noon + hour, noon + 2 * hour],
    );
  });

  it('answers a request from its store, across pages', () => {
    const { meter, store } = startMeter(new RamMedium(65536), noon);
    runUntil(meter, noon + 499 * hour);
    const collected: number[] = [];
    for (let requests = 0; collected.length < store.nextSequence; requests++) {
      assert.isBelow(requests, 100);
      const packet = request(5, collected.length);
      const length = meter.receive(packet, packet.length);
      const { batch, kind } = contentOf(meter.packet.slice(0, length));
      assert.equal(kind, PacketKind.backfill);
      assert.equal(batch.firstSequence, collected.length);
      collected.push(...batch.times.slice(0, batch.count));
    }
    assert.deepEqual(
      collected,
      collected.map((_, index) => noon + index * hour),
    );
  });

  it('answers with no readings when it has no newer ones', () => {
    const { meter } = startMeter(new RamMedium(8192), noon);
    const packet = request(5, 0);
    const length = meter.receive(packet, packet.length);
    const { batch, state } = contentOf(meter.packet.slice(0, length));
    assert.equal(batch.count, 0);
    assert.equal(state.nextSequence, 0);
  });

  it('does not answer what is damaged, for another meter, or for another store', () => {
    const { meter } = startMeter(new RamMedium(8192), noon);
    const damaged = request(5, 0);
    damaged[8]! ^= 4;
    for (const packet of [damaged, request(6, 0), request(5, 0, [1, 2]), new Uint8Array(0)]) {
      assert.equal(meter.receive(packet, packet.length), 0);
    }
  });
});

describe('openMeterStore', () => {
  it('formats a blank chip once', () => {
    const medium = new RamMedium(8192);
    assert.isTrue(openMeterStore(medium, format).firstStart);
    assert.isFalse(openMeterStore(medium, format).firstStart);
  });

  it('formats neither a foreign nor a damaged chip', () => {
    const foreign = new RamMedium(8192);
    foreign.image[100] = 1;
    const damaged = new RamMedium(8192);
    openMeterStore(damaged, format);
    damaged.image.fill(0, 10, 14);
    damaged.image.fill(0, 38, 42);
    for (const [medium, code] of [
      [foreign, 'foreign'],
      [damaged, 'damaged'],
    ] as const) {
      const before = medium.image.slice();
      try {
        openMeterStore(medium, format);
        assert.fail('opened');
      } catch (error) {
        assert.instanceOf(error, LimfsError);
        assert.equal((error as LimfsError).code, code);
      }
      assert.deepEqual(medium.image, before);
    }
  });
});
