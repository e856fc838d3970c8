import { LimfsError, type StoreId } from '../../lib/limfs/index.js';
import { ahead } from '../../lib/limfs/sequence.js';
import { type Command, MessageKind, type Result } from '../link/message.js';
import { ResultCode } from './operation.js';

/** Where the number of the last command is kept, durably. */
export interface CommandNumber {
  load(): number;
  store(number: number): void;
}

/** Carries out an operation. Throws `CommandError`, or LimfsError, when it cannot. */
export type Execute = (operation: number, argument: Uint8Array, timeSeconds: number) => Uint8Array;

export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** One of `ResultCode`. */
  readonly code: number;

  constructor(code: number) {
    super(`result code ${code}`);
    this.code = code;
  }
}

/**
 * Runs each command once: its number is durable before it begins, so a device that restarts in the middle answers
 * `repeated` and does not open a valve twice.
 */
export class CommandGate {
  readonly #storeId: StoreId;
  readonly #number: CommandNumber;
  readonly #execute: Execute;
  /** The answer to the last command, for when it comes again. */
  #last: Result | undefined;

  constructor(storeId: StoreId, number: CommandNumber, execute: Execute) {
    this.#storeId = storeId;
    this.#number = number;
    this.#execute = execute;
  }

  /** Answers a command; null when it is for another device. */
  take(command: Command, timeSeconds: number): Result | null {
    const { storeId, number } = command;
    if (storeId[0] !== this.#storeId[0] || storeId[1] !== this.#storeId[1]) return null;
    if (this.#last?.number === number) return this.#last;
    if (ahead(number, this.#number.load()) <= 0)
      return this.#result(number, ResultCode.repeated, new Uint8Array(0));
    if (timeSeconds > command.notAfterSeconds)
      return this.#result(number, ResultCode.late, new Uint8Array(0));
    this.#last = this.#run(command, timeSeconds);
    return this.#last;
  }

  #run({ number, operation, argument }: Command, timeSeconds: number): Result {
    try {
      this.#number.store(number);
      return this.#result(number, ResultCode.done, this.#execute(operation, argument, timeSeconds));
    } catch (error) {
      if (error instanceof CommandError) return this.#result(number, error.code, new Uint8Array(0));
      if (!(error instanceof LimfsError)) throw error;
      const isArgument = error.code === 'parameter-range' || error.code === 'packet';
      const code = isArgument ? ResultCode.argument : ResultCode.failed;
      return this.#result(number, code, new Uint8Array(0));
    }
  }

  #result(number: number, code: number, data: Uint8Array): Result {
    return { kind: MessageKind.result, number, storeId: this.#storeId, code, data };
  }
}
