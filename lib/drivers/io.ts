/**
 * The shapes of ECMA-419 that the drivers are given by their host: the members used here, no more.
 * `embedded:io/i2c` and `embedded:storage/flash` of the Moddable SDK fulfil them.
 */

/** One device on an I2C bus. Each call is one transaction; a missing acknowledge throws a plain Error. */
export interface I2C {
  write(bytes: Uint8Array): void;
  /** Write, repeated START, read: nobody else gets the bus between the two. */
  writeRead(bytes: Uint8Array, into: Uint8Array): void;
  close(): void;
}

/** Pins and port are the host's own and pass through the driver unread. */
export interface I2COptions {
  readonly address: number;
  readonly hz: number;
  readonly [pin: string]: unknown;
}

export type I2CClass = new (options: I2COptions) => I2C;

/** An opened flash partition; offsets and lengths in bytes, blocks are counted from 0. */
export interface FlashPartition {
  read(into: Uint8Array, offset: number): void;
  write(bytes: Uint8Array, offset: number): void;
  /** Erases the blocks from `start` up to, not including, `end`. */
  eraseBlock(start: number, end: number): void;
  status(): FlashStatus;
  close(): void;
}

export interface FlashStatus {
  readonly size: number;
  readonly blockLength: number;
  readonly blocks: number;
  readonly writeAlign: number;
}

export interface FlashStorage {
  open(options: { readonly path: string; readonly mode: 'r+' }): FlashPartition;
}

/**
 * True for what a host's I/O class throws when a transfer fails: ECMA-419 hosts throw a plain Error then.
 * Subclasses (TypeError, RangeError, a simulator's power cut) are not faults of the bus and must pass.
 */
export function isTransferFault(error: unknown): error is Error {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;
}
