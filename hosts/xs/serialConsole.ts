/** The members of ECMA-419's Serial that the console uses; `embedded:io/serial` of the Moddable SDK fulfils them. */
export interface Port {
  read(): ArrayBuffer | undefined;
  write(bytes: ArrayBuffer): void;
}

/** What a port calls back: bytes waiting to be read, and free bytes in its transmit buffer. */
export interface PortEvents {
  onReadable(bytes: number): void;
  onWritable(bytes: number): void;
}

/** The side of a console that a port talks to. */
export interface Talker {
  receive(byte: number): void;
  /** The next line to send; undefined when there is nothing to say. */
  nextLine(): string | undefined;
}

/** Longest line that the console sends; a dump row of eight channels is shorter. */
const maximumLineBytes = 256;

/**
 * Connects a console to a serial port. A line is fetched only when the port has room, and goes out in the pieces
 * that fit: the transmit buffer of the Pico holds 128 bytes, and a write beyond that throws.
 */
export class SerialConsole {
  readonly #console: Talker;
  readonly #port: Port;
  readonly #line = new Uint8Array(maximumLineBytes);
  #lineBytes = 0;
  #sentBytes = 0;
  #writableBytes = 0;

  constructor(console: Talker, open: (events: PortEvents) => Port) {
    this.#console = console;
    this.#port = open({ onReadable: () => this.#receive(), onWritable: (bytes) => this.#send(bytes) });
  }

  /** Sends what the console has to say by itself. */
  flush(): void {
    this.#send(this.#writableBytes);
  }

  #receive(): void {
    const bytes = this.#port.read();
    if (bytes === undefined) return;
    for (const byte of new Uint8Array(bytes)) this.#console.receive(byte);
    this.flush();
  }

  #send(writableBytes: number): void {
    this.#writableBytes = writableBytes;
    while (this.#writableBytes > 0 && (this.#sentBytes < this.#lineBytes || this.#fetchLine())) {
      const count = Math.min(this.#lineBytes - this.#sentBytes, this.#writableBytes);
      const end = this.#sentBytes + count;
      this.#port.write(this.#line.buffer.slice(this.#sentBytes, end));
      this.#sentBytes = end;
      this.#writableBytes -= count;
    }
  }

  #fetchLine(): boolean {
    const line = this.#console.nextLine();
    if (line === undefined) return false;
    const length = Math.min(line.length, maximumLineBytes - 2);
    for (let index = 0; index < length; index += 1) this.#line[index] = line.charCodeAt(index);
    this.#line[length] = 0x0d;
    this.#line[length + 1] = 0x0a;
    this.#lineBytes = length + 2;
    this.#sentBytes = 0;
    return true;
  }
}
