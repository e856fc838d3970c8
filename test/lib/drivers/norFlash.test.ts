import { assert } from 'chai';
import type { FlashStorage } from '../../../lib/drivers/io.js';
import { NorFlash } from '../../../lib/drivers/norFlash.js';
import { flashStorageOn } from '../../../simulator/chips/flashStorage.js';
import { FlashRuleError, NorFlashChip } from '../../../simulator/chips/norFlashChip.js';
import {
  describeMediumContract,
  describePowerCutContract,
  describeTransferFaultContract,
  pattern,
  readAll,
} from '../limfs/medium/mediumContract.js';

const sizeBytes = 0x8000;

function createOnChip(unitBytes = 1) {
  const chip = new NorFlashChip({ sizeBytes, unitBytes });
  const medium = new NorFlash({ memory: { io: flashStorageOn(chip), path: 'limfs' } });
  return { chip, medium };
}

for (const unitBytes of [1, 4, 16]) {
  const name = `NOR flash with write units of ${unitBytes}`;
  const open = () => {
    const { chip, medium } = createOnChip(unitBytes);
    return {
      medium,
      edges: [256, 4096],
      powerCutAfter: (count: number) => chip.powerCutAfterSteps(count),
      powerOn: () => chip.powerOn(),
      failTransfers: (times: number) => chip.failTransfers(times),
    };
  };
  describeMediumContract(name, open);
  describePowerCutContract(name, open);
  describeTransferFaultContract(name, open);
}

describe('NOR flash driver', () => {
  it('takes size, sector and write unit from the partition', () => {
    const { medium } = createOnChip(8);
    assert.equal(medium.sizeBytes, sizeBytes);
    assert.equal(medium.eraseBytes, 4096);
    assert.equal(medium.writeBytes, 8);
  });

  it('says which partition is missing', () => {
    const io = flashStorageOn(new NorFlashChip({ sizeBytes }));
    assert.throws(() => new NorFlash({ memory: { io, path: 'other' } }), /no flash partition other/);
  });

  it('lets a broken rule of the chip pass: it is no fault of the medium', () => {
    const { medium } = createOnChip();
    medium.write(0, Uint8Array.of(0), 0, 1);
    assert.throws(() => medium.write(0, Uint8Array.of(1), 0, 1), FlashRuleError);
  });

  it('makes no new view in steady state', () => {
    const views = new Set<Uint8Array>();
    const chip = new NorFlashChip({ sizeBytes });
    const medium = new NorFlash({ memory: { io: recording(flashStorageOn(chip), views), path: 'limfs' } });
    const record = pattern(32, 1);
    const page = new Uint8Array(256);
    for (let round = 0; round < 50; round++) {
      medium.write(round * 32, record, 0, 20);
      medium.read(round * 32, page, 8, 20);
      medium.read(4096, page, 0, 256);
    }
    assert.equal(views.size, 3);
    assert.deepEqual(readAll(medium, 49 * 32, 20), record.slice(0, 20));
  });
});

function recording(storage: FlashStorage, views: Set<Uint8Array>): FlashStorage {
  return {
    open: (options) => {
      const partition = storage.open(options);
      return {
        ...partition,
        read: (into, offset) => partition.read(views.add(into) && into, offset),
        write: (bytes, offset) => partition.write(views.add(bytes) && bytes, offset),
      };
    },
  };
}
