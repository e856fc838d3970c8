import { assert } from 'chai';
import type { Board } from '../../../hosts/xs/board.js';
import { Clock } from '../../../hosts/xs/clock.js';
import { MeterDevice } from '../../../hosts/xs/meterDevice.js';
import {
  createBatch,
  createReading,
  LimfsError,
  type Medium,
  mountMeterStore,
  Status,
} from '../../../lib/limfs/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import type { Register } from '../../../src/meter/register.js';

const bootSeconds = 1_800_000_000;
const intervalSeconds = 900;

/** A chip whose bus can be pulled off, before a write or after it. */
class LooseMedium extends RamMedium {
  isLoose = false;
  failsAfterWrite = false;

  override read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.#check();
    super.read(address, into, offset, length);
  }

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.#check();
    super.write(address, from, offset, length);
    this.isLoose = this.failsAfterWrite;
    this.#check();
  }

  #check(): void {
    if (this.isLoose) throw new LimfsError('medium-failed', 'no acknowledge');
  }
}

/** A device on a bench: its chip outlives it, its time is moved by hand. */
class Bench implements Board, Register {
  clockStartsSet = true;
  readonly medium = new LooseMedium(4096);
  chipIsThere = true;
  /** Milliseconds of the system's clock. */
  now = bootSeconds * 1000;
  value = 1000;
  registerWorks = true;
  registerStart: number | undefined;
  #word = 0;

  openMedium(): Medium {
    if (!this.chipIsThere) throw new LimfsError('medium-failed', 'FM24V10: read at 0 failed: no acknowledge');
    return this.medium;
  }

  openRegister(start: number): Register {
    this.registerStart = start;
    return this;
  }

  openPort(): never {
    throw new Error('the meter opens no port');
  }

  randomWord(): number {
    this.#word += 1;
    return this.#word;
  }

  read(_timeSeconds: number, values: number[]): boolean {
    values[0] = this.value;
    return this.registerWorks;
  }

  powerUp(): MeterDevice {
    const channels = [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }];
    return new MeterDevice(this, new Clock(() => this.now, this.clockStartsSet), {
      channels,
      intervalSeconds,
    });
  }

  /** Lets the device run as its timer would, for some seconds. */
  run(meter: MeterDevice, seconds: number): void {
    const end = this.now + seconds * 1000;
    for (let wait = meter.step(); this.now + wait <= end; wait = meter.step()) {
      assert.isAbove(wait, 0, 'a device must not spin');
      this.now += wait;
    }
    this.now = end;
  }

  /** What a mount from scratch finds on the chip: time, status and value of each reading. */
  stored(): (readonly [timeSeconds: number, status: number, value: number | undefined])[] {
    const store = mountMeterStore(new RamMedium(this.medium.image));
    const batch = createBatch(1000);
    const readings: (readonly [number, number, number | undefined])[] = [];
    while (store.read((store.oldestSequence + readings.length) >>> 0, batch) > 0) {
      for (let row = 0; row < batch.count; row += 1) {
        const value = batch.valids[row] === 1 ? batch.values[row]! : undefined;
        readings.push([batch.times[row]!, batch.statuses[row]!, value]);
      }
    }
    return readings;
  }
}

