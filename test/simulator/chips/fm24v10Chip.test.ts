import { assert } from 'chai';
import { FM24V10Chip } from '../../../simulator/chips/fm24v10Chip.js';
import { I2CBus } from '../../../simulator/chips/i2cBus.js';
import { PowerCut } from '../../../simulator/chips/powerCut.js';
import { createRandom } from '../../../simulator/random/random.js';
import { assertBytes } from '../../lib/limfs/medium/mediumContract.js';

const microseconds = 1;

function createOnBus() {
  const chip = new FM24V10Chip({ random: createRandom(7, 'chip test') });
  return { chip, bus: new I2CBus(chip) };
}

/** A write as it looks on the bus: slave address, two address bytes, data. */
function write(bus: I2CBus, address: number, ...data: number[]): void {
  const bytes = Uint8Array.of((address >> 8) & 0xff, address & 0xff, ...data);
  bus.write(0x50 | (address >> 16), bytes, microseconds);
}

function read(bus: I2CBus, address: number, length: number): number[] {
  const into = new Uint8Array(length);
  const place = Uint8Array.of((address >> 8) & 0xff, address & 0xff);
  bus.writeRead(0x50 | (address >> 16), place, into, microseconds);
  return [...into];
}

describe('FM24V10 chip', () => {
  it('acknowledges the slave addresses of its two banks and no others', () => {
    const { chip } = createOnBus();
    const answers = Array.from({ length: 128 }, (_, address) => address).filter((address) => {
      const acknowledged = chip.start(address << 1);
      chip.stop();
      return acknowledged;
    });
    // 0x7c is the reserved address that starts the reading of the device id.
    assert.deepEqual(answers, [0x50, 0x51, 0x7c]);
  });

  it('takes A16 from the slave address', () => {
    const { chip, bus } = createOnBus();
    write(bus, 0x1234, 0x11);
    write(bus, 0x1_1234, 0x22);
    assert.equal(chip.image[0x1234], 0x11);
    assert.equal(chip.image[0x1_1234], 0x22);
  });

  it('counts its latch up through the bank edge and rolls over at the end', () => {
    const { chip, bus } = createOnBus();
    write(bus, 0xffff, 1, 2);
    write(bus, 0x1_ffff, 3, 4);
    assert.equal(chip.image[0xffff], 1);
    assert.equal(chip.image[0x1_0000], 2);
    assert.equal(chip.image[0x1_ffff], 3);
    assert.equal(chip.image[0], 4);
    assert.deepEqual(read(bus, 0x1_ffff, 2), [3, 4]);
  });

  it('reads on from the latch when no address is sent', () => {
    const { bus } = createOnBus();
    write(bus, 100, 1, 2, 3, 4);
    read(bus, 100, 2);
    const into = new Uint8Array(2);
    bus.read(0x50, into, microseconds);
    assert.deepEqual([...into], [3, 4]);
  });

  it('stores and acknowledges no data while write protected, but can be read', () => {
    const { chip, bus } = createOnBus();
    write(bus, 5, 42);
    chip.writeProtected = true;
    assert.throws(() => write(bus, 5, 43), /no acknowledge of byte 2/);
    assert.deepEqual(read(bus, 5, 1), [42]);
  });

  it('tells its device id through the reserved slave address', () => {
    const { bus } = createOnBus();
    const into = new Uint8Array(3);
    bus.writeRead(0x7c, Uint8Array.of(0xa0), into, microseconds);
    assert.deepEqual([...into], [0x00, 0x44, 0x00]);
    assert.throws(() => bus.writeRead(0x7c, Uint8Array.of(0xa8), into, microseconds), /no acknowledge/);
  });

  it('is counted by transactions, bytes and bus time', () => {
    const { chip, bus } = createOnBus();
    write(bus, 0, 1, 2, 3);
    read(bus, 0, 3);
    assert.equal(bus.transactions, 2);
    assert.equal(bus.wireBytes, 3 + 3 + 4 + 3);
    assert.equal(chip.busBytes, bus.wireBytes);
    assert.equal(bus.busMicroseconds, 29 + 27 + 39 + 27);
    assert.equal(chip.bytesWritten, 3);
    assert.equal(chip.bytesRead, 3);
  });

  it('stores exactly the data bytes that passed before the power failed', () => {
    for (let count = 0; count <= 6; count++) {
      const { chip, bus } = createOnBus();
      chip.powerCutAfterBytes(count);
      if (count < 6) assert.throws(() => write(bus, 0, 1, 2, 3), PowerCut);
      else write(bus, 0, 1, 2, 3);
      const stored = [1, 2, 3].map((byte, index) => (index < count - 3 ? byte : 0));
      assert.deepEqual([...chip.image.slice(0, 3)], stored, `cut after ${count} bytes`);
    }
  });

  it('stays dead until the power is back, for other chips on the bus too', () => {
    const { chip, bus } = createOnBus();
    chip.powerCutAfterBytes(2);
    assert.throws(() => read(bus, 0, 1), PowerCut);
    assert.throws(() => read(bus, 0, 1), PowerCut);
    assert.throws(() => bus.write(0x20, new Uint8Array(1), microseconds), PowerCut);
    chip.powerOn();
    assert.deepEqual(read(bus, 0, 1), [0]);
  });

  it('leaves a byte half changed in a brown-out: only bits that were to change may differ', () => {
    const seen = new Set<number>();
    for (let time = 0; time < 200; time++) {
      const chip = new FM24V10Chip({ random: createRandom(time, 'brown-out') });
      const bus = new I2CBus(chip);
      write(bus, 0, 0b1111_0000, 0x77);
      chip.powerCutAfterBytes(3, 'brownOut');
      assert.throws(() => write(bus, 0, 0b1010_1010, 0x88), PowerCut);
      const byte = chip.image[0]!;
      assert.equal((byte ^ 0b1111_0000) & ~0b0101_1010, 0, `seed ${time}`);
      assert.equal(chip.image[1], 0x77, 'the byte after it is untouched');
      seen.add(byte);
    }
    assert.equal(seen.size, 16, 'each mixture of four changing bits shows up');
  });

  it('changes nothing in a brown-out between address and data, or of a protected chip', () => {
    for (let count = 0; count < 4; count++) {
      const { chip, bus } = createOnBus();
      chip.writeProtected = count === 3;
      chip.powerCutAfterBytes(count, 'brownOut');
      assert.throws(() => write(bus, 0x0101, 0xff), PowerCut);
      assert.isTrue(
        chip.image.every((byte) => byte === 0),
        `cut after ${count} bytes`,
      );
    }
  });

  it('refuses one byte, the armed one, and stores nothing of it', () => {
    const { chip, bus } = createOnBus();
    chip.refuseAfterBytes(4);
    assert.throws(() => write(bus, 0, 1, 2, 3), /no acknowledge of byte 3/);
    assert.deepEqual([...chip.image.slice(0, 3)], [1, 0, 0]);
    write(bus, 0, 1, 2, 3);
    assert.deepEqual([...chip.image.slice(0, 3)], [1, 2, 3]);
  });

  it('flips bits of one byte on its way to the master, once', () => {
    const { chip, bus } = createOnBus();
    write(bus, 0, 1, 2, 3);
    chip.flipReadAfterBytes(5, 0x80);
    assert.deepEqual(read(bus, 0, 3), [1, 0x82, 3]);
    assert.deepEqual(read(bus, 0, 3), [1, 2, 3]);
  });

  it('rolls back to a checkpoint as often as asked', () => {
    const { chip, bus } = createOnBus();
    write(bus, 10, 1, 2, 3);
    const before = chip.image.slice();
    chip.checkpoint();
    for (let time = 0; time < 3; time++) {
      write(bus, 9, 7, 7, 7, 7);
      write(bus, 10, 8);
      chip.rollBack();
      assertBytes(chip.image, before, 'rolled back');
    }
  });
});
