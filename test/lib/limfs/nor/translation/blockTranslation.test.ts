import { assert } from 'chai';
import type { Medium } from '../../../../../lib/limfs/medium/medium.js';
import {
  formatTranslation,
  mountRewritable,
  mountTranslation,
  UnhurriedMedium,
} from '../../../../../lib/limfs/nor/translation/index.js';
import { RamMedium } from '../../../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../../../simulator/random/random.js';
import {
  assertBytes,
  assertCode,
  describeMediumContract,
  pattern,
  readAll,
} from '../../medium/mediumContract.js';
import { FlashRig } from '../flashRig.js';
import { settle, TranslationRig } from './translationRig.js';

const shape = { sizeBytes: 64 * 40, sectors: 20 };

describeMediumContract('the translation of NOR flash, with idle time,', () => ({
  medium: new UnhurriedMedium(new TranslationRig(shape).mount()),
  edges: [64, 128, 64 * 16],
}));

describe('The translation of NOR flash', () => {
  it('offers bytes that read as ones until they are written', () => {
    const medium = new TranslationRig(shape).mount();
    assert.deepEqual([medium.sizeBytes, medium.eraseBytes, medium.writeBytes], [2560, 1, 1]);
    assert.isTrue(readAll(medium, 0, medium.sizeBytes).every((byte) => byte === 0xff));
  });

  it('holds what was written, mount after mount, whatever was overwritten', () => {
    const rig = new TranslationRig(shape);
    const random = createRandom(1, 'translation');
    const model = new Uint8Array(2560).fill(0xff);
    for (let round = 0; round < 8; round += 1) {
      const medium = rig.mount();
      assertBytes(readAll(medium, 0, 2560), model, `round ${round}`);
      for (let write = 0; write < 30; write += 1) {
        settle(medium);
        const bytes = pattern(1 + random.below(150), round * 30 + write);
        const address = random.below(2560 - bytes.length);
        medium.write(address, bytes, 0, bytes.length);
        model.set(bytes, address);
      }
    }
  });

  it('takes two rows of blocks after idle time, then asks for more and stores nothing', () => {
    const rig = new TranslationRig(shape);
    const medium = rig.mount();
    for (let round = 0; round < 12; round += 1) {
      settle(medium);
      assert.isAtLeast(medium.roomBlocks, 32, `round ${round}`);
      let value = 0;
      while (medium.roomBlocks > 0) {
        value = (value + 1) & 0xff;
        medium.write(7, Uint8Array.of(value), 0, 1);
      }
      const { steps } = rig.chip;
      assertCode('needs-idle', () => medium.write(7, Uint8Array.of(99), 0, 1));
      assertCode('needs-idle', () => medium.refuseWhenFull());
      assert.equal(rig.chip.steps, steps);
      assertBytes(readAll(medium, 7, 1), Uint8Array.of(value), 'what was there');
    }
  });

  it('keeps a reserve, so that background work finds room when every block counts', () => {
    const rig = new TranslationRig({ sectors: 20, sizeBytes: 64 * 72 });
    const medium = rig.mount();
    const random = createRandom(3, 'reserve');
    for (let round = 0; round < 60; round += 1) {
      settle(medium);
      assert.isAtLeast(medium.roomBlocks, 32, `round ${round}`);
      while (medium.roomBlocks > 0) medium.write(64 * random.below(72), Uint8Array.of(round), 0, 1);
    }
  });

  it('stores each block of a transaction once', () => {
    const medium = new TranslationRig(shape).mount();
    settle(medium);
    medium.write(0, Uint8Array.of(1), 0, 1);
    const room = medium.roomBlocks;
    const list = Uint8Array.of(
      5,
      0,
      0,
      0,
      1,
      0,
      7,
      9,
      0,
      0,
      0,
      2,
      0,
      8,
      9,
      6,
      0,
      0,
      0,
      1,
      0,
      4,
      70,
      0,
      0,
      0,
      1,
      0,
      2,
    );
    medium.writeTogether(list, list.length);
    assert.equal(medium.roomBlocks, room - 2);
    assertBytes(readAll(medium, 5, 2), Uint8Array.of(7, 4), 'two writes');
    assertBytes(readAll(medium, 9, 2), Uint8Array.of(8, 9), 'one of two bytes');
    assertBytes(readAll(medium, 70, 1), Uint8Array.of(2), 'another block');
  });

  it('never erases outside of idle()', () => {
    const rig = new TranslationRig(shape);
    const medium = rig.mount();
    const erased = () => rig.chip.eraseCounts.reduce((sum, count) => sum + count, 0);
    for (let write = 0; write < 200; write += 1) {
      settle(medium);
      const before = erased();
      medium.write((write * 37) % 2000, pattern(100, write), 0, 100);
      assert.equal(erased(), before);
    }
    assert.isAbove(erased(), 30);
  });

  it('wears all sectors of the ring alike, though most blocks never change', () => {
    const rig = new TranslationRig(shape);
    const medium = rig.mount();
    const unhurried = new UnhurriedMedium(medium);
    unhurried.write(0, pattern(2560, 1), 0, 2560);
    for (let write = 0; write < 2000; write += 1) unhurried.write(5, Uint8Array.of(write & 0xff), 0, 1);
    const ring = rig.chip.eraseCounts.slice(2);
    assert.isAbove(Math.min(...ring), 10);
    assert.isAtMost(Math.max(...ring) - Math.min(...ring), 2);
    assertBytes(readAll(medium, 64, 2496), pattern(2560, 1).slice(64), 'what never changed');
  });

  it('wants a mount after a write that failed', () => {
    const rig = new TranslationRig(shape);
    const medium = rig.mount();
    medium.write(0, pattern(64, 1), 0, 64);
    rig.chip.failTransfers(1);
    assertCode('medium-failed', () => medium.write(64, pattern(64, 2), 0, 64));
    assertCode('needs-mount', () => medium.write(0, pattern(64, 2), 0, 64));
    assertCode('needs-mount', () => medium.idle());
    assertBytes(readAll(rig.mount(), 0, 64), pattern(64, 1), 'the write before');
  });

  it('finds the block of a head that has rotted by the head behind it, and says when it cannot', () => {
    const rig = new TranslationRig(shape);
    const unhurried = new UnhurriedMedium(rig.mount());
    for (let block = 0; block < 30; block += 1) unhurried.write(block * 64, pattern(64, block), 0, 64);
    // Sectors of the ring begin behind two others; heads stand behind mark and headers.
    const head = (sector: number, slot: number) => (2 + sector) * 1024 + 4 + 2 * 20 + slot * 14;
    rig.chip.image[head(2, 3)]! ^= 1;
    assert.deepEqual(rig.mount().findings, []);
    assertBytes(readAll(rig.mount(), 0, 64 * 30), allBlocks(), 'every block');
    rig.chip.image[head(2, 4)]! ^= 1;
    assert.deepEqual(rig.mount().findings, [{ code: 'record-damaged', slot: -1 }]);
  });

  it('finds nothing wrong with an oldest sector whose erasure was cut off', () => {
    const rig = new TranslationRig(shape);
    const unhurried = new UnhurriedMedium(rig.mount());
    for (let block = 0; block < 60; block += 1)
      unhurried.write((block % 30) * 64, pattern(64, block % 30), 0, 64);
    // The first two sectors hold what the next ones hold too; of the first one some heads are gone.
    const table = 2 * 1024 + 44;
    rig.chip.image.fill(0, table + 3 * 14, table + 9 * 14);
    assert.deepEqual(rig.mount().findings, []);
    assertBytes(readAll(rig.mount(), 0, 64 * 30), allBlocks(), 'every block');
  });

  it('leaves one slot alone after a mount, as a cut may have begun to program it', () => {
    const rig = new TranslationRig(shape);
    const medium = rig.mount();
    settle(medium);
    medium.write(0, pattern(64, 1), 0, 64);
    assert.equal(rig.mount().roomBlocks, medium.roomBlocks - 1);
  });

  it('keeps a block readable when its newest head reads whole at one mount and torn at the next', () => {
    const rig = new TranslationRig(shape);
    const { image } = rig.chip;
    const medium = rig.mount();
    const old = pattern(64, 1);
    const changed = pattern(64, 2);
    medium.write(0, old, 0, 64);
    for (let write = 0; write < 260; write += 1) {
      settle(medium);
      medium.write(64, pattern(64, write), 0, 64);
      const living = image.slice();
      rig.mount().write(0, changed, 0, 64);
      const written = image.slice();
      const mounted = rig.mount();
      settle(mounted);
      const settled = image.slice();
      tearHead(image, living, written);
      const found = readAll(rig.mount(), 0, 64);
      assertBytes(found, found[0] === old[0] ? old : changed, `after background work, ${write}`);
      image.set(settled);
      mounted.write(2400, changed, 0, 64);
      tearHead(image, living, written);
      assertBytes(readAll(rig.mount(), 0, 64), changed, `after a write, ${write}`);
      image.set(living);
    }
  });

  it('is not used up by cut after cut inside a head', () => {
    const rig = new TranslationRig(shape);
    const stored = pattern(64, 1);
    rig.mount().write(0, stored, 0, 64);
    for (let cycle = 0; cycle < 200; cycle += 1) {
      const medium = rig.mount();
      // Headers of 40 bytes come first when a sector of 12 slots has to be opened.
      const steps = 70 + (medium.roomBlocks % 12 === 0 ? 40 : 0);
      const cut = rig.cutAfter(steps, 'clean', () => {
        settle(medium);
        medium.write(0, pattern(64, 2), 0, 64);
      });
      assert.isTrue(cut, `cycle ${cycle}`);
    }
    const medium = rig.mount();
    assertBytes(readAll(medium, 0, 64), stored, 'what was acknowledged');
    settle(medium);
    assert.isAtLeast(medium.roomBlocks, 32);
    medium.write(0, pattern(64, 2), 0, 64);
  });

  it('is mounted where bytes cannot be rewritten, and only there', () => {
    const rig = new TranslationRig(shape);
    assert.equal(mountRewritable(rig.medium()).sizeBytes, 2560);
    const ram: Medium = new RamMedium(100);
    assert.equal(mountRewritable(ram), ram);
  });
});

