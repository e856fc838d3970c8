import { assert } from 'chai';
import type { StoreId } from '../../../lib/limfs/index.js';
import { LineList } from '../../../lib/limfs/lines/index.js';
import type { MeterDevice } from '../../../simulator/devices/meterDevice.js';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { devicesOf } from '../../../simulator/topology/topology.js';
import { Operator, type OperatorDevices } from '../../../simulator/world/operator.js';
import { ordinaryRadio, ordinaryWire } from '../../../simulator/world/scenarios.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { readNumbers } from '../../../src/events/numbers.js';
import { MessageKind } from '../../../src/link/message.js';
import type { Answer } from '../../../src/receiver/commandDesk.js';
import { LineTree } from '../../../src/receiver/lineTree.js';

const topology = generateTopology({
  meters: 2,
  routers: 0,
  managers: 1,
  radio: ordinaryRadio(0),
  wire: ordinaryWire,
});
const managerPlace = devicesOf(topology, 'localManager')[0]!;
const [place] = devicesOf(topology, 'meter') as [number];

const concentrator = { storeId: [3, 1] as StoreId };

interface Issued {
  readonly storeId: StoreId;
  readonly operation: number;
  readonly argument: readonly number[];
  readonly answer: (code: number | null) => void;
}

function treeOf(...lines: readonly (readonly [name: number, first: number])[]): LineTree {
  const list = new LineList(lines.length);
  for (const [name, first] of lines) list.add(name, first);
  const tree = new LineTree();
  tree.learn(list, list.newest);
  return tree;
}

/** An operator before a server that writes down what is to be sent. */
function atWork() {
  const issued: Issued[] = [];
  const counts: Record<string, number> = {};
  const meter = {
    storeId: [1, 7],
    address: 50,
    isGone: false,
    hasPower: true,
    registerFails: false,
    witness: { endSequence: 10, setBacks: [] },
    powerOff: () => {
      meter.hasPower = false;
    },
  };
  const manager = { storeId: [2, 1], isGone: false };
  const server = { isFull: false, settled: 10 };
  const devices = {
    server: {
      issue(
        _concentrator: number,
        _address: number,
        storeId: StoreId,
        operation: number,
        argument: Uint8Array,
        _notAfterSeconds: number,
        answer: Answer,
      ) {
        if (server.isFull) return false;
        const reply = (code: number | null) => {
          const data = new Uint8Array(0);
          const result = code === null ? null : { kind: MessageKind.result, number: 1, storeId, code, data };
          answer(result as never, undefined as never);
        };
        issued.push({ storeId, operation, argument: readNumbers(argument), answer: reply });
        return true;
      },
    },
    book: {
      of: () => ({ settle: () => server.settled, lines: treeOf([0xa1, 0], [0xa2, 90], [0xa3, 100]) }),
    },
    concentratorOf: () => 0,
    concentrators: [{ place: 1, device: concentrator }],
    managerAt: () => manager,
    meters: [{ device: meter, place }],
  };
  const operator = new Operator(
    { topology },
    devices as unknown as OperatorDevices,
    () => 0,
    (what) => {
      counts[what] = (counts[what] ?? 0) + 1;
    },
  );
  return { operator, issued, counts, server, manager, meter, device: meter as unknown as MeterDevice };
}

describe('operator', () => {
  it('lets a meter go that has given everything, named by its store id, once the local manager has done it', () => {
    const { operator, issued, counts, server, meter, device } = atWork();
    server.settled = 9;
    operator.retire(place, device);
    operator.look();
    assert.equal(issued.length, 0, 'one reading is still missing');
    server.settled = 10;
    operator.look();
    operator.look();
    assert.deepEqual(
      issued.map(({ operation, argument }) => [operation, ...argument]),
      [[Operation.removeMeter, 1, 7]],
    );
    issued[0]!.answer(ResultCode.done);
    assert.isTrue(meter.isGone);
    assert.equal(counts['retired meter removed'], 1);
    operator.look();
    assert.equal(issued.length, 1);
  });

  for (const [what, code] of [
    ['refused', ResultCode.failed],
    ['not answered', null],
    ['answered too late', ResultCode.late],
  ] as const) {
    it(`keeps a meter whose removal was ${what}, and gives the command again`, () => {
      const { operator, issued, meter, device } = atWork();
      operator.retire(place, device);
      operator.look();
      issued[0]!.answer(code);
      assert.isFalse(meter.isGone);
      assert.isTrue(meter.hasPower);
      operator.look();
      assert.equal(issued.length, 2);
      issued[1]!.answer(ResultCode.done);
      assert.isTrue(meter.isGone);
    });
  }

  it('gives a command once more when nobody knows what came of it', () => {
    const { operator, issued, counts, device } = atWork();
    operator.setInterval(place, device, 900);
    issued[0]!.answer(ResultCode.repeated);
    assert.deepEqual(issued[1]!.argument, [900]);
    assert.equal(counts['command given once more'], 1);
  });

  it('asks the next local manager when the one that was asked is gone', () => {
    const { operator, issued, manager, device } = atWork();
    operator.retire(place, device);
    operator.look();
    manager.isGone = true;
    issued[0]!.answer(null);
    manager.isGone = false;
    operator.look();
    assert.equal(issued.length, 2);
  });

  it('gives a command later for which the server had no room', () => {
    const { operator, issued, server, device } = atWork();
    server.isFull = true;
    operator.setInterval(place, device, 900);
    assert.equal(issued.length, 0);
    server.isFull = false;
    operator.look();
    assert.deepEqual(issued[0]!.argument, [900]);
  });

  it('gives a setting again that nobody answered, unless there is a newer one or the meter is gone', () => {
    const { operator, issued, meter, device } = atWork();
    operator.setInterval(place, device, 900);
    issued[0]!.answer(null);
    operator.look();
    assert.deepEqual(issued[1]!.argument, [900]);
    operator.setInterval(place, device, 3600);
    issued[1]!.answer(null);
    operator.look();
    assert.equal(issued.length, 3, 'the earlier one is wanted no more');
    meter.isGone = true;
    issued[2]!.answer(null);
    operator.look();
    assert.equal(issued.length, 3);
  });

  it('gives the newest settings again to a device that has forgotten', () => {
    const { operator, issued } = atWork();
    operator.setReportInterval(managerPlace, 3);
    operator.setReportInterval(managerPlace, 5);
    for (const { answer } of issued) answer(ResultCode.done);
    operator.setUpAgain(concentrator.storeId);
    assert.deepEqual(
      issued.slice(2).map(({ argument }) => argument),
      [[managerPlace, 5]],
    );
  });

  it('never repeats a reading on request that nobody answered', () => {
    const { operator, issued, counts, device } = atWork();
    operator.readNow(place, device);
    issued[0]!.answer(null);
    operator.look();
    assert.equal(issued.length, 1);
    assert.equal(counts['command expired'], 1);
  });

  it('hands every meter that is there over to a local manager that has forgotten, and says on which line it was', () => {
    const { operator, issued, server } = atWork();
    server.settled = 100;
    operator.handOver(managerPlace);
    assert.deepEqual(issued[0]!.argument, [1, 7, 100, 50, 0xa1, 0, 0xa2, 90]);
    issued[0]!.answer(ResultCode.failed);
    operator.look();
    assert.deepEqual(issued[1]!.argument, issued[0]!.argument, 'a refused one is given again');
  });
});
