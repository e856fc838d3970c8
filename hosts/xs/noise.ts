const samplesPerBit = 16;

/**
 * A random u32 from the noise in the lowest bit of an analog input: each bit is the parity of 16 samples. It makes
 * the identity of a store unique; it is no key material.
 */
export function noiseWord(sample: () => number): number {
  let word = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    let parity = 0;
    for (let count = 0; count < samplesPerBit; count += 1) parity ^= sample() & 1;
    word = (word << 1) | parity;
  }
  return word >>> 0;
}
