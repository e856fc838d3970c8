import { assert } from 'chai';
import { type Port, type PortEvents, SerialConsole } from '../../../hosts/xs/serialConsole.js';

/** A UART with a transmit buffer of the Pico's size: a write beyond its room throws, as there. */
class FakePort implements Port {
  readonly roomBytes = 128;
  #waiting: number[] = [];
  #sending: number[] = [];
  #events: PortEvents;
  sent = '';

  constructor(events: PortEvents) {
    this.#events = events;
  }

  read(): ArrayBuffer | undefined {
    const bytes = this.#waiting.splice(0);
    return bytes.length === 0 ? undefined : Uint8Array.from(bytes).buffer;
  }

  write(bytes: ArrayBuffer): void {
    if (this.#sending.length + bytes.byteLength > this.roomBytes) throw new Error('output full');
    this.#sending.push(...new Uint8Array(bytes));
  }

  type(text: string): void {
    this.#waiting.push(...text.split('').map((character) => character.charCodeAt(0)));
    this.#events.onReadable(this.#waiting.length);
  }

  /** Shifts bytes out on the wire, then says how much room there is. */
  drain(bytes: number): void {
    this.sent += String.fromCharCode(...this.#sending.splice(0, bytes));
    this.#events.onWritable(this.roomBytes - this.#sending.length);
  }

  drainAll(): void {
    for (let round = 0; round < 1000; round += 1) this.drain(17);
  }
}

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

describe('SerialConsole', () => {
  it('hands every received byte to the console', () => {
    const { talker, port } = connect([]);
    port.type('status\r');
    assert.equal(talker.typed, 'status\r');
  });

  it('sends long and many lines in the pieces that the port has room for', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(index * 4)}`);
    const { port } = connect([...lines]);
    port.drainAll();
    assert.equal(port.sent, lines.map((line) => `${line}\r\n`).join(''));
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
    port.drain(128);
    assert.equal(port.sent, '# power is back\r\n');
  });

  it('cuts a line that is longer than its buffer', () => {
    const { port } = connect(['x'.repeat(1000)]);
    port.drainAll();
    assert.equal(port.sent, `${'x'.repeat(254)}\r\n`);
  });
});
