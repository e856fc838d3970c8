import { LimfsError } from '../../lib/limfs/index.js';
import { type Command, type LineSource, Refusal, runCommand, type Session } from './commands.js';
import { LineReader, MAXIMUM_LINE_CHARACTERS } from './lineReader.js';

/** Commands that may wait while an answer is still going out. */
const maximumPending = 4;
/** Lines that may wait to be sent before refusals and announcements are dropped. */
const maximumLines = 32;
const controlC = 0x03;

/**
 * The technician's console: bytes in, lines out, the same by hand and by a script. Every answer ends with a line
 * `ok` or `error: ...`; a line that begins with `#` was not asked for. Lines are made when the port asks for them, so
 * a long dump neither blocks the meter nor fills its memory; Ctrl-C ends it.
 */
export class Console<Subject> {
  readonly #commands: readonly Command<Subject>[];
  readonly #session: Session<Subject>;
  readonly #reader = new LineReader();
  readonly #pending: string[] = [];
  readonly #lines: string[] = [];
  /** The answer that is going out line by line. */
  #source: LineSource | undefined;

  constructor(commands: readonly Command<Subject>[], subject: Subject) {
    this.#commands = commands;
    this.#session = {
      subject,
      print: (line) => this.#lines.push(line),
      follow: (source) => {
        this.#source = source;
      },
    };
  }

  /** Takes one byte from the port. */
  receive(byte: number): void {
    if (byte === controlC) {
      this.#cancel();
      return;
    }
    const event = this.#reader.receive(byte);
    if (event === undefined) return;
    if (event === 'too-long') this.#refuse(`a line holds at most ${MAXIMUM_LINE_CHARACTERS} characters`);
    else if (this.#pending.length === maximumPending)
      this.#refuse('busy: wait for the answer, or press Ctrl-C');
    else this.#pending.push(event.line);
  }

  /** Says something unasked. */
  announce(text: string): void {
    this.#addBounded(`# ${text}`);
  }

  /** The next line to send, without its end; undefined when there is nothing to say. */
  nextLine(): string | undefined {
    if (this.#lines.length === 0 && this.#source === undefined) this.#runPending();
    if (this.#lines.length === 0 && this.#source !== undefined) this.#continue(this.#source);
    return this.#lines.shift();
  }

  #runPending(): void {
    const line = this.#pending.shift();
    if (line !== undefined) this.#answer(() => runCommand(this.#commands, line, this.#session));
  }

  #continue(source: LineSource): void {
    this.#answer(() => {
      const line = source.nextLine();
      if (line === undefined) this.#source = undefined;
      else this.#lines.push(line);
    });
  }

  /** Runs one step of a command and closes its answer, unless it goes on line by line. */
  #answer(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof LimfsError)) throw error;
      this.#source = undefined;
      this.#refuse(error.message);
      return;
    }
    if (this.#source === undefined) this.#lines.push('ok');
  }

  #refuse(message: string): void {
    this.#addBounded(`error: ${message}`);
  }

  #addBounded(line: string): void {
    if (this.#lines.length < maximumLines) this.#lines.push(line);
  }

  #cancel(): void {
    this.#reader.clear();
    this.#pending.length = 0;
    if (this.#source === undefined) return;
    this.#source = undefined;
    this.#refuse('cancelled');
  }
}
