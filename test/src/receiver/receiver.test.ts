import { assert } from 'chai';
import { type Batch, createBatch, type StoreId } from '../../../lib/limfs/index.js';
import { BlockPacker } from '../../../lib/limfs/window/packedBlock.js';
import { MemoryBook } from '../../../simulator/ledger/memoryBook.js';
import { PacketReader } from '../../../src/link/cursor.js';
import { OutgoingPacket, openPacket, PacketKind } from '../../../src/link/packet.js';
import { Receiver } from '../../../src/receiver/receiver.js';

const storeId: StoreId = [1, 2];
const address = 9;
const answerSeconds = 30;
const silenceSeconds = 10_000;

function batchOf(first: number, end: number, offset = 0): Batch {
  const batch = createBatch(100);
  batch.firstSequence = first;
  for (let sequence = first; sequence < end; sequence++) {
    batch.times[batch.count] = sequence * 3600;
    batch.statuses[batch.count] = 0;
    batch.valids[batch.count] = 1;
    batch.values[batch.count] = sequence * 10 + offset;
    batch.count++;
  }
  return batch;
}

function pack({ writer, room }: OutgoingPacket, batch: Batch): void {
  writer.position += new BlockPacker().pack(batch, 0, 3600, writer.bytes, writer.position, room);
}

interface Sent {
  readonly oldest?: number;
  readonly next?: number;
  readonly offset?: number;
  readonly store?: StoreId;
  readonly from?: number;
}

function windowOf(first: number, end: number, sent: Sent = {}): Uint8Array {
  const packet = new OutgoingPacket();
  packet.start(PacketKind.window, sent.from ?? address);
  packet.storeState(sent.store ?? storeId, sent.oldest ?? 0, sent.next ?? end);
  pack(packet, batchOf(first, end, sent.offset));
  return packet.bytes.slice(0, packet.finish());
}

function backfillOf(asked: number, first: number, end: number, sent: Sent = {}): Uint8Array {
  const packet = new OutgoingPacket();
  packet.start(PacketKind.backfill, address);
  packet.storeState(storeId, sent.oldest ?? 0, sent.next ?? end);
  packet.writer.u32(asked);
  pack(packet, batchOf(first, end));
  return packet.bytes.slice(0, packet.finish());
}

function setUp() {
  const book = new MemoryBook();
  const receiver = new Receiver(book, { answerSeconds, silenceSeconds });
  receiver.add(0, address, storeId, 0);
  const take = (packet: Uint8Array, timeSeconds = 100) =>
    receiver.receive(timeSeconds, packet, packet.length);
  return { book, receiver, take };
}

/** The sequence that the receiver's packet asks for. */
function askedFor(receiver: Receiver, length: number): number {
  const reader = new PacketReader();
  assert.isTrue(openPacket(reader, receiver.packet, length));
  assert.equal(reader.u8(), PacketKind.backfillRequest);
  assert.equal(reader.u16(), receiver.packetAddress);
  assert.deepEqual([reader.u32(), reader.u32()], [...storeId]);
  return reader.u32();
}

