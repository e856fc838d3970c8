import { assert } from 'chai';
import { CLOCK_ADDRESS, CLOCK_BYTES, ENTRY_BYTES, PVT_ADDRESS } from '../../../../lib/limfs/areas/layout.js';
import { createReading, type MeterStore, mountMeterStore } from '../../../../lib/limfs/index.js';
import type { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import {
  appendRegular,
  codesOf,
  formattedMedium,
  openPages,
  pageOf,
  readAll,
  registerAt,
  START_SECONDS,
  tableOf,
} from './stores.js';

/** A mounted store of eight pages with `pages` of them opened, the last just now; and the number of its readings. */
function storeOf(pages: number): { medium: RamMedium; store: MeterStore; count: number } {
  const medium = formattedMedium();
  const count = openPages(medium, mountMeterStore(medium), pages);
  return { medium, store: mountMeterStore(medium), count };
}

/** Readings that are there must be the ones that were stored. */
function assertGenuine(store: MeterStore): number {
  const readings = readAll(store);
  for (const { sequence, timeSeconds, values } of readings) {
    assert.equal(timeSeconds, START_SECONDS + sequence * 3600);
    assert.deepEqual(values, [registerAt(sequence)]);
  }
  return readings.length;
}

function firstSequenceOf(medium: RamMedium, slot: number): number {
  const table = tableOf(medium);
  return new DataView(table.buffer, table.byteOffset).getUint32(slot * ENTRY_BYTES + 6, true);
}

function entryOf(medium: RamMedium, slot: number): Uint8Array {
  return tableOf(medium).subarray(slot * ENTRY_BYTES, (slot + 1) * ENTRY_BYTES);
}

describe('A damaged meter store', () => {
  it('reports a sealed page that does not check, and loses no other', () => {
    const { medium, count } = storeOf(5);
    const lost = firstSequenceOf(medium, 3) - firstSequenceOf(medium, 2);
    pageOf(medium, 2)[30]! ^= 0x10;
    const store = mountMeterStore(medium);
    assert.deepEqual(store.findings, []);
    assert.equal(assertGenuine(store), count - lost);
    assert.deepEqual(store.findings, [{ code: 'page-damaged', slot: 2 }]);
  });

  it('rebuilds a damaged entry from its neighbour and its page', () => {
    const { medium, count } = storeOf(5);
    for (const byte of [0, 2, 6, 10]) {
      entryOf(medium, 2)[byte]! ^= 0x04;
      const store = mountMeterStore(medium);
      assert.equal(assertGenuine(store), count, `byte ${byte}`);
      assert.deepEqual(codesOf(store), ['entry-rebuilt']);
      entryOf(medium, 2)[byte]! ^= 0x04;
    }
  });

  it('loses the page of an entry that cannot be rebuilt, and no other', () => {
    const { medium, count } = storeOf(5);
    const lost = firstSequenceOf(medium, 3) - firstSequenceOf(medium, 2);
    entryOf(medium, 2)[6]! ^= 0x04;
    pageOf(medium, 2)[30]! ^= 0x10;
    const store = mountMeterStore(medium);
    assert.equal(assertGenuine(store), count - lost);
    assert.deepEqual(codesOf(store), ['entry-damaged']);
  });

  it('never uses the sequences of a page again whose newest entry is damaged, checkpoint or not', () => {
    for (const withCheckpoint of [false, true]) {
      const { medium, count } = storeOf(3);
      entryOf(medium, 2)[3]! ^= 1;
      let store = mountMeterStore(medium);
      assert.sameMembers(codesOf(store), ['table-scanned', 'head-entry-damaged']);
      assert.equal(assertGenuine(store), count - 1, 'the pages before are there');
      assert.isAtLeast(store.nextSequence, count);
      if (withCheckpoint) store.checkpoint(START_SECONDS);
      store = mountMeterStore(medium);
      assert.sameMembers(codesOf(store), ['table-scanned', 'head-entry-damaged']);
      assert.equal(assertGenuine(store), count - 1, 'and stay there');
      const next = store.append(START_SECONDS + 10_000 * 3600, [1]);
      assert.isAtLeast(next, count);
      store = mountMeterStore(medium);
      assert.equal(store.nextSequence, next + 1);
      assert.deepEqual(store.findings, []);
    }
  });

  it('gives the newest reading its own sequence although sequences have jumped', () => {
    const { medium, count } = storeOf(3);
    entryOf(medium, 2)[3]! ^= 1;
    const reading = createReading();
    assert.isTrue(mountMeterStore(medium).newest(reading));
    assert.equal(reading.sequence, count - 2);
    assert.deepEqual(reading.values.slice(0, 1), [registerAt(count - 2)]);
  });

  it('repairs the lap of the newest entry', () => {
    const { medium, count } = storeOf(3);
    entryOf(medium, 2)[ENTRY_BYTES - 1]! ^= 0x08;
    const store = mountMeterStore(medium);
    assert.deepEqual(store.findings, [
      { code: 'table-scanned', slot: -1 },
      { code: 'lap-repaired', slot: 2 },
    ]);
    assert.equal(assertGenuine(store), count);
    assert.equal(store.nextSequence, count);
  });

  it('keeps the oldest page when its lap has rotted, and jumps no sequence', () => {
    for (let bit = 1; bit < 0x100; bit <<= 1) {
      const { medium, store: before, count } = storeOf(11);
      const kept = readAll(before).length;
      const oldestSlot = 3;
      entryOf(medium, oldestSlot)[ENTRY_BYTES - 1]! ^= bit;
      const store = mountMeterStore(medium);
      assert.equal(store.nextSequence, count);
      assert.equal(assertGenuine(store), kept);
      assert.deepEqual(store.findings, [
        { code: 'table-scanned', slot: -1 },
        { code: 'lap-repaired', slot: oldestSlot },
      ]);
      appendRegular(store, count, count + 500);
      assert.deepEqual(mountMeterStore(medium).findings, []);
    }
  });

  it('keeps a page whose lap was half-written at first and stays so until it is the oldest', () => {
    const medium = formattedMedium();
    let count = openPages(medium, mountMeterStore(medium), 1);
    entryOf(medium, 0)[ENTRY_BYTES - 1] = 0x02;
    let store = mountMeterStore(medium);
    assert.sameMembers(codesOf(store), ['table-scanned', 'lap-repaired']);
    count = openPages(medium, store, 4, count);
    assert.equal(assertGenuine(store), count);
    store = mountMeterStore(medium);
    assert.equal(assertGenuine(store), count);
    // The same in the middle of the ring, until a lap later and without a mount in between.
    entryOf(medium, 2)[ENTRY_BYTES - 1] = 0x02;
    count = openPages(medium, store, 5, count);
    assert.equal(store.oldestSequence, firstSequenceOf(medium, 2));
    assert.equal(assertGenuine(store), count - firstSequenceOf(medium, 2));
  });

  it('keeps what comes before the place where the open page stops making sense, and jumps', () => {
    const { medium, store, count } = storeOf(3);
    let torn = 0;
    for (let index = count; index < count + 12; index += 1) {
      const before = medium.image.slice();
      store.append(START_SECONDS + index * 3600, [registerAt(index)]);
      const after = medium.image.slice();
      // The byte that commits is the highest that the append has changed.
      const commit = after.findLastIndex((byte, address) => byte !== before[address]);
      const changing = after[commit]! ^ before[commit]!;
      // In a brown-out each bit that is to change has changed or not.
      for (let changed = changing; changed > 0; changed = (changed - 1) & changing) {
        medium.image[commit] = before[commit]! ^ changed;
        const mounted = mountMeterStore(medium);
        if (codesOf(mounted).includes('open-page-torn')) {
          torn += 1;
          assertTornPageGoesOn(medium, mounted, index);
        } else assert.deepEqual(mounted.findings, []);
        medium.image.set(after);
      }
    }
    assert.isAbove(torn, 0);
  });

  it('finds damage in the open page that lies before the checkpoint', () => {
    const { medium, store, count } = storeOf(3);
    appendRegular(store, count, count + 20);
    store.checkpoint(START_SECONDS);
    const page = pageOf(medium, 2);
    // The stream of the page: bits that belong to readings which the checkpoint covers.
    const used = page.findIndex((byte) => byte !== 0) + 1;
    let found = 0;
    for (let index = used; index < page.length; index += 1) {
      for (let bit = 1; bit < 0x100; bit <<= 1) {
        page[index]! ^= bit;
        const damaged = mountMeterStore(medium);
        assert.deepEqual(codesOf(damaged), ['open-page-damaged'], `byte ${index} bit ${bit}`);
        assert.isAtLeast(damaged.nextSequence, count + 20);
        assert.equal(assertGenuine(damaged), count - 1);
        page[index]! ^= bit;
        found += 1;
      }
    }
    assert.isAtLeast(found, 200);
  });

  it('keeps an open page lost that was found damaged, even if a checkpoint follows', () => {
    const { medium, store, count } = storeOf(3);
    appendRegular(store, count, count + 20);
    store.checkpoint(START_SECONDS);
    pageOf(medium, 2)[60]! ^= 1;
    mountMeterStore(medium).checkpoint(START_SECONDS);
    const again = mountMeterStore(medium);
    assert.deepEqual(codesOf(again), ['open-page-damaged']);
    assert.isAtLeast(again.append(START_SECONDS + 9_999_999, [5]), count + 20);
    const last = mountMeterStore(medium);
    assert.equal(readAll(last).length, count);
    assert.deepEqual(codesOf(last), ['page-damaged']);
  });

  it('goes on with its own channels and interval when the head of the open page is damaged', () => {
    const { medium, store: before, count } = storeOf(3);
    before.checkpoint(START_SECONDS);
    const image = medium.image.slice();
    // The head begins at the top: revision, channels, interval, status, time mode, parameter, value.
    for (let bit = 0; bit < 36; bit += 1) {
      medium.image.set(image);
      pageOf(medium, 2)[63 - (bit >> 3)]! ^= 0x80 >> (bit & 7);
      const store = mountMeterStore(medium);
      assert.deepEqual(codesOf(store), ['open-page-damaged'], `bit ${bit}`);
      assert.deepEqual([store.channelCount, store.intervalSeconds], [1, 3600], `bit ${bit}`);
      assert.isAtLeast(store.append(START_SECONDS + count * 3600, [registerAt(count)]), count);
      assert.equal(readAll(mountMeterStore(medium)).at(-1)?.values.length, 1);
    }
  });

  it('takes a damaged checkpoint for none', () => {
    const { medium, store, count } = storeOf(2);
    store.checkpoint(START_SECONDS);
    medium.image.fill(0x55, CLOCK_ADDRESS, CLOCK_ADDRESS + 2 * CLOCK_BYTES);
    const mounted = mountMeterStore(medium);
    assert.equal(mounted.lastCheckpointSeconds(), 0);
    assert.equal(assertGenuine(mounted), count);
  });

  it('never takes a page for another, even if the clock stands still', () => {
    const medium = formattedMedium();
    const store = mountMeterStore(medium);
    for (let index = 0; index < 90; index += 1) store.append(START_SECONDS, [registerAt(index)]);
    const kept = readAll(store).length;
    const lost = firstSequenceOf(medium, 3) - firstSequenceOf(medium, 2);
    pageOf(medium, 2).set(pageOf(medium, 1));
    const mounted = mountMeterStore(medium);
    const readings = readAll(mounted);
    assert.equal(readings.length, kept - lost);
    for (const { sequence, values } of readings) assert.deepEqual(values, [registerAt(sequence)]);
    assert.deepEqual(codesOf(mounted), ['page-damaged']);
  });

  it('never believes in an entry that was made invalid, though the rest of it is as it was', () => {
    const { medium, count } = storeOf(11);
    // The newest page is in slot 2; its lap has rotted, so that the whole table is looked at.
    const oldest = firstSequenceOf(medium, 4);
    entryOf(medium, 3)[ENTRY_BYTES - 1] = 0;
    pageOf(medium, 3).fill(0, 30);
    entryOf(medium, 2)[ENTRY_BYTES - 1]! ^= 0x08;
    const store = mountMeterStore(medium);
    assert.equal(store.oldestSequence, oldest);
    assert.equal(assertGenuine(store), count - oldest);
    assert.sameMembers(codesOf(store), ['table-scanned', 'lap-repaired']);
  });

  it('gives no page of another place or lap a say', () => {
    const { medium, count } = storeOf(5);
    const lost = firstSequenceOf(medium, 3) - firstSequenceOf(medium, 2);
    pageOf(medium, 2).set(pageOf(medium, 1));
    const store = mountMeterStore(medium);
    assert.equal(assertGenuine(store), count - lost);
    assert.deepEqual(codesOf(store), ['page-damaged']);
  });

  it('gives no entry of another store or place a say', () => {
    const other = formattedMedium({ storeId: [3, 4] });
    openPages(other, mountMeterStore(other), 12);
    const { medium, count } = storeOf(3);
    // The table of a stranger behind the own entries, of the same lap as a brown-out or a copying tool may leave.
    const table = tableOf(medium);
    table.set(tableOf(other).subarray(3 * ENTRY_BYTES), 3 * ENTRY_BYTES);
    const mounted = mountMeterStore(medium);
    assert.equal(assertGenuine(mounted), count);
    table.set(table.subarray(0, ENTRY_BYTES), 3 * ENTRY_BYTES);
    assert.equal(assertGenuine(mountMeterStore(medium)), count);
    assert.equal(
      medium.image[PVT_ADDRESS + 4 * ENTRY_BYTES - 1],
      medium.image[PVT_ADDRESS + ENTRY_BYTES - 1],
    );
  });
});

/** Everything before the torn reading is there, in use too, and the next reading starts a page behind a jump. */
function assertTornPageGoesOn(medium: RamMedium, mounted: MeterStore, acknowledged: number): void {
  const readings = readAll(mounted).filter(({ sequence }) => sequence < acknowledged);
  assert.equal(readings.length, acknowledged);
  for (const { sequence, timeSeconds, values, status } of readings) {
    assert.deepEqual(
      [timeSeconds, status, values],
      [START_SECONDS + sequence * 3600, 0, [registerAt(sequence)]],
    );
  }
  const reading = createReading();
  assert.isTrue(mounted.find(START_SECONDS + (acknowledged - 1) * 3600, reading));
  assert.equal(reading.sequence, acknowledged - 1);
  assert.deepEqual(reading.values.slice(0, 1), [registerAt(acknowledged - 1)]);
  assert.isTrue(mounted.newest(reading));
  assert.isAtLeast(reading.sequence, acknowledged - 1);
  mounted.checkpoint(START_SECONDS);
  assert.include(codesOf(mountMeterStore(medium)), 'open-page-torn');
  const next = mounted.append(START_SECONDS + 100_000 * 3600, [5]);
  assert.isAbove(next, acknowledged + 100);
  const later = mountMeterStore(medium);
  const kept = readAll(later);
  assert.deepEqual(later.findings, []);
  assert.equal(kept.filter(({ sequence }) => sequence < acknowledged).length, acknowledged);
  assert.equal(kept.at(-1)?.sequence, next);
}
