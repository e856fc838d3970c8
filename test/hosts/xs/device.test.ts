import { assert } from 'chai';
import { Clock } from '../../../hosts/xs/clock.js';
import { Device } from '../../../hosts/xs/device.js';
import { LimfsError } from '../../../lib/limfs/index.js';
import type { Firmware } from '../../../src/firmware.js';
import { Bench, bootSeconds } from './bench.js';

const second = 1000;

/** A role that does what it is told, and notes when it was called. */
class Told implements Firmware {
  wakeSeconds: number;
  readonly calls: string[];
  fails: Error | undefined;

  constructor(calls: string[], timeSeconds: number, everySeconds: number) {
    this.calls = calls;
    this.wakeSeconds = timeSeconds + everySeconds;
    calls.push(`open ${timeSeconds - bootSeconds}`);
  }

  wake(timeSeconds: number): void {
    this.calls.push(`wake ${timeSeconds - bootSeconds}`);
    if (this.fails !== undefined) throw this.fails;
    this.wakeSeconds = timeSeconds + 100;
  }

  receive(timeSeconds: number, packet: Uint8Array, length: number): void {
    this.calls.push(`packet ${timeSeconds - bootSeconds}: ${packet.subarray(0, length)}`);
    if (this.fails !== undefined) throw this.fails;
    this.wakeSeconds = timeSeconds + 3;
  }
}

function createDevice(everySeconds = 100) {
  const bench = new Bench();
  const calls: string[] = [];
  const chip: { fails: Error | undefined } = { fails: undefined };
  const clock = new Clock(() => bench.now, true);
  const device = new Device({ clock, timers: bench.timers(), now: () => bench.now }, (timeSeconds) => {
    if (chip.fails === undefined) return new Told(calls, timeSeconds, everySeconds);
    calls.push(`failed ${timeSeconds - bootSeconds}`);
    throw chip.fails;
  });
  const faults: (string | undefined)[] = [];
  device.onFault = (fault) => faults.push(fault);
  device.step();
  return { bench, calls, chip, clock, device, faults };
}

describe('a device', () => {
  it('wakes its role when it wants to be woken', () => {
    const { bench, calls } = createDevice();
    bench.run(250);
    assert.deepEqual(calls, ['open 0', 'wake 100', 'wake 200']);
  });

  it('wakes it earlier when a packet has changed its plans', () => {
    const { bench, calls, device } = createDevice();
    bench.run(10);
    device.receive(Uint8Array.of(1, 2, 3), 2);
    bench.run(10);
    assert.deepEqual(calls, ['open 0', 'packet 10: 1,2', 'wake 13']);
  });

  it('lets a role sleep that wants nothing', () => {
    const { bench, calls } = createDevice(Number.POSITIVE_INFINITY);
    bench.run(100_000);
    assert.deepEqual(calls, ['open 0']);
  });

  it('wakes its role in time when the clock is set', () => {
    const { bench, calls, clock, device } = createDevice();
    bench.run(10);
    clock.step(89);
    device.step();
    bench.run(2);
    assert.deepEqual(calls, ['open 0', 'wake 100']);
  });

  it('opens a role anew at once when it fails, and then once a minute', () => {
    const { bench, calls, chip, device, faults } = createDevice();
    bench.run(99);
    device.role!.fails = new Error('no acknowledge');
    chip.fails = new LimfsError('medium-failed', 'the chip is gone');
    bench.run(125);
    assert.deepEqual(calls, ['open 0', 'wake 100', 'failed 100', 'failed 160', 'failed 220']);
    assert.isUndefined(device.role);
    assert.equal(device.fault, 'the chip is gone');
    chip.fails = undefined;
    bench.run(60);
    assert.equal(calls.at(-1), 'open 280');
    assert.deepEqual(faults, ['no acknowledge', 'the chip is gone', undefined]);
  });

  it('opens a role that fails again and again no more than once a minute', () => {
    const { bench, calls, device } = createDevice(0);
    for (let round = 0; round < 5; round += 1) {
      if (device.role !== undefined) device.role.fails = new Error('again');
      device.receive(new Uint8Array(1), 1);
      bench.run(1);
    }
    assert.deepEqual(
      calls.filter((call) => call.startsWith('open')),
      ['open 0'],
    );
  });

  it('drops packets without a role', () => {
    const { chip, device, calls, bench } = createDevice();
    chip.fails = new Error('gone');
    device.restart();
    device.receive(new Uint8Array(1), 1);
    bench.run(1);
    assert.deepEqual(calls, ['open 0', 'failed 0']);
    assert.throws(() => device.run(() => {}), 'gone');
  });

  it('gives the reason of a refusal back, and keeps the role', () => {
    const { device } = createDevice();
    const { role } = device;
    assert.throws(
      () =>
        device.run(() => {
          throw new LimfsError('meter-known', 'known');
        }),
      'known',
    );
    assert.strictEqual(device.role, role);
  });

  it('gives a failure of the medium back, and opens the role anew', () => {
    const { bench, calls, device } = createDevice();
    bench.now += 70 * second;
    assert.throws(
      () =>
        device.run(() => {
          throw new LimfsError('medium-failed', 'no acknowledge');
        }),
      'no acknowledge',
    );
    bench.run(1);
    assert.deepEqual(calls, ['open 0', 'open 70']);
  });
});
