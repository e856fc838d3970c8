import { assert } from 'chai';
import { FM24V10 } from '../../../lib/drivers/fm24v10.js';
import type { I2C, I2CClass, I2COptions } from '../../../lib/drivers/io.js';
import { FM24V10Chip } from '../../../simulator/chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../../../simulator/chips/i2cBus.js';
import {
  assertCode,
  describeMediumContract,
  describePowerCutContract,
  describeTransferFaultContract,
  pattern,
  readAll,
} from '../limfs/medium/mediumContract.js';

const bankBytes = 0x1_0000;

function createOnChip(transferBytes?: number) {
  const chip = new FM24V10Chip();
  const bus = new I2CBus(chip);
  const memory = { io: i2cClassOn(bus), data: 21, clock: 22 };
  const medium = new FM24V10(transferBytes === undefined ? { memory } : { memory, transferBytes });
  bus.resetCounters();
  return { chip, bus, medium };
}

for (const transferBytes of [undefined, 32, 3]) {
  const name = `FM24V10 with transfers of ${transferBytes ?? 'the default number of'} bytes`;
  const open = () => {
    const { chip, medium } = createOnChip(transferBytes);
    return {
      medium,
      edges: [bankBytes],
      powerCutAfter: (count: number) => chip.powerCutAfterBytes(count),
      powerOn: () => chip.powerOn(),
      failTransfers: (times: number) => chip.refuseAfterBytes(0, times),
    };
  };
  describeMediumContract(name, open);
  describePowerCutContract(name, open);
  describeTransferFaultContract(name, open);
}

describe('FM24V10 driver', () => {
  it('writes in one transaction of 29 + 9n bit times', () => {
    const { bus, medium } = createOnChip();
    medium.write(1000, pattern(20, 1), 0, 20);
    assert.equal(bus.transactions, 1);
    assert.equal(bus.busMicroseconds, 29 + 9 * 20);
  });

  it('reads in one transaction of 39 + 9n bit times, with a repeated START', () => {
    const { bus, medium } = createOnChip();
    readAll(medium, bankBytes, 224);
    assert.equal(bus.transactions, 1);
    assert.equal(bus.busMicroseconds, 39 + 9 * 224);
  });

  it('splits at the end of the bank and nowhere else', () => {
    const { bus, medium } = createOnChip();
    medium.write(bankBytes - 3, pattern(10, 1), 0, 10);
    assert.equal(bus.transactions, 2);
    bus.resetCounters();
    readAll(medium, bankBytes - 10, 20);
    assert.equal(bus.transactions, 2);
  });

  it('never moves more bytes at once than the host can', () => {
    const longest = { write: 0, read: 0 };
    const { chip, bus } = createOnChip();
    const medium = new FM24V10({
      memory: { io: recording(i2cClassOn(bus), longest) },
      transferBytes: 32,
    });
    medium.write(0, pattern(100, 5), 0, 100);
    assert.deepEqual(readAll(medium, 0, 100), pattern(100, 5));
    assert.deepEqual(longest, { write: 32, read: 32 });
    assert.deepEqual(chip.image.slice(0, 100), pattern(100, 5));
  });

  it('makes no new view in steady state', () => {
    const buffers = new Set<Uint8Array>();
    const { bus } = createOnChip();
    const medium = new FM24V10({
      memory: { io: recording(i2cClassOn(bus), { write: 0, read: 0 }, buffers) },
    });
    const page = new Uint8Array(224);
    const use = () => {
      for (let offset = 0; offset < 200; offset++) medium.write(offset, page, offset, 1 + (offset % 10));
      medium.read(4096, page, 0, 224);
      medium.read(8192, page, 16, 208);
      medium.write(4096, page, 0, 224);
    };
    use();
    const afterFirstUse = buffers.size;
    for (let time = 0; time < 20; time++) use();
    assert.equal(buffers.size, afterFirstUse);
  });

  it('refuses a chip whose second bank does not answer, in one clear error', () => {
    const half = new FM24V10Chip();
    const start = half.start.bind(half);
    half.start = (addressByte) => (addressByte & 0xfe) !== 0xa2 && start(addressByte);
    const io = i2cClassOn(new I2CBus(half));
    assertCode('medium-failed', () => new FM24V10({ memory: { io } }));
  });

  it('hands pins, clock and slave address of each bank to the class of the host', () => {
    const seen: I2COptions[] = [];
    const Base = i2cClassOn(new I2CBus(new FM24V10Chip({ address: 0x54 })));
    const io: I2CClass = class extends Base {
      constructor(options: I2COptions) {
        super(options);
        seen.push(options);
      }
    };
    new FM24V10({ memory: { io, data: 4, clock: 5 }, address: 0x54, hz: 400_000 });
    assert.deepEqual(seen, [
      { data: 4, clock: 5, address: 0x54, hz: 400_000 },
      { data: 4, clock: 5, address: 0x55, hz: 400_000 },
    ]);
  });

  it('reports a write to a protected chip as failed', () => {
    const { chip, medium } = createOnChip();
    chip.writeProtected = true;
    assertCode('medium-failed', () => medium.write(0, pattern(4, 1), 0, 4));
    assert.isTrue(chip.image.every((byte) => byte === 0));
  });

  it('gives a read back right when the bus failed in its first try', () => {
    const { chip, medium } = createOnChip();
    medium.write(70_000, pattern(50, 9), 0, 50);
    for (let busByte = 0; busByte < 4; busByte++) {
      chip.refuseAfterBytes(busByte);
      assert.deepEqual(readAll(medium, 70_000, 50), pattern(50, 9), `refused bus byte ${busByte}`);
    }
  });
});

/** The class, with the lengths and the buffers of its transfers written down. */
function recording(
  Base: I2CClass,
  longest: { write: number; read: number },
  buffers = new Set<Uint8Array>(),
): I2CClass {
  return class extends Base implements I2C {
    override write(bytes: Uint8Array): void {
      longest.write = Math.max(longest.write, bytes.length);
      buffers.add(bytes);
      super.write(bytes);
    }

    override writeRead(bytes: Uint8Array, into: Uint8Array): void {
      longest.read = Math.max(longest.read, into.length);
      buffers.add(bytes).add(into);
      super.writeRead(bytes, into);
    }
  };
}
