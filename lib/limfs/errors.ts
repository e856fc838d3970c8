/**
 * Every error that LIMFS reports. The code is stable for ever: tests, consoles and servers match on it.
 * Programming errors (a contract of the caller broken) are assertions, not these.
 */
export const errorCodes = [
  /** The medium refused or failed a transfer (no acknowledge, write protect, bus fault). */
  'medium-failed',
  /** An address range lies outside the medium. */
  'medium-range',
  /** A flash rule was about to be broken (program without erase, erase off a sector border). */
  'medium-rule',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** An error with a stable code; the message names the cause and, where there is one, the cure. */
export class LimfsError extends Error {
  // A class field, because assigning `this.name` throws in a preloaded module on XS (class hierarchy in ROM).
  override readonly name = 'LimfsError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Thrown when a contract inside the program is broken; never for damaged media or bad input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Asserts what must hold, in production too. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(what);
}
