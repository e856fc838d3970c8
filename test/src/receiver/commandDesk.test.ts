import { assert } from 'chai';
import { numbers } from '../../../src/events/numbers.js';
import { type Command, type Message, MessageKind, type Result } from '../../../src/link/message.js';
import { CommandDesk } from '../../../src/receiver/commandDesk.js';

const CONCENTRATOR = 7;
const HOUR = 3600;

function createDesk() {
  const sent: Command[] = [];
  const answers: (Result | null)[] = [];
  const network = {
    send: (_: number, message: Message) => {
      if (message.kind === MessageKind.command) sent.push(message);
    },
    largestBlockBytes: () => 0,
  };
  const desk = new CommandDesk(network, 100);
  const issue = (low: number, timeSeconds: number) =>
    desk.issue(
      CONCENTRATOR,
      [1, low],
      4,
      numbers(),
      timeSeconds + HOUR,
      (one) => answers.push(one),
      timeSeconds,
    );
  return { desk, sent, answers, issue };
}

function resultOf({ number, storeId }: Command): Result {
  return { kind: MessageKind.result, number, storeId, code: 0, data: new Uint8Array(0) };
}

describe('command desk', () => {
  it('sends a command again after growing pauses until its result is there, and answers once', () => {
    const { desk, sent, answers, issue } = createDesk();
    issue(1, 0);
    const times: number[] = [];
    for (let time = 0; time < HOUR; time += 1) {
      const before = sent.length;
      desk.wake(time);
      if (sent.length > before) times.push(time);
    }
    assert.deepEqual(times, [0, 60, 180, 420, 900, 1800, 2700]);
    assert.deepEqual(new Set(sent.map(({ number }) => number)), new Set([100]));
    desk.take(resultOf(sent[0]!), HOUR);
    desk.take(resultOf(sent[0]!), HOUR + 1);
    assert.equal(answers.length, 1);
    assert.equal(desk.open, 0);
    assert.equal(desk.wakeSeconds, Number.POSITIVE_INFINITY);
  });

  it('sends one command at a time to a device, in order, and to others at once', () => {
    const { desk, sent, issue } = createDesk();
    issue(1, 0);
    issue(1, 0);
    issue(2, 0);
    desk.wake(0);
    assert.deepEqual(
      sent.map(({ number }) => number),
      [100, 102],
    );
    desk.take(resultOf(sent[0]!), 5);
    desk.wake(5);
    assert.deepEqual(
      sent.map(({ number }) => number),
      [100, 102, 101],
    );
    assert.equal(desk.nextNumber, 103);
  });

  it('gives up when the time of a command is long over, and goes on with the next', () => {
    const { desk, sent, answers, issue } = createDesk();
    issue(1, 0);
    for (let time = 0; time <= 2 * HOUR; time += 60) desk.wake(time);
    issue(1, 2 * HOUR);
    assert.deepEqual(answers, []);
    desk.wake(2 * HOUR + 1);
    assert.deepEqual(answers, [null]);
    assert.equal(sent.at(-1)?.number, 101);
  });
});
