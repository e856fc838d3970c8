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
};
