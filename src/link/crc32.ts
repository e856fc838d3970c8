/** What a byte does to the remainder: 256 slots (4 KB of flash on XS) for one step a byte instead of two. */
const table = Array.from({ length: 256 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ ((remainder & 1) * 0xedb88320);
  return remainder | 0;
});

/** CRC-32 (IEEE 802.3) of bytes[offset, offset + length), as a u32; `previous` is that of what stands before. */
export function crc32(bytes: Uint8Array, offset: number, length: number, previous = 0): number {
  let remainder = ~previous;
  for (let index = offset; index < offset + length; index++) {
    remainder = (remainder >>> 8) ^ table[(remainder ^ bytes[index]!) & 255]!;
  }
  return ~remainder >>> 0;
}
