import { assert } from 'chai';
import { FORMAT_VERSION } from '../../lib/limfs/areas/superblock.js';
import { createBatch, createReading, mountMeterStore } from '../../lib/limfs/index.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import { sameRow } from './examine.js';
import { imageOf, readGolden } from './golden.js';

describe('Golden images', () => {
  for (let version = 1; version <= FORMAT_VERSION; version += 1) {
    it(`of format version ${version} are read, every field of every reading`, () => {
      const { golden, image } = readGolden(version);
      const store = mountMeterStore(new RamMedium(image));
      const batch = createBatch(1000);
      let at = 0;
      for (let next = store.oldestSequence; store.read(next, batch) > 0; ) {
        for (let row = 0; row < batch.count; row += 1, at += 1) {
          const wanted = golden.readings[at]!;
          assert.equal((batch.firstSequence + row) >>> 0, wanted.sequence);
          assert.isTrue(sameRow(batch, row, wanted), JSON.stringify(wanted));
        }
        next = (batch.firstSequence + batch.count) >>> 0;
      }
      assert.equal(at, golden.readings.length);
      assert.isAbove(at, 50);
      assert.equal(store.lastCheckpointSeconds(), golden.checkpointSeconds);
      assert.deepEqual([...store.storeId], [...golden.storeId]);
      assert.deepEqual(store.findings, []);
      const reading = createReading();
      assert.isTrue(store.find(golden.readings.at(-1)!.timeSeconds, reading));
      assert.equal(reading.sequence, golden.readings.at(-1)!.sequence);
    });
  }

  it(`of format version ${FORMAT_VERSION} are what today's code writes for the same script`, () => {
    const { golden, image } = readGolden(FORMAT_VERSION);
    const today = imageOf(golden);
    const differs = today.findIndex((byte, address) => byte !== image[address]);
    assert.equal(differs, -1, 'the bytes on the medium have changed: raise FORMAT_VERSION');
    assert.equal(today.length, image.length);
  });
});