describe('receiver', () => {
  it('books each reading once and says how it came', () => {
    const { book, receiver, take } = setUp();
    take(windowOf(0, 1));
    take(windowOf(0, 3));
    take(windowOf(0, 3));
    const routes = [...book.of(storeId).entries.values()].map(({ route }) => route);
    assert.deepEqual(routes, ['direct', 'window', 'direct']);
    assert.equal(receiver.missing, 0);
  });

  it('asks for what no window can bring any more, and stops when it has it', () => {
    const { book, receiver, take } = setUp();
    take(windowOf(0, 2));
    const length = take(windowOf(7, 10));
    assert.equal(receiver.missing, 5);
    assert.equal(askedFor(receiver, length), 2);
    const more = take(backfillOf(2, 2, 5, { next: 10 }));
    assert.equal(askedFor(receiver, more), 5);
    assert.equal(take(backfillOf(5, 5, 7, { next: 10 })), 0);
    assert.equal(receiver.missing, 0);
    assert.equal(book.of(storeId).entries.get(4)!.route, 'backfill');
  });

  it('asks again when no answer comes, then leaves the meter alone for a while', () => {
    const { receiver, take } = setUp();
    assert.isAbove(take(windowOf(5, 6), 100), 0);
    const asked: number[] = [100];
    for (let count = 0; count < 4; count++) {
      const timeSeconds = receiver.wakeSeconds;
      asked.push(timeSeconds);
      assert.isAbove(receiver.wake(timeSeconds), 0);
      assert.equal(receiver.wake(timeSeconds), 0);
    }
    assert.deepEqual(asked, [100, 130, 160, 160 + silenceSeconds, 190 + silenceSeconds]);
  });

  it('asks a meter that is silent, even if it was never heard', () => {
    const { receiver } = setUp();
    assert.equal(receiver.wake(silenceSeconds - 1), 0);
    assert.equal(receiver.wakeSeconds, silenceSeconds);
    assert.equal(askedFor(receiver, receiver.wake(silenceSeconds)), 0);
  });

  it('reports as lost what the meter has overwritten', () => {
    const { book, receiver, take } = setUp();
    take(windowOf(0, 2));
    take(windowOf(60, 61, { oldest: 40 }));
    const { losses } = book.of(storeId);
    assert.deepEqual(
      [losses.size, losses.get(2), losses.get(39)],
      [38, 'overwritten at meter', 'overwritten at meter'],
    );
    assert.equal(receiver.missing, 20);
  });

  it('reports as lost what the meter cannot read any more', () => {
    const { book, receiver, take } = setUp();
    take(windowOf(0, 2));
    take(windowOf(20, 21));
    take(backfillOf(2, 9, 20, { next: 21 }));
    const { losses } = book.of(storeId);
    assert.deepEqual(
      [losses.size, losses.get(2), losses.get(8)],
      [7, 'damaged at meter', 'damaged at meter'],
    );
    assert.equal(receiver.missing, 0);
  });

  it('does not call lost what an answer to an older question leaves out', () => {
    const { book, receiver, take } = setUp();
    take(windowOf(0, 2));
    take(windowOf(20, 21));
    take(backfillOf(12, 12, 20, { next: 21 }));
    assert.equal(book.of(storeId).losses.size, 0);
    assert.equal(receiver.missing, 10);
  });

  it('takes back a loss when the reading comes all the same', () => {
    const { book, take } = setUp();
    const late = windowOf(0, 3);
    take(windowOf(60, 61, { oldest: 40 }));
    assert.isTrue(book.of(storeId).losses.has(2));
    take(late);
    assert.isFalse(book.of(storeId).losses.has(2));
    assert.isTrue(book.of(storeId).entries.has(2));
  });

  it('keeps both contents of a reading that comes with two', () => {
    const { book, receiver, take } = setUp();
    take(windowOf(0, 1));
    take(windowOf(0, 1, { offset: 5 }));
    assert.equal(receiver.counts.conflicts, 1);
    assert.equal(book.of(storeId).entries.get(0)!.value, 0);
    assert.equal(book.of(storeId).conflicts.get(0)!.value, 5);
  });

  it('starts a new history when the meter has another store', () => {
    const { book, receiver, take } = setUp();
    const other: StoreId = [3, 4];
    take(windowOf(0, 5));
    take(windowOf(0, 2, { store: other }));
    assert.equal(book.of(storeId).entries.size, 5);
    assert.equal(book.of(other).entries.size, 2);
    assert.equal(receiver.missing, 0);
  });

  it('drops and counts packets that are damaged, foreign, or claim what cannot be', () => {
    const { book, receiver, take } = setUp();
    const damaged = windowOf(0, 1);
    damaged[20]! ^= 1;
    assert.equal(take(damaged), 0);
    assert.equal(take(windowOf(5, 9, { next: 7 })), 0);
    assert.equal(take(windowOf(5, 9, { oldest: 6 })), 0);
    assert.equal(receiver.counts.damaged, 3);
    assert.equal(take(windowOf(0, 1, { from: 77 })), 0);
    assert.equal(receiver.counts.foreign, 1);
    assert.equal(book.of(storeId).entries.size, 0);
  });

  it('goes on over the wrap of the sequence', () => {
    const book = new MemoryBook();
    const receiver = new Receiver(book, { answerSeconds, silenceSeconds });
    receiver.add(0, address, storeId, 0xffff_fffe);
    const batch = batchOf(0, 4);
    batch.firstSequence = 0xffff_fffe;
    const packet = new OutgoingPacket();
    packet.start(PacketKind.window, address);
    packet.storeState(storeId, 0xffff_fffe, 2);
    pack(packet, batch);
    assert.equal(receiver.receive(1, packet.bytes, packet.finish()), 0);
    assert.deepEqual([...book.of(storeId).entries.keys()], [0xffff_fffe, 0xffff_ffff, 0, 1]);
    assert.equal(receiver.missing, 0);
  });
});
