/** Measuring on the emulated Cortex-M: instructions and garbage of an operation, one printed line a result. */

/** What one operation takes; `busInstructions` is the part that drives the I2C wires by hand. */
export interface Cost {
  readonly instructions: number;
  readonly busInstructions: number;
  /** Slots and chunk bytes taken while it ran, garbage included. */
  readonly slots: number;
  readonly chunkBytes: number;
}

/** Instructions between two readings of the counter with nothing between them. */
function counterOverhead(): number {
  const start = xsHost.instructions();
  return xsHost.instructions() - start;
}

/** Runs `operation` once to warm caches of its own, collects garbage and then measures it. */
export function measure(operation: () => void): Cost {
  operation();
  xsHost.gc();
  return measureOnce(operation);
}

/** Measures without running or collecting anything before. */
export function measureOnce(operation: () => void): Cost {
  const overhead = counterOverhead();
  const slots = xsHost.slotsUsed();
  const chunkBytes = xsHost.chunkBytesUsed();
  const busInstructions = xsHost.busInstructions();
  const start = xsHost.instructions();
  operation();
  const end = xsHost.instructions();
  // The result object takes slots of its own, so everything is read before it is made.
  const slotsTaken = xsHost.slotsUsed() - slots;
  const chunkBytesTaken = xsHost.chunkBytesUsed() - chunkBytes;
  return {
    instructions: end - start - overhead,
    busInstructions: xsHost.busInstructions() - busInstructions,
    slots: slotsTaken,
    chunkBytes: chunkBytesTaken,
  };
}

/** Lets the heap grow, which XS does in small steps with a collection at each, before anything is measured. */
export function growHeap(links: number, chunkBytes: number): void {
  let chain: object | null = null;
  for (let link = 0; link < links; link += 1) chain = { chain };
  if (chain === null || new Uint8Array(chunkBytes).length === 0) throw new Error('no heap');
}

/** `limit`: above it the run fails. `target`: what the project wants to reach, printed beside the value. */
export interface Bounds {
  readonly limit?: number;
  readonly target?: number;
}

/** Prints one result. */
export function report(name: string, value: number, unit: string, bounds: Bounds = {}): void {
  xsHost.print(JSON.stringify({ name, value: Math.round(value), unit, ...bounds }));
}

/** Prints the cost of an operation that must make no garbage. */
export function reportCost(name: string, cost: Cost, bounds: Bounds = {}): void {
  report(name, cost.instructions, 'instructions', bounds);
  if (cost.busInstructions > 0) report(`${name}, I2C wires alone`, cost.busInstructions, 'instructions');
  reportGarbage(name, cost.slots, cost.chunkBytes);
}

export function reportGarbage(name: string, slots: number, chunkBytes: number): void {
  report(`${name}, garbage`, slots * 16 + chunkBytes, 'bytes', { limit: 0 });
}