/** Sets a bit again of the one head that was programmed between two images. */
function tearHead(image: Uint8Array, before: Uint8Array, after: Uint8Array): void {
  const at = after.findIndex((byte, address) => byte !== before[address] && address % 1024 >= 44);
  assert.isBelow(at % 1024, 44 + 12 * 14, 'a head');
  image[at] = before[at]!;
}

function allBlocks(): Uint8Array {
  const bytes = new Uint8Array(64 * 30);
  for (let block = 0; block < 30; block += 1) bytes.set(pattern(64, block), block * 64);
  return bytes;
}

describe('format() of a translation', () => {
  const format = { storeId: [9, 9], blockBytes: 64, sizeBytes: 640 } as const;

  it('is asked for on a blank chip, and refuses what does not fit', () => {
    const rig = new FlashRig({ sectors: 16 });
    assertCode('blank', () => mountTranslation(rig.medium()));
    assertCode('parameter-range', () => formatTranslation(new RamMedium(1000), format));
    assertCode('parameter-range', () => formatTranslation(rig.medium(), { ...format, blockBytes: 63 }));
    assertCode('parameter-range', () => formatTranslation(rig.medium(), { ...format, blockBytes: 1024 }));
    assertCode('parameter-range', () => formatTranslation(rig.medium(), { ...format, sizeBytes: 9000 }));
    assertCode('parameter-range', () => formatTranslation(rig.medium(), { ...format, flashBytes: 4096 }));
    assertCode('blank', () => mountTranslation(rig.medium()));
    formatTranslation(rig.medium(), format);
    assert.equal(mountTranslation(rig.medium()).sizeBytes, 640);
  });

  it('is not believed as long as one superblock copy stands and nothing was written', () => {
    const rig = new FlashRig({ sectors: 16 });
    formatTranslation(rig.medium(), format);
    const second = rig.chip.image.slice(128, 192);
    rig.chip.image.fill(0xff, 128, 192);
    assertCode('formatting', () => mountTranslation(rig.medium()));
    rig.chip.image.set(second, 128);
    mountTranslation(rig.medium()).write(0, pattern(10, 1), 0, 10);
    rig.chip.image.fill(0xff, 128, 192);
    assertBytes(readAll(mountTranslation(rig.medium()), 0, 10), pattern(10, 1), 'a log proves both copies');
  });

  it('leaves nothing of an earlier store', () => {
    const rig = new TranslationRig(shape);
    rig.mount().write(0, pattern(500, 1), 0, 500);
    formatTranslation(rig.medium(), { storeId: [9, 9], blockBytes: 64, sizeBytes: 640 });
    const medium = mountTranslation(rig.medium());
    assert.isTrue(readAll(medium, 0, 640).every((byte) => byte === 0xff));
    assert.isFalse(medium.isUsed);
  });
});