describe('MeterDevice', () => {
  it('formats a blank chip and stores a reading at every whole interval', () => {
    const bench = new Bench();
    bench.now += 250_400;
    bench.run(bench.powerUp(), 3 * intervalSeconds);
    assert.deepEqual(bench.stored(), [
      [bootSeconds + 900, 0, 1000],
      [bootSeconds + 1800, 0, 1000],
      [bootSeconds + 2700, 0, 1000],
    ]);
  });

  it('goes on after a power cut, from the last value, and marks the first reading', () => {
    const bench = new Bench();
    bench.run(bench.powerUp(), intervalSeconds);
    bench.run(bench.powerUp(), intervalSeconds);
    assert.equal(bench.registerStart, 1000);
    assert.deepEqual(bench.stored(), [
      [bootSeconds + 900, 0, 1000],
      [bootSeconds + 1800, Status.powerFailed, 1000],
    ]);
  });

  it('stores a hole when the register cannot be read', () => {
    const bench = new Bench();
    bench.registerWorks = false;
    bench.run(bench.powerUp(), intervalSeconds);
    assert.deepEqual(bench.stored(), [[bootSeconds + 900, Status.readingError, undefined]]);
  });

  it('stores a hole for a value that no store takes, and goes on', () => {
    const bench = new Bench();
    const meter = bench.powerUp();
    bench.value = 0.5;
    bench.run(meter, intervalSeconds);
    assert.include(meter.fault, 'integer');
    bench.value = 7;
    bench.run(meter, intervalSeconds);
    assert.deepEqual(bench.stored(), [
      [bootSeconds + 900, Status.readingError, undefined],
      [bootSeconds + 1800, 0, 7],
    ]);
  });

  it('takes a reading on demand', () => {
    const bench = new Bench();
    const meter = bench.powerUp();
    meter.step();
    meter.takeReading();
    assert.deepEqual(bench.stored(), [[bootSeconds, Status.onDemand, 1000]]);
  });

  it('leaves a chip with foreign contents untouched and says how to get rid of them', () => {
    const bench = new Bench();
    bench.medium.image.forEach((_, index, image) => {
      image[index] = index * 7;
    });
    const before = bench.medium.image.slice();
    const meter = bench.powerUp();
    bench.run(meter, 2 * intervalSeconds);
    assert.isUndefined(meter.store);
    assert.match(meter.fault!, /'format erase-everything' makes a new store on it$/);
    assert.deepEqual(bench.medium.image, before);
    meter.format();
    assert.isDefined(meter.store);
    assert.isUndefined(meter.fault);
  });

  it('waits for a chip that does not answer, and starts when it does', () => {
    const bench = new Bench();
    bench.chipIsThere = false;
    const meter = bench.powerUp();
    bench.run(meter, 100);
    assert.equal(meter.fault, 'FM24V10: read at 0 failed: no acknowledge');
    assert.throws(() => meter.takeReading(), 'no acknowledge');
    bench.chipIsThere = true;
    bench.run(meter, intervalSeconds);
    assert.isUndefined(meter.fault);
    assert.lengthOf(bench.stored(), 1);
  });

  it('keeps readings in memory while the chip fails, and stores them afterwards', () => {
    const bench = new Bench();
    const meter = bench.powerUp();
    bench.run(meter, intervalSeconds);
    bench.medium.isLoose = true;
    bench.value = 1001;
    bench.run(meter, 2 * intervalSeconds);
    assert.throws(() => meter.takeReading(), 'waits in memory');
    assert.equal(meter.fault, 'no acknowledge');
    bench.medium.isLoose = false;
    bench.run(meter, intervalSeconds);
    assert.isUndefined(meter.fault);
    assert.deepEqual(
      bench.stored().map(([timeSeconds, status]) => [timeSeconds - bootSeconds, status]),
      [
        [900, 0],
        [1800, 0],
        [2700, 0],
        [2700, Status.onDemand],
        [3600, 0],
      ],
    );
  });

  it('stores a reading once, even if the write was reported as failed but was not', () => {
    const bench = new Bench();
    const meter = bench.powerUp();
    bench.run(meter, intervalSeconds);
    bench.medium.failsAfterWrite = true;
    bench.now = (bootSeconds + 1800) * 1000;
    meter.step();
    assert.equal(meter.fault, 'no acknowledge');
    bench.medium.failsAfterWrite = false;
    bench.medium.isLoose = false;
    bench.run(meter, intervalSeconds);
    assert.deepEqual(
      bench.stored().map(([timeSeconds]) => timeSeconds - bootSeconds),
      [900, 1800, 2700],
    );
  });

  it('counts the readings that it could not keep', () => {
    const bench = new Bench();
    const meter = bench.powerUp();
    bench.run(meter, intervalSeconds);
    bench.medium.isLoose = true;
    bench.run(meter, 40 * intervalSeconds);
    assert.match(meter.fault!, /^8 readings lost because the medium failed for too long; no acknowledge$/);
    bench.medium.isLoose = false;
    bench.run(meter, intervalSeconds);
    assert.equal(meter.fault, '8 readings lost because the medium failed for too long');
    assert.lengthOf(bench.stored(), 1 + 32 + 1);
  });

  it('stores seconds since boot until its clock is set, and UTC from then on', () => {
    const bench = new Bench();
    bench.clockStartsSet = false;
    const meter = bench.powerUp();
    bench.run(meter, intervalSeconds);
    assert.equal(meter.clockState, 'unset');
    meter.setClock(bootSeconds + 5);
    bench.run(meter, intervalSeconds);
    assert.deepEqual(bench.stored(), [
      [900, Status.timeSinceBoot, 1000],
      [bootSeconds + 900, Status.clockStepped, 1000],
    ]);
  });

  it('resumes its clock from the last checkpoint after a reset', () => {
    const bench = new Bench();
    bench.clockStartsSet = false;
    const meter = bench.powerUp();
    meter.step();
    meter.setClock(bootSeconds);
    bench.run(meter, 130);
    const after = bench.powerUp();
    after.step();
    assert.equal(after.clockState, 'resumed');
    assert.isAtLeast(after.timeSeconds(), bootSeconds + 130 - 60);
    assert.isAtMost(after.timeSeconds(), bootSeconds + 130);
    bench.run(after, intervalSeconds);
    assert.equal(bench.stored().at(-1)![1], Status.timeIncorrect | Status.powerFailed);
  });

  it('marks no step when its clock is set a little', () => {
    const bench = new Bench();
    const meter = bench.powerUp();
    meter.step();
    meter.setClock(bootSeconds + 30);
    bench.run(meter, intervalSeconds);
    const newest = createReading();
    meter.store!.newest(newest);
    assert.equal(newest.status, 0);
  });

  it('goes on when its clock is set back', () => {
    const bench = new Bench();
    const meter = bench.powerUp();
    bench.run(meter, 10 * intervalSeconds);
    meter.setClock(bootSeconds);
    bench.run(meter, intervalSeconds);
    assert.deepEqual(bench.stored().at(-1), [bootSeconds + 900, Status.clockStepped, 1000]);
  });
});
