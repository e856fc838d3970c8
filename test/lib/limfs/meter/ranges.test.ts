import { assert } from 'chai';
import { LimfsError, type MeterStore, mountMeterStore } from '../../../../lib/limfs/index.js';
import { formattedMedium, readAll, START_SECONDS } from './stores.js';

const LATEST = 0xffff_ffff;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** The code of the error that `work` throws; '' when it throws none. */
function codeOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    if (error instanceof LimfsError) return error.code;
    throw error;
  }
}

function mountedStore(intervalSeconds = 3600): MeterStore {
  return mountMeterStore(formattedMedium({ intervalSeconds, pageBytes: 128 }));
}

describe('append()', () => {
  it('takes the largest values, and refuses what is no integer within them, wherever it comes in a page', () => {
    const wrong = [LARGEST + 1, -LARGEST - 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY];
    for (const sign of [1, -1]) {
      const store = mountedStore();
      for (let index = 0; index < 300; index += 1) {
        const value = sign * (LARGEST - 300 + index);
        for (const bad of [...wrong, sign * (LARGEST + 1)]) {
          assert.equal(
            codeOf(() => store.append(START_SECONDS + index * 3600, [bad])),
            'value-range',
          );
        }
        store.append(START_SECONDS + index * 3600, [value]);
      }
      const readings = readAll(store);
      for (const { sequence, values } of readings)
        assert.deepEqual(values, [sign * (LARGEST - 300 + sequence)]);
      assert.isAbove(readings.length, 100);
    }
  });

  it('refuses a value that leaves the range by a plain step', () => {
    const store = mountedStore();
    store.append(START_SECONDS, [LARGEST - 2]);
    store.append(START_SECONDS + 3600, [LARGEST - 1]);
    store.append(START_SECONDS + 7200, [LARGEST]);
    assert.equal(
      codeOf(() => store.append(START_SECONDS + 10_800, [LARGEST + 1])),
      'value-range',
    );
    assert.equal(store.nextSequence, 3);
  });

  it('takes times up to the end of 32 bits and none behind, by plain steps too', () => {
    for (const intervalSeconds of [1, 3600, 131_071]) {
      const store = mountedStore(intervalSeconds);
      const start = LATEST - 40 * intervalSeconds;
      for (let index = 0; index <= 40; index += 1) store.append(start + index * intervalSeconds, [index]);
      assert.equal(
        codeOf(() => store.append(LATEST + intervalSeconds, [41])),
        'reading-range',
      );
      assert.equal(
        codeOf(() => store.append(LATEST + 1, [41])),
        'reading-range',
      );
      assert.deepEqual(
        readAll(store).map(({ timeSeconds }) => timeSeconds),
        Array.from({ length: 41 }, (_, index) => start + index * intervalSeconds),
      );
    }
  });

  it('refuses times and statuses that are none, and stores nothing then', () => {
    const store = mountedStore();
    for (let index = 0; index < 3; index += 1) {
      for (const time of [-1, 0.5, Number.NaN, LATEST + 1]) {
        assert.equal(
          codeOf(() => store.append(time, [1])),
          'reading-range',
        );
        assert.equal(
          codeOf(() => store.appendHole(time, 1)),
          'reading-range',
        );
      }
      for (const status of [-1, 256, 0.5, Number.NaN]) {
        assert.equal(
          codeOf(() => store.append(START_SECONDS, [1], status)),
          'reading-range',
        );
        assert.equal(
          codeOf(() => store.appendHole(START_SECONDS, status)),
          'reading-range',
        );
      }
      assert.equal(store.append(START_SECONDS + index * 3600, [index]), index);
    }
  });

  it('refuses too few values', () => {
    const store = mountMeterStore(formattedMedium({ channels: 3, pageBytes: 128 }));
    assert.equal(
      codeOf(() => store.append(START_SECONDS, [1, 2])),
      'value-range',
    );
    store.append(START_SECONDS, [1, 2, 3]);
    assert.equal(
      codeOf(() => store.append(START_SECONDS + 3600, [1, 2])),
      'value-range',
    );
  });

  it('stores 0, 2^32 - 1 and everything between as time, and every status', () => {
    const store = mountMeterStore(formattedMedium({ pageBytes: 1024 }));
    for (const time of [0, 1, 0x7fff_ffff, 0x8000_0000, LATEST]) store.append(time, [5]);
    for (let status = 0; status < 256; status += 1) store.append(LATEST, [status], status);
    const readings = readAll(store);
    assert.deepEqual(
      readings.slice(0, 5).map(({ timeSeconds }) => timeSeconds),
      [0, 1, 0x7fff_ffff, 0x8000_0000, LATEST],
    );
    assert.deepEqual(
      readings.slice(5).map(({ status }) => status),
      Array.from({ length: 256 }, (_, status) => status),
    );
  });
});
