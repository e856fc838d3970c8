import type { OpenPort, SerialPort } from './port.js';
import { SerialOutput } from './serialOutput.js';

/** The side of a console that a port talks to. */
export interface Talker {
  receive(byte: number): void;
  /** The next line to send; undefined when there is nothing to say. */
  nextLine(): string | undefined;
}

/** Longest line that the console sends; a dump row of eight channels is shorter. */
const maximumLineBytes = 256;

/** Connects a console to a serial port. A line is fetched only when the port has room. */
export class SerialConsole {
  readonly #console: Talker;
  readonly #port: SerialPort;
  readonly #output = new SerialOutput(maximumLineBytes);

  constructor(console: Talker, open: OpenPort) {
    this.#console = console;
    this.#port = open({
      onReadable: () => this.#receive(),
      onWritable: (bytes) => {
        this.#output.writable(this.#port, bytes);
        this.flush();
      },
    });
  }

  /** Sends what the console has to say by itself. */
  flush(): void {
    while (this.#output.isReady) {
      const line = this.#console.nextLine();
      if (line === undefined) return;
      this.#output.send(this.#port, this.#put(line));
    }
  }

  #receive(): void {
    const bytes = this.#port.read();
    if (bytes === undefined) return;
    for (const byte of new Uint8Array(bytes)) this.#console.receive(byte);
    this.flush();
  }

  #put(line: string): number {
    const { bytes } = this.#output;
    const length = Math.min(line.length, maximumLineBytes - 2);
    for (let index = 0; index < length; index += 1) bytes[index] = line.charCodeAt(index);
    bytes[length] = 0x0d;
    bytes[length + 1] = 0x0a;
    return length + 2;
  }
}
