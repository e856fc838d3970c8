/** What a byte does to the remainder: 256 slots (4 KB of flash on XS) for one step a byte instead of two. */
const table = Array.from({ length: 256 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ ((remainder & 1) * 0x8408);
  return remainder;
});

/** CRC-16/X-25 (the frame check of HDLC) of bytes[offset, offset + length), as a u16. */
export function crc16(bytes: Uint8Array, offset: number, length: number): number {
  let remainder = 0xffff;
  for (let index = offset; index < offset + length; index += 1) {
    remainder = (remainder >>> 8) ^ table[(remainder ^ bytes[index]!) & 255]!;
  }
  return ~remainder & 0xffff;
}
