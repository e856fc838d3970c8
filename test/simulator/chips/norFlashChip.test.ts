import { assert } from 'chai';
import { flashStorageOn } from '../../../simulator/chips/flashStorage.js';
import {
  FlashRuleError,
  NorFlashChip,
  type NorFlashChipOptions,
} from '../../../simulator/chips/norFlashChip.js';
import { PowerCut } from '../../../simulator/chips/powerCut.js';
import { createRandom } from '../../../simulator/random/random.js';
import { assertBytes } from '../../lib/limfs/medium/mediumContract.js';

const sectorBytes = 4096;

function createChip(options: Partial<NorFlashChipOptions> = {}): NorFlashChip {
  return new NorFlashChip({ sizeBytes: 4 * sectorBytes, ...options });
}

function program(chip: NorFlashChip, address: number, ...bytes: number[]): void {
  chip.programPage(address, Uint8Array.from(bytes), 0, bytes.length);
}

function read(chip: NorFlashChip, address: number, length: number): number[] {
  return [...readBytes(chip, address, length)];
}

function readBytes(chip: NorFlashChip, address: number, length: number): Uint8Array {
  const into = new Uint8Array(length);
  chip.read(address, into);
  return into;
}

describe('NOR flash chip', () => {
  it('clears bits by programming and sets them by erasing a sector only', () => {
    const chip = createChip();
    program(chip, 10, 0b1111_0000);
    program(chip, 10, 0b1010_0000);
    assert.deepEqual(read(chip, 9, 3), [0xff, 0b1010_0000, 0xff]);
    assert.throws(() => program(chip, 10, 0b1010_0001), FlashRuleError, 'would set bits');
    chip.eraseSector(0);
    assert.deepEqual(read(chip, 10, 1), [0xff]);
  });

  it('refuses a program that crosses its page, leaves the chip or misses the unit', () => {
    assert.throws(() => program(createChip(), 255, 1, 2), FlashRuleError, 'wraps');
    assert.throws(() => program(createChip(), 4 * sectorBytes, 1), FlashRuleError, 'outside');
    assert.throws(() => program(createChip({ unitBytes: 4 }), 2, 1, 2, 3, 4), FlashRuleError, 'unit of 4');
    assert.throws(() => program(createChip({ unitBytes: 4 }), 0, 1, 2), FlashRuleError, 'unit of 4');
    assert.throws(() => createChip().eraseSector(4), FlashRuleError, 'sector 4');
  });

  it('refuses to program a byte twice where error correction forbids it', () => {
    const chip = createChip({ reprogramAllowed: false });
    program(chip, 0, 0xf0);
    assert.throws(() => program(chip, 0, 0x00), FlashRuleError, 'twice');
    chip.eraseSector(0);
    program(chip, 0, 0x00);
  });

  it('counts the wear of each sector', () => {
    const chip = createChip();
    chip.eraseSector(2);
    chip.eraseSector(2);
    chip.eraseSector(3);
    assert.deepEqual([...chip.eraseCounts], [0, 0, 2, 1]);
  });

  it('takes the times of its data sheet', () => {
    const chip = createChip({ spiHz: 8_000_000 });
    program(chip, 0, 1);
    assert.equal(chip.busMicroseconds, 5 + 1 + 30);
    chip.resetCounters();
    chip.programPage(256, new Uint8Array(256), 0, 256);
    assert.approximately(chip.busMicroseconds, 5 + 256 + 400, 1e-6);
    chip.resetCounters();
    chip.eraseSector(3);
    assert.equal(chip.busMicroseconds, 5 + 45_000);
    chip.resetCounters();
    read(chip, 0, 16);
    assert.equal(chip.busMicroseconds, 4 + 16);
    assert.equal(chip.transactions, 1);
  });

  it('programs exactly the bytes before the cut, and is dead until the power is back', () => {
    for (let count = 0; count <= 3; count++) {
      const chip = createChip();
      chip.powerCutAfterSteps(count);
      if (count < 3) {
        assert.throws(() => program(chip, 0, 1, 2, 3), PowerCut);
        assert.throws(() => read(chip, 0, 1), PowerCut);
        assert.throws(() => chip.eraseSector(0), PowerCut);
      } else {
        program(chip, 0, 1, 2, 3);
      }
      chip.powerOn();
      const expected = [1, 2, 3].map((byte, index) => (index < count ? byte : 0xff));
      assert.deepEqual(read(chip, 0, 3), expected, `cut after ${count} bytes`);
    }
  });

  it('leaves bits of the torn unit unstable in a brown-out, and no others', () => {
    let varied = 0;
    for (let seed = 0; seed < 100; seed++) {
      const chip = createChip({ unitBytes: 2, random: createRandom(seed, 'torn unit') });
      chip.powerCutAfterSteps(2, 'brownOut');
      assert.throws(() => program(chip, 0, 1, 2, 0x0f, 0xf0, 5, 6), PowerCut);
      chip.powerOn();
      const readings = Array.from({ length: 8 }, () => read(chip, 0, 6));
      for (const [a, b, c, d, e, f] of readings) {
        assert.deepEqual([a, b, e, f], [1, 2, 0xff, 0xff], `seed ${seed}`);
        assert.equal(c! & 0x0f, 0x0f, `seed ${seed}: bits that were not to change`);
        assert.equal(d! & 0xf0, 0xf0, `seed ${seed}: bits that were not to change`);
      }
      if (new Set(readings.map(String)).size > 1) varied++;
    }
    assert.isAbove(varied, 90, 'readings of a torn unit vary');
  });

  it('does not let a torn unit be programmed again before an erase', () => {
    const chip = createChip({ random: createRandom(1, 'torn') });
    chip.powerCutAfterSteps(0, 'brownOut');
    assert.throws(() => program(chip, 0, 0), PowerCut);
    chip.powerOn();
    assert.notEqual(chip.unstable[0], 0);
    assert.throws(() => program(chip, 0, 0), FlashRuleError, 'torn');
    chip.eraseSector(0);
    program(chip, 0, 0);
    assert.deepEqual(read(chip, 0, 1), [0]);
  });

  it('leaves a sector anywhere between old and erased when an erase is cut, and no other sector', () => {
    let looksErased = 0;
    for (let seed = 0; seed < 30; seed++) {
      const chip = createChip({ random: createRandom(seed, 'torn erase') });
      for (let address = 0; address < 3 * sectorBytes; address += 256) {
        chip.programPage(address, new Uint8Array(256).fill(0x5a), 0, 256);
      }
      chip.powerCutAfterSteps(0, 'brownOut');
      assert.throws(() => chip.eraseSector(1), PowerCut);
      chip.powerOn();
      assert.isTrue(
        readBytes(chip, 0, sectorBytes).every((byte) => byte === 0x5a),
        `seed ${seed}`,
      );
      assert.isTrue(
        readBytes(chip, 2 * sectorBytes, sectorBytes).every((byte) => byte === 0x5a),
        `seed ${seed}`,
      );
      const sector = readBytes(chip, sectorBytes, sectorBytes);
      assert.isTrue(
        sector.some((byte) => byte !== 0x5a),
        `seed ${seed}`,
      );
      const again = readBytes(chip, sectorBytes, sectorBytes);
      assert.isTrue(
        again.some((byte, index) => byte !== sector[index]),
        `seed ${seed}: cells are unstable`,
      );
      if (sector.filter((byte) => byte === 0xff).length > sectorBytes * 0.9) looksErased++;
      chip.eraseSector(1);
      assert.isTrue(
        readBytes(chip, sectorBytes, sectorBytes).every((byte) => byte === 0xff),
        `seed ${seed}`,
      );
    }
    assert.isAbove(looksErased, 3, 'some torn erasures look erased at a glance');
  });

  it('reads unstable cells the same way again under the same seed', () => {
    const run = () => {
      const chip = createChip({ random: createRandom(9, 'replay') });
      chip.powerCutAfterSteps(0, 'brownOut');
      assert.throws(() => chip.eraseSector(0), PowerCut);
      chip.powerOn();
      return [...read(chip, 0, 512), ...read(chip, 0, 512)];
    };
    assert.deepEqual(run(), run());
  });

  it('leaves a sector as it was when the cut comes just before the erase', () => {
    const chip = createChip();
    program(chip, 0, 1, 2, 3);
    chip.powerCutAfterSteps(0);
    assert.throws(() => chip.eraseSector(0), PowerCut);
    chip.powerOn();
    assert.deepEqual(read(chip, 0, 4), [1, 2, 3, 0xff]);
  });

  it('rolls back programs, erasures and torn cells to a checkpoint', () => {
    const chip = createChip();
    program(chip, 100, 1, 2, 3);
    const before = chip.image.slice();
    chip.checkpoint();
    for (let time = 0; time < 3; time++) {
      program(chip, 103, 4);
      chip.powerCutAfterSteps(0, 'brownOut');
      assert.throws(() => chip.eraseSector(0), PowerCut);
      chip.powerOn();
      chip.rollBack();
      assertBytes(chip.image, before, 'rolled back');
      assert.isTrue(chip.unstable.every((mask) => mask === 0));
    }
  });
});

describe('flash storage of a simulated host', () => {
  it('splits a write at every page, in ascending order', () => {
    const chip = createChip();
    const partition = flashStorageOn(chip).open({ path: 'limfs', mode: 'r+' });
    partition.write(new Uint8Array(600), 200);
    assert.equal(chip.transactions, 4);
    const expected = Uint8Array.from({ length: 602 }, (_, index) => (index % 601 === 0 ? 0xff : 0));
    assertBytes(readBytes(chip, 199, 602), expected, 'bytes around the write');
  });

  it('erases the sectors from start up to, not including, end', () => {
    const chip = createChip();
    flashStorageOn(chip).open({ path: 'limfs', mode: 'r+' }).eraseBlock(1, 3);
    assert.deepEqual([...chip.eraseCounts], [0, 1, 1, 0]);
  });
});
