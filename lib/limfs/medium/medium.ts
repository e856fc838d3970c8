/**
 * A byte-addressed storage: FRAM, NOR flash or a file (the paper's block driver, section 3).
 *
 * Contract, checked for every implementation by the medium contract suite:
 * - all calls are synchronous and work on the caller's buffer from `offset` on; nothing is allocated;
 * - `write` stores bytes in ascending address order and has made them durable when it returns. A power cut leaves
 *   a prefix of the write, across bank edges and transfer chunks too;
 * - on a medium with `eraseBytes` > 1 a write may only clear bits, and `erase` sets whole sectors to 0xff;
 * - a failed transfer throws `LimfsError` with code `medium-failed`; a range outside the medium throws
 *   `medium-range`; a broken flash rule throws `medium-rule`.
 */
export interface Medium {
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Erase unit (sector) in bytes; 1 means that bytes can be rewritten without erasing (FRAM, file). */
  readonly eraseBytes: number;
  /** Smallest unit, in bytes, that may be programmed; writes are aligned to it. 1 on FRAM. */
  readonly writeBytes: number;
  /** Reads `length` bytes at `address` into `into[offset...]`. */
  read(address: number, into: Uint8Array, offset: number, length: number): void;
  /** Writes `length` bytes `from[offset...]` to `address`; durable on return. */
  write(address: number, from: Uint8Array, offset: number, length: number): void;
  /** Erases [address, address + length), both multiples of `eraseBytes`; does nothing where `eraseBytes` is 1. */
  erase(address: number, length: number): void;
}
