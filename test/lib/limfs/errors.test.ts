import { assert } from 'chai';
import { SUPERBLOCK_ADDRESSES } from '../../../lib/limfs/areas/layout.js';
import { markFormatting, Role, writeSuperblock } from '../../../lib/limfs/areas/superblock.js';
import { foldDown, seed, stored } from '../../../lib/limfs/checksum.js';
import { errorCodes, LimfsError, type MeterStore, mountMeterStore } from '../../../lib/limfs/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { channelList, format, formattedMedium, openPages, START_SECONDS } from './meter/stores.js';

/** Codes that other parts of the library throw; their tests are elsewhere. */
const elsewhere = [
  'medium-rule',
  'record-range',
  'packet',
  'needs-idle',
  'ring-full',
  'meter-unknown',
  'meter-known',
  'meters-full',
  'page-gone',
];

/** A medium that fails after so many more writes. */
class WornMedium extends RamMedium {
  writesLeft = Number.POSITIVE_INFINITY;

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    if (this.writesLeft === 0) throw new LimfsError('medium-failed', 'no acknowledge');
    this.writesLeft -= 1;
    super.write(address, from, offset, length);
  }
}

function wornStore() {
  const medium = new WornMedium(1032 + 8 * 76);
  format(medium);
  const store = mountMeterStore(medium);
  store.append(START_SECONDS, [1]);
  medium.writesLeft = 0;
  return { medium, store };
}

const provocations: Readonly<Record<string, () => unknown>> = {
  blank: () => mountMeterStore(new RamMedium(4096)),
  formatting: () => {
    const medium = new RamMedium(4096);
    markFormatting(medium);
    mountMeterStore(medium);
  },
  foreign: () => mountMeterStore(new RamMedium(Uint8Array.from({ length: 4096 }, (_, index) => index))),
  damaged: () => {
    const medium = formattedMedium();
    for (const address of SUPERBLOCK_ADDRESSES) medium.image[address + 9]! ^= 1;
    mountMeterStore(medium);
  },
  version: () => {
    const medium = formattedMedium();
    medium.image[6] = 200;
    const words = new Uint16Array(medium.image.buffer, 0, 14);
    words[0] = stored(foldDown(seed(1, 0), words, 14, 1));
    mountMeterStore(medium);
  },
  role: () => {
    const medium = new RamMedium(4096);
    const geometry = { pageBytes: 64, pages: 8, tableAddress: 1032, dataAddress: 0 };
    writeSuperblock(medium, { role: Role.paperMeter, storeId: [1, 2], geometry, firstSequence: 0 });
    mountMeterStore(medium);
  },
  'parameter-range': () => format(new RamMedium(4096), { pageBytes: 35 }),
  'value-range': () => mountMeterStore(formattedMedium()).append(START_SECONDS, [0.5]),
  'reading-range': () => mountMeterStore(formattedMedium()).append(-1, [0]),
  'medium-failed': () => wornStore().store.append(START_SECONDS + 3600, [2]),
  'medium-range': () => {
    const { image } = formattedMedium();
    mountMeterStore(new RamMedium(image.slice(0, 1040))).append(START_SECONDS, [1]);
  },
  'needs-mount': () => {
    const { medium, store } = wornStore();
    try {
      store.append(START_SECONDS + 3600, [2]);
    } catch {
      medium.writesLeft = 100;
    }
    store.append(START_SECONDS + 3600, [2]);
  },
  'channel-lists-full': () => {
    const medium = formattedMedium();
    const store = mountMeterStore(medium);
    for (let revision = 0; revision < 5; revision += 1) {
      store.reviseChannels(channelList(1, revision));
      store.append(START_SECONDS + revision * 3600, [revision]);
    }
  },
};

describe('Errors', () => {
  for (const [code, provoke] of Object.entries(provocations)) {
    it(`of code ${code} are thrown, with a message that says more`, () => {
      try {
        provoke();
      } catch (error) {
        if (!(error instanceof LimfsError)) throw error;
        assert.equal(error.code, code);
        assert.equal(error.name, 'LimfsError');
        assert.isAtLeast(error.message.length, 12);
        return;
      }
      assert.fail('nothing was thrown');
    });
  }

  it('have no code that no test provokes', () => {
    assert.deepEqual(
      errorCodes.filter((code) => !(code in provocations) && !elsewhere.includes(code)),
      [],
    );
  });
});

