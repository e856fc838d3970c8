import { assert } from 'chai';
import { SerialConsole } from '../../../hosts/xs/serialConsole.js';
import { FakePort } from './bench.js';

/** Says `lines` one after the other; collects what is typed. */
function createTalker(lines: string[]) {
  return {
    typed: '',
    receive(byte: number): void {
      this.typed += String.fromCharCode(byte);
    },
    nextLine: () => lines.shift(),
  };
}

function connect(lines: string[]) {
  const talker = createTalker(lines);
  let port: FakePort | undefined;
  const serial = new SerialConsole(talker, (events) => {
    port = new FakePort(events);
    return port;
  });
  return { talker, serial, port: port! };
}

function textOf(bytes: readonly number[]): string {
  return String.fromCharCode(...bytes);
}

describe('SerialConsole', () => {
  it('hands every received byte to the console', () => {
    const { talker, port } = connect([]);
    port.type('status\r');
    assert.equal(talker.typed, 'status\r');
  });

  it('sends long and many lines in the pieces that the port has room for', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(index * 4)}`);
    const { port } = connect([...lines]);
    assert.equal(textOf(port.drainAll()), lines.map((line) => `${line}\r\n`).join(''));
  });

  it('fetches a line only when the port has room', () => {
    const lines = Array.from({ length: 100 }, () => 'x'.repeat(62));
    const { port } = connect(lines);
    port.drain(0);
    assert.equal(lines.length, 98);
  });

  it('sends an announcement without waiting for the port to ask', () => {
    const lines: string[] = [];
    const { serial, port } = connect(lines);
    port.drain(0);
    lines.push('# power is back');
    serial.flush();
    assert.equal(textOf(port.drain(FakePort.roomBytes)), '# power is back\r\n');
  });

  it('cuts a line that is longer than its buffer', () => {
    const { port } = connect(['x'.repeat(1000)]);
    assert.equal(textOf(port.drainAll()), `${'x'.repeat(254)}\r\n`);
  });
});
