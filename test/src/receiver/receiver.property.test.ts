import { assert } from 'chai';
import fc from 'fast-check';
import type { StoreId } from '../../../lib/limfs/index.js';
import { MemoryBook } from '../../../simulator/ledger/memoryBook.js';
import { OutgoingPacket } from '../../../src/link/packet.js';
import { Receiver } from '../../../src/receiver/receiver.js';

const storeId: StoreId = [5, 6];

describe('receiver, given packets that pass their check but hold anything', () => {
  it('books only sequences that the packet says the store has, and goes on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.nat(300),
        fc.uint8Array({ maxLength: 105 }),
        (kind, oldest, count, body) => {
          const book = new MemoryBook();
          const receiver = new Receiver(book, { answerSeconds: 30, silenceSeconds: 1000 });
          receiver.add(0, 1, storeId, oldest);
          const packet = new OutgoingPacket();
          packet.start(kind, 1);
          packet.storeState(storeId, oldest, (oldest + count) >>> 0);
          for (const byte of body.subarray(0, packet.room)) packet.writer.u8(byte);
          receiver.receive(10, packet.bytes, packet.finish());
          for (const sequence of book.of(storeId).entries.keys()) {
            assert.isBelow((sequence - oldest) >>> 0, count);
          }
          assert.isAtMost(receiver.missing, count);
          assert.isAbove(receiver.wakeSeconds, 10);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
