export const SHORT_BYTES = 16;

/**
 * Where writes of up to 16 bytes are put together, from its first byte on; one for a whole store. Drivers know such a
 * buffer again and take it in words: on XS half of what byte after byte costs.
 */
export class ShortBuffer {
  readonly bytes = new Uint8Array(SHORT_BYTES);
  readonly words = new Int32Array(this.bytes.buffer);
}
