import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import * as layout from '../../lib/limfs/areas/layout.js';
import { FORMAT_VERSION } from '../../lib/limfs/areas/superblock.js';
import { COMMON_INTERVALS, MAXIMUM_K, MEAN_HIGH, MEAN_LOW, MEAN_START } from '../../lib/limfs/meter/code.js';

const text = readFileSync(new URL('../../lib/limfs/FORMAT.md', import.meta.url), 'utf8');

/** Rows of the table of areas: name, address, bytes. */
function map(): Map<string, { address: number; bytes: number }> {
  const table = text.slice(text.indexOf('\n| name | address |')).split('\n\n')[0]!.slice(1);
  const rows = table.split('\n').slice(2);
  return new Map(
    rows.map((row) => {
      const [, name, address, bytes] = row.split('|').map((cell) => cell.trim());
      return [name!, { address: Number(address), bytes: Number(bytes) }];
    }),
  );
}

describe('FORMAT.md', () => {
  it('gives the addresses and sizes that the sources have', () => {
    const sources = {
      SUPERBLOCK: { address: layout.SUPERBLOCK_ADDRESSES[0], bytes: layout.SUPERBLOCK_BYTES },
      SUPERBLOCK_2: { address: layout.SUPERBLOCK_ADDRESSES[1], bytes: layout.SUPERBLOCK_BYTES },
      CLOCK: { address: layout.CLOCK_ADDRESS, bytes: layout.CLOCK_BYTES },
      INSTALL: { address: layout.INSTALL_ADDRESS, bytes: layout.INSTALL_BYTES },
      ENVIRONMENT: { address: layout.ENVIRONMENT_ADDRESS, bytes: layout.ENVIRONMENT_BYTES },
      CONFIGURATION: { address: layout.CONFIGURATION_ADDRESS, bytes: layout.CONFIGURATION_BYTES },
      PVT: { address: layout.PVT_ADDRESS, bytes: layout.ENTRY_BYTES },
    };
    assert.deepEqual(Object.fromEntries(map()), sources);
  });

  it('has areas that do not overlap', () => {
    const areas = [...map().values()];
    areas.forEach(({ address, bytes }, index) => {
      const next = areas[index + 1];
      const copies = index < 2 ? 1 : 2;
      if (next !== undefined) assert.isAtMost(address + copies * bytes, next.address);
    });
  });

  it('names the version, the intervals and the numbers of the predictor', () => {
    assert.include(text, `Format version **${FORMAT_VERSION}**`);
    assert.include(text, `0..14 = ${COMMON_INTERVALS.join(' ')} seconds`);
    assert.include(text, `mean = ${MEAN_START} * 2^k`);
    assert.include(
      text,
      `mean > ${MEAN_HIGH} * 2^k (at most ${MAXIMUM_K}), k - 1 if mean < ${MEAN_LOW} * 2^k`,
    );
  });
});