describe('A store whose medium failed', () => {
  it('refuses every call that needs the medium, changes nothing, and works after a mount', () => {
    const { medium, store } = wornStore();
    assert.throws(() => store.append(START_SECONDS + 3600, [2]), LimfsError);
    medium.writesLeft = 1000;
    const image = medium.image.slice();
    const calls = [
      () => store.append(START_SECONDS + 3600, [2]),
      () => store.appendHole(START_SECONDS + 3600, 1),
      () => store.checkpoint(START_SECONDS),
      () => store.setInterval(60),
      () => store.reviseChannels(channelList(1, 7)),
    ];
    for (const call of calls) {
      assert.throws(call, LimfsError, /mount/);
    }
    assert.deepEqual(medium.image, image);
    const mounted = mountMeterStore(medium);
    assert.equal(mounted.append(START_SECONDS + 3600, [2]), 1);
  });

  it('refuses the next reading whatever the failed one was', () => {
    const failing = [
      (store: MeterStore) => store.append(START_SECONDS + 3600, [2]),
      (store: MeterStore) => store.append(START_SECONDS + 5000, [2], 7),
      (store: MeterStore) => store.append(START_SECONDS - 5000, [2]),
      (store: MeterStore) => store.appendHole(START_SECONDS + 3600, 1),
    ];
    for (const call of failing) {
      const { medium, store } = wornStore();
      assert.throws(() => call(store), LimfsError, /acknowledge/);
      medium.writesLeft = 1000;
      for (const again of failing) assert.throws(() => again(store), LimfsError, /mount/);
    }
  });

  it('fails in small records as in readings', () => {
    const calls = [
      (store: MeterStore) => store.checkpoint(START_SECONDS),
      (store: MeterStore) => store.setInterval(60),
      (store: MeterStore) => store.reviseChannels(channelList(1, 7)),
    ];
    for (const call of calls) {
      const { medium, store } = wornStore();
      assert.throws(() => call(store), LimfsError, /acknowledge/);
      medium.writesLeft = 1000;
      assert.throws(() => store.append(START_SECONDS + 3600, [2]), LimfsError, /mount/);
    }
  });
});

describe('reviseChannels()', () => {
  it('takes a fifth list as soon as no page names the first any more', () => {
    const medium = formattedMedium();
    let store = mountMeterStore(medium);
    let count = openPages(medium, store, 1);
    for (let revision = 1; revision < 4; revision += 1) {
      store.reviseChannels(channelList(1, revision));
      count = openPages(medium, store, 2, count);
    }
    assert.throws(() => store.reviseChannels(channelList(1, 4)), LimfsError, /oldest/);
    assert.equal(store.append(START_SECONDS + count * 3600, [1]), count, 'the refusal did no harm');
    store = mountMeterStore(medium);
    count = openPages(medium, store, 8, count + 1);
    store.reviseChannels(channelList(2, 4));
    store.append(START_SECONDS + count * 3600, [1, 2]);
    store = mountMeterStore(medium);
    assert.deepEqual(store.channels(), channelList(2, 4));
    assert.equal(store.channelCount, 2);
    assert.deepEqual(store.findings, []);
  });

  it('goes round its sixteen revisions', () => {
    const medium = formattedMedium({ channels: 2, pageBytes: 72 });
    let store = mountMeterStore(medium);
    let time = START_SECONDS;
    for (let revision = 1; revision < 40; revision += 1) {
      store.reviseChannels(channelList(2, revision));
      for (let index = 0; index < 250; index += 1) {
        time += 3600;
        store.append(time, [index * 1000, (index * 7919) % 1000]);
      }
      store = mountMeterStore(medium);
      assert.deepEqual(store.channels(), channelList(2, revision));
      assert.deepEqual(store.findings, []);
    }
  });

  it('does nothing for the list that already holds', () => {
    const medium = formattedMedium();
    const store = mountMeterStore(medium);
    store.append(START_SECONDS, [1]);
    const image = medium.image.slice();
    store.reviseChannels(channelList(1));
    assert.deepEqual(medium.image, image);
  });
});
