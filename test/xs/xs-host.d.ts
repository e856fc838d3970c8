/** What the C hosts give to scripts (engine/machine.c, host/host.c, cortex-m/host.c). None of these makes garbage. */
declare const xsHost: {
  print(line: string): void;
  /** Collects garbage now. */
  gc(): void;
  /** Slots in use, garbage included until the next collection. A slot is 16 bytes on a 32-bit chip. */
  slotsUsed(): number;
  /** Chunk bytes in use, garbage included until the next collection. */
  chunkBytesUsed(): number;
  garbageCollections(): number;
  /** Most slots of the XS stack in use so far. */
  stackSlotsPeak(): number;

  /** PC only: ends the run; any other status than 0 is a failure. */
  finish(status: number): void;
  /** PC only: XS's own count of executed bytecodes and built-in steps. */
  computrons(): number;

  /** Cortex-M only, like all below: instructions executed since the start. */
  instructions(): number;
  /** The part of them that drove the I2C wires by hand; a chip's I2C controller would do that. */
  busInstructions(): number;
  /** Bytes of the XS heap in use or kept free for reuse. */
  heapBytesReserved(): number;
  instructionsOfThousandNops(): number;
  /** Native twin of lib/limfs/checksum.ts. */
  foldDown(sum: number, words: Uint16Array, from: number, to: number): number;
  /** Native twin of lib/limfs/meter/unpackPlain.ts. */
  readonly unpackPlain: (
    words: Int32Array,
    run: number[],
    times: number[] | null,
    values: number[] | null,
  ) => 0 | 1 | 2 | 3;
  /** The I2C class of ECMA-419, on the bus with the emulated FRAM. */
  readonly I2C: new (options: {
    readonly address: number;
    readonly hz: number;
    readonly [pin: string]: unknown;
  }) => XsHostI2C;
};

interface XsHostI2C {
  read(countOrBuffer: number | Uint8Array, stop?: boolean): ArrayBuffer | Uint8Array;
  write(bytes: Uint8Array, stop?: boolean): void;
  writeRead(bytes: Uint8Array, countOrBuffer: number | Uint8Array): ArrayBuffer | Uint8Array;
  close(): void;
}
