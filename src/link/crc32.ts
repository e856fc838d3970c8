/** One entry a half-byte: sixteen words of flash instead of 256, two steps a byte. */
const table = Array.from({ length: 16 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 4; bit++) remainder = (remainder >>> 1) ^ ((remainder & 1) * 0xedb88320);
  return remainder | 0;
});

/** CRC-32 (IEEE 802.3) of bytes[offset, offset + length), as a u32; `previous` is that of what stands before. */
export function crc32(bytes: Uint8Array, offset: number, length: number, previous = 0): number {
  let remainder = ~previous;
  for (let index = offset; index < offset + length; index++) {
    remainder ^= bytes[index]!;
    remainder = (remainder >>> 4) ^ table[remainder & 15]!;
    remainder = (remainder >>> 4) ^ table[remainder & 15]!;
  }
  return ~remainder >>> 0;
}
