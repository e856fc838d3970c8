import { assert } from 'chai';
import { InstallArea, LimfsError } from '../../../lib/limfs/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { information } from '../../../src/commands/arguments.js';
import { CommandError } from '../../../src/commands/commandGate.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { MessageKind, type Result } from '../../../src/link/message.js';
import { MeterDirectory, nameOf } from '../../../src/receiver/meterDirectory.js';

const storeId = [0x0badcafe, 0x12345678] as const;
const other = [1, 2] as const;
const install = {
  serialNumber: 'KR-2014-000017',
  bodyNumber: '1/21/908937',
  location: '강릉원주대 7호관 B1',
  firmware: '1.0.0+abc',
  installedSeconds: 1_400_000_000,
  bootCount: 3,
  resetCause: 0,
};

/** What a device with this install area answers. */
function answerOf(id: readonly [number, number], changes: Partial<typeof install> = {}): Result {
  const area = new InstallArea(new RamMedium(4096));
  area.store({ ...install, ...changes });
  return { kind: MessageKind.result, number: 1, storeId: id, code: ResultCode.done, data: information(area) };
}

describe('A directory of meters', () => {
  let directory: MeterDirectory;

  beforeEach(() => {
    directory = new MeterDirectory();
    directory.add(storeId, 7, 30);
    directory.add(other, 7, 31);
    directory.learn(Operation.information, answerOf(storeId));
  });

  it('finds a meter by any of its numbers', () => {
    for (const id of [
      install.serialNumber,
      install.bodyNumber,
      '0badcafe12345678',
      '0BADCAFE12345678',
      ' 30 ',
    ]) {
      const found = directory.find(id);
      if (found.how !== 'found') assert.fail(`${id}: ${found.how}`);
      assert.equal(nameOf(found.entry.storeId), '0badcafe12345678');
      assert.equal(found.entry.information!.location, install.location);
      assert.equal(found.entry.information!.firmware, install.firmware);
      assert.equal(found.entry.concentrator, 7);
    }
  });

  it('says when there is none, and takes no part of a number for the whole', () => {
    for (const id of ['KR-2014-00001', '908937', '', '99', '0badcafe'])
      assert.deepEqual(directory.find(id), { how: 'not found' }, id);
    directory.remove(storeId);
    assert.deepEqual(directory.find(install.serialNumber), { how: 'not found' });
  });

  it('does not choose when several have the number', () => {
    directory.learn(Operation.information, answerOf(other, { serialNumber: 'KR-2014-000018' }));
    const found = directory.find(install.bodyNumber);
    if (found.how !== 'ambiguous') assert.fail(found.how);
    assert.lengthOf(found.entries, 2);
    assert.equal(directory.find('KR-2014-000018').how, 'found');
  });

  it('keeps what a meter said when it moves to another place', () => {
    directory.add(storeId, 9, 44);
    const found = directory.find(install.serialNumber);
    if (found.how !== 'found') assert.fail(found.how);
    assert.equal(found.entry.address, 44);
    assert.equal(found.entry.information!.bodyNumber, install.bodyNumber);
  });

  it('learns nothing from a failed answer, a strange one, or of a device that was never installed', () => {
    const answer = answerOf(other, { serialNumber: 'X' });
    assert.isFalse(directory.learn(Operation.information, { ...answer, code: ResultCode.failed }));
    assert.isFalse(directory.learn(Operation.information, { ...answer, data: new Uint8Array(3) }));
    assert.isFalse(directory.learn(Operation.selfCheck, answer));
    assert.isFalse(directory.learn(Operation.information, { ...answer, storeId: [8, 8] }));
    assert.deepEqual(directory.find('X'), { how: 'not found' });
    assert.isTrue(directory.learn(Operation.channels, { ...answer, data: Uint8Array.of(0, 0) }));
  });

  it('is told by a device before commissioning that there is nothing to tell', () => {
    assert.throws(() => information(new InstallArea(new RamMedium(4096))), CommandError);
    assert.throws(() => answerOf(other, { location: 'x'.repeat(33) }), LimfsError, 'longer than 32 bytes');
    assert.throws(() => answerOf(other, { bodyNumber: 'x'.repeat(17) }), LimfsError, 'longer than 16 bytes');
  });
});
