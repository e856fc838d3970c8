import { assert } from 'chai';
import { FORMAT_VERSION } from '../../lib/limfs/areas/superblock.js';
import { asJson, goldenStores, readGoldenStore, SealedMedium } from './goldenStores.js';

describe('Golden images of all roles', () => {
  for (const { name, eraseBytes, image, contents } of goldenStores) {
    for (let version = 1; version <= FORMAT_VERSION; version += 1) {
      it(`${name}, format version ${version}: hold what they held, and nothing is written to find it`, () => {
        const golden = readGoldenStore(name, version);
        assert.deepEqual(asJson(contents(new SealedMedium(golden.image, eraseBytes))), golden.contents);
      });
    }

    it(`${name}, format version ${FORMAT_VERSION}: are what today's code writes`, () => {
      const golden = readGoldenStore(name, FORMAT_VERSION).image;
      const today = image();
      const differs = today.findIndex((byte, address) => byte !== golden[address]);
      assert.equal(differs, -1, 'the bytes on the medium have changed: raise FORMAT_VERSION');
      assert.equal(today.length, golden.length);
    });
  }

  it('hold something', () => {
    const contents = new Map(goldenStores.map(({ name }) => [name, readGoldenStore(name, 1).contents]));
    const lengths = (name: string, field: string) =>
      (contents.get(name) as Record<string, readonly unknown[]>)[field]!.length;
    assert.deepEqual(contents.get('pulse'), { count: 2 ** 40 + 5 + 28 });
    assert.isAtLeast(lengths('concentrator', 'reports'), 3);
    assert.isAtLeast(lengths('events', 'events'), 12);
    assert.isAtLeast(lengths('norMeter', 'readings'), 150);
    assert.equal(lengths('manager', 'meters'), 3);
    const windows = contents.get('paper') as { readonly windows: readonly unknown[][] };
    assert.isAtLeast(windows.windows.filter(([, first]) => first !== null).length, 12);
    for (const name of ['manager', 'concentrator', 'events', 'paper', 'norMeter']) {
      assert.equal(lengths(name, 'findings'), 0, name);
    }
  });
});
