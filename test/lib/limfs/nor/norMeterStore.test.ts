import { assert } from 'chai';
import { createBatch, createReading, LimfsError } from '../../../../lib/limfs/index.js';
import { formatNorMeterStore, mountNorMeterStore } from '../../../../lib/limfs/nor/mount.js';
import type { NorMeterStore } from '../../../../lib/limfs/nor/norMeterStore.js';
import { NorFlashChip } from '../../../../simulator/chips/norFlashChip.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { channelList } from '../../../proof/geometry.js';
import { appendRegular, NorRig, registerAt, START_SECONDS, settle } from './norRig.js';

const reading = createReading();

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof LimfsError) return error.code;
    throw error;
  }
  return 'none';
}

function assertHolds(store: NorMeterStore, from: number, to: number): void {
  const batch = createBatch(50);
  let next = from;
  while (next < to) {
    assert.isAbove(store.read(next, batch), 0, `reading ${next}`);
    assert.equal(batch.firstSequence, next);
    for (let row = 0; row < batch.count; row += 1, next += 1) {
      assert.equal(batch.times[row], START_SECONDS + next * 3600);
      assert.equal(batch.values[row], registerAt(next));
    }
  }
}

describe('A meter store on NOR flash', () => {
  for (const unitBytes of [1, 2, 4, 8, 16, 32]) {
    it(`keeps its readings for laps with write units of ${unitBytes} bytes, none programmed twice`, () => {
      const rig = new NorRig({ unitBytes, sectorBytes: 2048, sectors: 10 });
      const store = rig.mount();
      appendRegular(store, 0, 9000);
      assert.isAbove(store.oldestSequence, 2000, 'the ring went round');
      assert.isAbove(store.count, 1000);
      assertHolds(store, store.oldestSequence, 9000);
      const mounted = rig.mount();
      assert.equal(mounted.nextSequence, 9000);
      assert.equal(mounted.oldestSequence, store.oldestSequence);
      assertHolds(mounted, mounted.oldestSequence, 9000);
      assert.deepEqual(mounted.findings, []);
      assert.isTrue(mounted.find(START_SECONDS + 8000 * 3600 + 1800, reading));
      assert.equal(reading.sequence, 8000);
    });
  }

  it('never erases inside append(), and programs at most four frames there', () => {
    const rig = new NorRig({ unitBytes: 16 });
    const store = rig.mount();
    settle(store);
    let largest = 0;
    for (let index = 0; index < 1000; index += 1) {
      const { commands } = rig.record(() => store.append(START_SECONDS + index * 3600, [registerAt(index)]));
      assert.isFalse(commands.some((command) => 'sector' in command));
      largest = Math.max(largest, commands.length);
      settle(store);
    }
    assert.isAtMost(largest, 4);
  });

  it('takes a whole sector of readings without any idle time, and then says so and stores nothing', () => {
    const rig = new NorRig({ sectorBytes: 2048 });
    const store = rig.mount();
    appendRegular(store, 0, 3000);
    const recordsInSector = Math.floor((2048 - 44) / 16);
    let index = 3000;
    const append = () => store.append(START_SECONDS + index * 3600, [registerAt(index)]);
    while (codeOf(append) === 'none') index += 1;
    assert.isAtLeast(index - 3000, recordsInSector);
    assert.equal(codeOf(append), 'needs-idle');
    assert.equal(store.nextSequence, index);
    settle(store);
    append();
    assertHolds(store, store.oldestSequence, index + 1);
    assert.deepEqual(rig.mount().findings, []);
  });

  it('does at most one erasure or one page in a call of idle()', () => {
    const rig = new NorRig();
    const store = rig.mount();
    for (let index = 0; index < 1500; index += 1) {
      store.append(START_SECONDS + index * 3600, [registerAt(index)]);
      for (let more = true; more; ) {
        const { commands } = rig.record(() => {
          more = store.idle();
        });
        assert.isAtMost(commands.filter((command) => 'sector' in command).length, 1);
        assert.isAtMost(commands.length, 4);
        if (!more) assert.equal(commands.length, 0);
      }
    }
  });

  it('wears its sectors evenly: within one lap of each other', () => {
    const rig = new NorRig({ sectors: 14, sectorBytes: 2048 });
    const store = rig.mount();
    settle(store);
    appendRegular(store, 0, 40_000);
    const counts = [...rig.chip.eraseCounts].slice(2);
    const readingsInRing = store.count;
    const erasuresInLap = (counts.reduce((sum, count) => sum + count, 0) / 40_000 / 12) * readingsInRing;
    assert.isAbove(Math.min(...counts), 20);
    assert.isAtMost(Math.max(...counts) - Math.min(...counts), 1.5 * erasuresInLap + 4);
  });

  it('mounts without writing, also when there is work left', () => {
    const rig = new NorRig();
    const store = rig.mount();
    for (let index = 0; index < 100; index += 1)
      store.append(START_SECONDS + index * 3600, [registerAt(index)]);
    const before = rig.chip.steps;
    const mounted = rig.mount();
    assert.equal(rig.chip.steps, before);
    assertHolds(mounted, 0, 100);
  });

  it('keeps an interval and a channel list, and starts a run with them', () => {
    const rig = new NorRig();
    const store = rig.mount();
    store.append(1000, [1]);
    store.setInterval(60);
    settle(store);
    assert.equal(rig.mount().intervalSeconds, 60);
    store.append(1060, [2]);
    store.reviseChannels(channelList(2, 7));
    store.append(1120, [3, 4]);
    settle(store);
    const mounted = rig.mount();
    assert.equal(mounted.intervalSeconds, 60);
    assert.deepEqual(mounted.channels(), channelList(2, 7));
    assert.equal(mounted.channelCount, 2);
    assert.isTrue(mounted.newest(reading));
    assert.deepEqual([reading.run, reading.values[0], reading.values[1]], [2, 3, 4]);
    const runs: number[] = [];
    mounted.range(0, 5000, ({ run }) => runs.push(run));
    assert.deepEqual(runs, [0, 1, 2]);
  });

  it('keeps holes, states, and the largest and smallest values', () => {
    const rig = new NorRig({ channels: 3, sectorBytes: 2048 });
    const store = rig.mount();
    const rows = [
      [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0],
      [-1, 1, -(2 ** 32)],
      [2 ** 32, 2 ** 31, -(2 ** 31)],
    ];
    rows.forEach((values, index) => {
      store.append(1000 + index * 3600, values, 129);
    });
    store.appendHole(1000 + 3 * 3600, 5);
    for (const each of [store, rig.mount()]) {
      rows.forEach((values, index) => {
        assert.isTrue(each.find(1000 + index * 3600, reading));
        assert.deepEqual(reading.values.slice(0, 3), values);
        assert.equal(reading.status, 129);
      });
      assert.isTrue(each.newest(reading));
      assert.deepEqual([reading.valid, reading.status], [false, 5]);
    }
  });

  it('keeps the time of the last checkpoint over many turns of the log', () => {
    const rig = new NorRig();
    const store = rig.mount();
    for (let minute = 1; minute <= 500; minute += 1) {
      store.checkpoint(minute * 60);
      settle(store);
      if (minute % 50 === 0) assert.equal(rig.mount().lastCheckpointSeconds(), minute * 60);
    }
    assert.deepEqual(rig.mount().channels(), channelList(1));
  });

  it('refuses what it cannot store, and stores nothing', () => {
    const store = new NorRig().mount();
    assert.equal(
      codeOf(() => store.append(1000, [0.5])),
      'value-range',
    );
    assert.equal(
      codeOf(() => store.append(-1, [1])),
      'reading-range',
    );
    assert.equal(
      codeOf(() => store.setInterval(0)),
      'parameter-range',
    );
    assert.equal(
      codeOf(() => store.reviseChannels([])),
      'parameter-range',
    );
    assert.equal(store.nextSequence, 0);
    assert.equal(store.append(1000, [1]), 0);
  });

  it('refuses everything after a write that failed, until it is mounted again', () => {
    const rig = new NorRig();
    const store = rig.mount();
    store.append(1000, [1]);
    rig.chip.failTransfers(1);
    assert.equal(
      codeOf(() => store.append(4600, [2])),
      'medium-failed',
    );
    assert.equal(
      codeOf(() => store.append(4600, [2])),
      'needs-mount',
    );
    assert.equal(
      codeOf(() => store.idle()),
      'needs-mount',
    );
    const mounted = rig.mount();
    assert.equal(mounted.append(4600, [2]), 1);
  });
});

