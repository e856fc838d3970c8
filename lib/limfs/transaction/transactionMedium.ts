import type { Medium } from '../medium/medium.js';

/** Address (4 bytes) and length (2) in front of the bytes of each write of a list. */
export const WRITE_HEAD_BYTES = 6;

/** A medium that can make several writes one, so that nobody has to write them to a log first. */
export interface TransactionMedium extends Medium {
  /**
   * Does all writes of a list, `list[0, length)`, or none: a power cut leaves the one or the other. A later write wins
   * where two overlap. Errors: `needs-idle` (nothing is stored), `medium-failed`, `needs-mount`.
   */
  writeTogether(list: Uint8Array, length: number): void;
  /** Errors: `needs-idle`, when a call that changes a few records might find no room. */
  refuseWhenFull(): void;
}

export function isTransactionMedium(medium: Medium): medium is TransactionMedium {
  return 'writeTogether' in medium;
}
