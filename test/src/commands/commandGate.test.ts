import { assert } from 'chai';
import { LimfsError } from '../../../lib/limfs/index.js';
import { CommandError, CommandGate, type Execute } from '../../../src/commands/commandGate.js';
import { ResultCode } from '../../../src/commands/operation.js';
import { type Command, MessageKind } from '../../../src/link/message.js';

const storeId = [1, 2] as const;

function gateOf(execute: Execute, number = { last: 0 }) {
  const memory = {
    load: () => number.last,
    store: (value: number) => {
      number.last = value;
    },
  };
  return new CommandGate(storeId, memory, execute);
}

function command(number: number, more: Partial<Command> = {}): Command {
  const argument = new Uint8Array(0);
  return {
    kind: MessageKind.command,
    number,
    storeId,
    notAfterSeconds: 100,
    operation: 1,
    argument,
    ...more,
  };
}

describe('command gate', () => {
  it('stores the number before it acts', () => {
    const number = { last: 0 };
    const gate = gateOf(() => {
      assert.equal(number.last, 9);
      return Uint8Array.of(1);
    }, number);
    assert.deepEqual(gate.take(command(9), 0)!.data, Uint8Array.of(1));
  });

  it('answers a command that comes again as before, and an older one as repeated', () => {
    let runs = 0;
    const gate = gateOf(() => {
      runs += 1;
      return Uint8Array.of(runs);
    });
    for (let times = 0; times < 3; times += 1) {
      assert.deepEqual(gate.take(command(9), 0)!.data, Uint8Array.of(1));
    }
    assert.equal(gate.take(command(8), 0)!.code, ResultCode.repeated);
    assert.equal(runs, 1);
  });

  it('goes on behind the largest number', () => {
    const gate = gateOf(() => new Uint8Array(0), { last: 0xffff_ffff });
    assert.equal(gate.take(command(0), 0)!.code, ResultCode.done);
  });

  it('neither runs nor remembers a command that is late or for somebody else', () => {
    const number = { last: 0 };
    const gate = gateOf(() => assert.fail('it ran'), number);
    assert.equal(gate.take(command(9), 101)!.code, ResultCode.late);
    assert.isNull(gate.take(command(9, { storeId: [1, 3] }), 0));
    assert.equal(number.last, 0);
  });

  it('says what went wrong', () => {
    for (const [error, code] of [
      [new CommandError(ResultCode.unknown), ResultCode.unknown],
      [new LimfsError('parameter-range', 'too much'), ResultCode.argument],
      [new LimfsError('packet', 'no integers'), ResultCode.argument],
      [new LimfsError('medium-failed', 'no acknowledge'), ResultCode.failed],
    ] as const) {
      const gate = gateOf(() => {
        throw error;
      });
      assert.equal(gate.take(command(9), 0)!.code, code);
    }
  });
});
