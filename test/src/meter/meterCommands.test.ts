import { assert } from 'chai';
import { EnvironmentArea, Status } from '../../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';
import { type Command, MessageKind } from '../../../src/link/message.js';
import { SelfCheck } from '../../../src/meter/selfCheck.js';
import {
  concentratorAddress,
  createMedia,
  format,
  hour,
  messagesOf,
  noon,
  type Rig,
  runAcknowledging,
  runUntil,
  startMeter,
  storedReadings,
  timesOf,
} from './rig.js';

function command(number: number, operation: number, ...argument: number[]): Command {
  const notAfterSeconds = noon + 100 * hour;
  return {
    kind: MessageKind.command,
    number,
    storeId: format.storeId,
    notAfterSeconds,
    operation,
    argument: numbers(...argument),
  };
}

describe("a meter's commands", () => {
  function run(rig: Rig, wanted: Command, now = noon + 100) {
    rig.meter.take(concentratorAddress, wanted, now);
    return messagesOf(rig, MessageKind.result).at(-1);
  }

  it('take a reading now, and send its window', () => {
    const media = createMedia();
    const rig = startMeter(media, noon, { registers: [1, 2] });
    runUntil(rig, noon + 60);
    const result = run(rig, command(1, Operation.readNow));
    assert.equal(result!.code, ResultCode.done);
    assert.deepEqual(readNumbers(result!.data), [1]);
    runUntil(rig, noon + 200);
    assert.deepEqual(timesOf(messagesOf(rig, MessageKind.window).at(-1)!.block), [noon, noon + 100]);
    assert.equal(storedReadings(rig.store)[1]!.status, Status.onDemand);
  });

  it('change the interval for good', () => {
    const media = createMedia();
    const rig = startMeter(media, noon);
    runUntil(rig, noon + 60);
    assert.equal(run(rig, command(1, Operation.setInterval, 900))!.code, ResultCode.done);
    runUntil(rig, noon + 2700);
    assert.deepEqual(
      storedReadings(rig.store).map(({ time }) => time - noon),
      [0, 100, 900, 1800, 2700],
    );
    assert.equal(startMeter(media, noon + 2701).store.intervalSeconds, 900);
  });

  it('run once, and are answered each time they come', () => {
    const media = createMedia();
    let moved = 0;
    const output = () => {
      moved += 1;
      return true;
    };
    const rig = startMeter(media, noon, { output });
    for (let times = 0; times < 3; times += 1) {
      assert.equal(run(rig, command(7, Operation.setOutput, 1, 0))!.code, ResultCode.done);
    }
    assert.equal(moved, 1);
    const again = startMeter(media, noon + 50, { output });
    assert.equal(run(again, command(7, Operation.setOutput, 1, 0))!.code, ResultCode.repeated);
    assert.equal(moved, 1);
  });

  it('are refused when they are late, unknown or out of range, and ignored when for another store', () => {
    const media = createMedia();
    const rig = startMeter(media, noon);
    assert.isUndefined(run(rig, { ...command(1, Operation.readNow), storeId: [3, 4] }));
    assert.equal(run(rig, command(1, Operation.readNow), noon + 101 * hour)!.code, ResultCode.late);
    assert.equal(run(rig, command(2, 99))!.code, ResultCode.unknown);
    assert.equal(run(rig, command(3, Operation.setInterval))!.code, ResultCode.argument);
    assert.equal(run(rig, command(4, Operation.setInterval, 10 ** 9))!.code, ResultCode.argument);
    const broken = { ...command(5, Operation.setInterval), argument: Uint8Array.of(0xff) };
    assert.equal(run(rig, broken)!.code, ResultCode.argument);
  });

  it('check the meter: battery, clock and link', () => {
    const media = createMedia();
    const rig = startMeter(media, noon, { battery: () => 2500 });
    const result = run(rig, command(1, Operation.selfCheck));
    assert.deepEqual(readNumbers(result!.data), [SelfCheck.battery]);
  });

  it('are not needed for a self-check, which runs each day and tells of every change', () => {
    const rig = startMeter(createMedia(), noon, { battery: () => 2500 });
    runAcknowledging(rig, noon + 72 * hour + 60);
    const failed = messagesOf(rig, MessageKind.event).map(({ payload }) => readNumbers(payload)[0]);
    assert.deepEqual(failed, [SelfCheck.battery, SelfCheck.battery | SelfCheck.clock]);
  });

  it('keep the window that was asked for', () => {
    const media = createMedia();
    const rig = startMeter(media, noon);
    run(rig, command(1, Operation.setWindow, 3));
    runUntil(rig, noon + 10 * hour + 60);
    assert.lengthOf(timesOf(messagesOf(rig, MessageKind.window).at(-1)!.block), 3);
    assert.equal(new EnvironmentArea(media.store, format.storeId).load()!.windowReadings, 3);
  });
});
