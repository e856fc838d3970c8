/**
 * Every error that LIMFS reports. The code is stable for ever: tests, consoles and servers match on it.
 * Programming errors (a contract of the caller broken) are assertions, not these.
 */
export const errorCodes = Object.freeze([
  /** The medium refused or failed a transfer (no acknowledge, write protect, bus fault). */
  'medium-failed',
  /** An address range lies outside the medium. */
  'medium-range',
  /** A flash rule was about to be broken (program without erase, erase off a sector border). */
  'medium-rule',
  /** The medium is blank: every byte is the same. An operator may format it. */
  'blank',
  /** A format() was cut off. An operator may format again. */
  'formatting',
  /** The medium holds something that is not LIMFS. Nothing is changed. */
  'foreign',
  /** The medium is LIMFS, but both superblocks are damaged. Nothing is changed; `rescue` may read it. */
  'damaged',
  /** The format version is newer than this program. */
  'version',
  /** The medium holds a store of another role. */
  'role',
  /** A parameter of format() or of a revision lies outside its range. */
  'parameter-range',
  /** A value is no integer within +-(2^53 - 1), or there are fewer values than channels. */
  'value-range',
  /** A time is no integer within 0..2^32 - 1, or a status none within 0..255. */
  'reading-range',
  /** An earlier call failed half-way: mount again before the next. */
  'needs-mount',
  /** All channel lists are still named by stored pages; wait until the oldest page has gone. */
  'channel-lists-full',
  /** The erased sectors of a NOR flash are used up: call idle() until it returns false. Nothing was stored. */
  'needs-idle',
  /** A record is larger than its area. */
  'record-range',
  /** The ring holds nothing that may be overwritten: every report in the way still waits for its acknowledgement. */
  'ring-full',
  /** No meter is managed at this place. */
  'meter-unknown',
  /** A meter of this store id is managed already. */
  'meter-known',
  /** As many meters are managed as the store was formatted for. */
  'meters-full',
  /** A page that was to be reported has been dropped meanwhile; ask for the oldest report again. */
  'page-gone',
  /** A packet or block does not decode. */
  'packet',
] as const);

export type ErrorCode = (typeof errorCodes)[number];

/** Codes of a meter's store that say: nothing was changed, the store goes on. */
const refusals: readonly ErrorCode[] = Object.freeze([
  'value-range',
  'reading-range',
  'channel-lists-full',
  'needs-idle',
]);

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

/** Whether an error refused a request before anything had changed. */
export function isRefusal(error: unknown): boolean {
  return error instanceof LimfsError && refusals.includes(error.code);
}

/** Thrown when a contract inside the program is broken; never for damaged media or bad input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Asserts what must hold, in production too. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(what);
}
