import { assert } from 'chai';
import { KEPT_LINES, LINES_BYTES, LineRecord } from '../../../../lib/limfs/lines/index.js';
import { PowerCut } from '../../../../simulator/chips/powerCut.js';
import { CutMedium } from '../../../src/cutMedium.js';

const ADDRESS = 24;
const storeId = [7, 9] as const;

function open(medium: CutMedium): LineRecord {
  return new LineRecord(medium, ADDRESS, storeId);
}

function namesOf(medium: CutMedium): number[] {
  const { names, count } = open(medium).list;
  return names.slice(0, count);
}

function blank(): CutMedium {
  return new CutMedium(ADDRESS + LINES_BYTES);
}

describe('record of lines', () => {
  it('keeps the newest sixteen over restarts, and never the name 0', () => {
    const medium = blank();
    assert.deepEqual(namesOf(medium), []);
    for (let start = 0; start < KEPT_LINES + 3; start += 1) open(medium).begin(start, 10 * start);
    const { list } = open(medium);
    assert.equal(list.count, KEPT_LINES);
    assert.deepEqual(list.names.slice(0, 2), [3, 4]);
    assert.deepEqual(list.firsts.slice(0, 2), [30, 40]);
    const other = blank();
    open(other).begin(0, 5);
    assert.deepEqual(namesOf(other), [1]);
  });

  it('has the lines before or those behind when the power fails at any byte', () => {
    const whole = blank();
    open(whole).begin(11, 0);
    open(whole).begin(12, 5);
    let cuts = 0;
    for (let bytes = 0; ; bytes += 1) {
      const medium = new CutMedium(whole.image.slice());
      const record = open(medium);
      medium.bytesLeft = bytes;
      try {
        record.begin(13, 9);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        assert.includeDeepMembers(
          [
            [11, 12],
            [11, 12, 13],
          ],
          [namesOf(medium.revive())],
          `${bytes} bytes`,
        );
        cuts += 1;
        continue;
      }
      assert.deepEqual(namesOf(medium), [11, 12, 13]);
      break;
    }
    assert.isAbove(cuts, 10);
  });

  it('takes nothing from a chip of another meter, and nothing from one whose copies are damaged', () => {
    const medium = blank();
    open(medium).begin(11, 0);
    assert.equal(new LineRecord(medium, ADDRESS, [7, 10]).list.count, 0);
    medium.image.fill(0x5a, ADDRESS);
    assert.deepEqual(namesOf(medium), []);
    open(medium).begin(12, 3);
    assert.deepEqual(namesOf(medium), [12]);
  });
});
