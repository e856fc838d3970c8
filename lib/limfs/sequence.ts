/** Serial-number arithmetic on u32 sequences (RFC 1982): a store may run past 2^32 - 1 and go on at 0. */

/** How far `sequence` lies ahead of `origin`; negative if behind. */
export function ahead(sequence: number, origin: number): number {
  return (sequence - origin) | 0;
}

export function advance(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}

export function later(a: number, b: number): number {
  return ahead(a, b) >= 0 ? a : b;
}

export function earlier(a: number, b: number): number {
  return ahead(a, b) <= 0 ? a : b;
}
