/** Little-endian fields of records that are built and parsed rarely; the hot paths read their words in place. */
export function putUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function putUint32(bytes: Uint8Array, at: number, value: number): void {
  putUint16(bytes, at, value);
  putUint16(bytes, at + 2, value >>> 16);
}

export function getUint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function getUint32(bytes: Uint8Array, at: number): number {
  return (getUint16(bytes, at) | (getUint16(bytes, at + 2) << 16)) >>> 0;
}
