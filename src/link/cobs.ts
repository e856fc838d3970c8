/**
 * Consistent overhead byte stuffing (Cheshire and Baker, 1999): takes the zeros out of bytes, so that a zero can end a
 * frame. A code byte says how far away the next zero was; it costs one byte in 254.
 */
const LONGEST_RUN = 254;

/** The most bytes that `length` bytes become. */
export function stuffedBytes(length: number): number {
  return length + Math.floor(length / LONGEST_RUN) + 1;
}

/** Stuffs from[0, length) into `into` from `offset` on, which must have room; returns the end. */
export function stuff(from: Uint8Array, length: number, into: Uint8Array, offset: number): number {
  let codeAt = offset;
  let end = offset + 1;
  for (let index = 0; index < length; index += 1) {
    const byte = from[index]!;
    if (byte !== 0) {
      into[end] = byte;
      end += 1;
    }
    const full = end - codeAt > LONGEST_RUN && index + 1 < length;
    if (byte === 0 || full) {
      into[codeAt] = end - codeAt;
      codeAt = end;
      end += 1;
    }
  }
  into[codeAt] = end - codeAt;
  return end;
}

/** Takes the stuffing out of bytes[0, length) in place; returns the length that is left, -1 when it is no stuffing. */
export function unstuff(bytes: Uint8Array, length: number): number {
  let end = 0;
  let index = 0;
  while (index < length) {
    const code = bytes[index]!;
    if (code === 0 || index + code > length) return -1;
    for (let run = 1; run < code; run += 1) {
      const byte = bytes[index + run]!;
      if (byte === 0) return -1;
      bytes[end] = byte;
      end += 1;
    }
    index += code;
    if (code <= LONGEST_RUN && index < length) {
      bytes[end] = 0;
      end += 1;
    }
  }
  return end;
}
