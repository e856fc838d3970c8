import { assert } from 'chai';
import { createBatch, formatMeterStore, mountMeterStore } from '../../../lib/limfs/index.js';
import { BlockUnpacker } from '../../../lib/limfs/window/packedBlock.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { Blocks } from '../../../src/meter/blocks.js';

const hour = 3600;
const start = 472_222 * hour;

/** Thirty hourly readings of eight registers of energy. */
function blocks(): Blocks {
  const medium = new RamMedium(65_536);
  const channels = Array.from({ length: 8 }, (_, channel) => ({
    obis: `1.0.${channel + 1}.8.0.255`,
    unit: 30,
    scale: 0,
  }));
  formatMeterStore(medium, { storeId: [1, 2], channels, intervalSeconds: hour });
  const store = mountMeterStore(medium);
  for (let index = 0; index < 30; index += 1) {
    const values = channels.map((_, channel) => 80_000_000 + 1000 * channel + 17 * index);
    store.append(start + index * hour, values);
  }
  return new Blocks(store);
}

/** A network whose packets, so many together, have room for blocks of these sizes. */
function network(...rooms: number[]) {
  const asked: number[] = [];
  return {
    asked,
    send: () => {},
    largestBlockBytes: (_destination: number, least = 0) => {
      asked.push(least);
      return rooms.find((room) => room >= least) ?? 0;
    },
  };
}

function sequencesIn(block: Uint8Array): number[] {
  const batch = createBatch(64, 8);
  if (block.length === 0) return [];
  new BlockUnpacker().unpack(block, 0, block.length, batch);
  return Array.from({ length: batch.count }, (_, row) => batch.firstSequence + row);
}

describe('blocks', () => {
  it('fill what one packet has room for, and end with the newest reading', () => {
    const one = network(90, 128);
    const sequences = sequencesIn(blocks().newest(24, one, 1));
    assert.isAbove(sequences.length, 3);
    assert.equal(sequences.at(-1), 29);
    assert.deepEqual(one.asked, [1]);
  });

  it('take the fewest packets that hold a reading of many channels', () => {
    for (const rooms of [
      [24, 35, 62, 87],
      [62, 87],
    ]) {
      const small = network(...rooms);
      assert.deepEqual(sequencesIn(blocks().newest(24, small, 1)).at(-1), 29);
      assert.equal(small.asked.at(-1), rooms[0] === 24 ? 36 : 1);
      const [first] = sequencesIn(blocks().from(7, 10, network(...rooms), 1));
      assert.equal(first, 7);
    }
  });

  it('are empty where no number of packets holds one', () => {
    assert.deepEqual(sequencesIn(blocks().newest(24, network(24, 30), 1)), []);
    const stuck = { send: () => {}, largestBlockBytes: () => 30 };
    assert.deepEqual(sequencesIn(blocks().from(0, 9, stuck, 1)), []);
  });
});