describe('A NOR flash', () => {
  it('is told apart: blank, foreign, of other write units, ours', () => {
    const rig = new NorRig();
    settle(rig.mount());
    const blank = new NorFlashChip({ sizeBytes: rig.chip.sizeBytes, sectorBytes: 1024 });
    const mountOf = (image: Uint8Array, writeBytes = 1) => {
      const medium = Object.assign(new RamMedium(image.slice()), { eraseBytes: 1024, writeBytes });
      return codeOf(() => mountNorMeterStore(medium));
    };
    assert.equal(mountOf(blank.image), 'blank');
    assert.equal(mountOf(rig.chip.image), 'none');
    assert.equal(mountOf(rig.chip.image, 4), 'parameter-range');
    const damaged = rig.chip.image.slice();
    for (const address of [70, 134]) damaged[address]! ^= 4;
    assert.equal(mountOf(damaged), 'damaged');
    blank.image[5000] = 0;
    assert.equal(mountOf(blank.image), 'foreign');
  });

  it('is refused by format() when it is too small or no flash', () => {
    const { format } = new NorRig();
    assert.equal(
      codeOf(() => formatNorMeterStore(new RamMedium(65_536), format)),
      'parameter-range',
    );
    const small = Object.assign(new RamMedium(7 * 1024), { eraseBytes: 1024 });
    assert.equal(
      codeOf(() => formatNorMeterStore(small, format)),
      'parameter-range',
    );
  });

  it('can be formatted again, whatever lies on it', () => {
    const rig = new NorRig();
    appendRegular(rig.mount(), 0, 500);
    formatNorMeterStore(rig.medium(), { ...rig.format, storeId: [9, 9] });
    const store = rig.mount();
    assert.equal(store.count, 0);
    appendRegular(store, 0, 2000);
    assertHolds(store, store.oldestSequence, 2000);
    formatNorMeterStore(rig.medium(), { ...rig.format, storeId: [9, 9] });
    assert.equal(rig.mount().count, 0, 'also under the same id');
    assert.deepEqual(rig.mount().findings, []);
  });
});

describe('Damage on NOR flash', () => {
  it('of a PVT entry is repaired with the copy in front of its page', () => {
    const { rig, store } = filled();
    const entries = entriesOf(rig);
    for (const address of entries.slice(2, 6)) rig.chip.image[address + 5]! ^= 8;
    const mounted = rig.mount();
    assertHolds(mounted, store.oldestSequence, store.nextSequence);
    assert.isTrue(mounted.findings.every(({ code }) => code === 'entry-rebuilt'));
    assert.isNotEmpty(mounted.findings);
  });

  it('of a page costs this page, and is reported', () => {
    const { rig, store } = filled();
    const batch = createBatch(200);
    const oldest = store.oldestSequence;
    store.read(oldest, batch);
    const inPage = batch.count;
    const [first] = entriesOf(rig);
    const page = first! + 3 * 16;
    for (let byte = 0; byte < 40; byte += 1) rig.chip.image[page + 200 + byte]! ^= 0x11;
    const mounted = rig.mount();
    mounted.read(oldest, batch);
    assert.equal(batch.firstSequence, oldest + inPage);
    assert.include(
      mounted.findings.map(({ code }) => code),
      'page-damaged',
    );
    assertHolds(mounted, oldest + inPage, mounted.nextSequence);
  });

  it('of a journal record costs this reading, and is reported', () => {
    const rig = new NorRig();
    const store = rig.mount();
    for (let index = 0; index < 30; index += 1)
      store.append(START_SECONDS + index * 3600, [registerAt(index)]);
    const { commands } = rig.record(() => store.append(START_SECONDS + 30 * 3600, [registerAt(30)]));
    const [command] = commands;
    assert.isTrue(command !== undefined && 'address' in command);
    const address = command !== undefined && 'address' in command ? command.address : 0;
    rig.chip.image[address - 10 * 16 + 3]! ^= 2;
    const mounted = rig.mount();
    assert.equal(mounted.nextSequence, 31);
    settle(mounted);
    assertHolds(mounted, 0, 20);
    assertHolds(mounted, 21, 31);
    assert.deepEqual(
      mounted.findings.map(({ code, slot }) => [code, slot]),
      [['record-damaged', 20]],
    );
  });

  it('of one copy of a sector header or of the superblock costs nothing', () => {
    const { rig, store } = filled();
    for (let sector = 0; sector < 10; sector += 1) {
      const at = sector < 2 ? 128 : 4;
      rig.chip.image[sector * 1024 + at + 3]! ^= 0x10;
    }
    const mounted = rig.mount();
    assert.equal(mounted.nextSequence, store.nextSequence);
    assertHolds(mounted, store.oldestSequence, store.nextSequence);
  });

  function filled(): { rig: NorRig; store: NorMeterStore } {
    const rig = new NorRig();
    const store = rig.mount();
    appendRegular(store, 0, 3000);
    return { rig, store };
  }

  /** Addresses of all PVT entries, in the order of their sequences. */
  function entriesOf(rig: NorRig): number[] {
    const found: { address: number; sequence: number }[] = [];
    const { image } = rig.chip;
    for (let sector = 2; sector < 10; sector += 1) {
      if (image[sector * 1024 + 4] !== 0) continue;
      for (let place = 0; place < 3; place += 1) {
        const address = sector * 1024 + 44 + place * 16;
        const sequence = image[address + 8]! | (image[address + 9]! << 8);
        if (image[address] !== 0xff) found.push({ address, sequence });
      }
    }
    found.sort((a, b) => a.sequence - b.sequence);
    return found.map(({ address }) => address);
  }
});
