/** The local manager's store over the FM24V10 driver on the emulated I2C FRAM, with 1, 10 and 100 meters. */
import { LINE, oneLine } from '../../../bench/line.js';
import { FM24V10 } from '../../../lib/drivers/fm24v10.js';
import { createBatch, type Natives } from '../../../lib/limfs/index.js';
import {
  createManagerPage,
  formatManagerStore,
  MAXIMUM_CELL_BYTES,
  type ManagerStore,
  mountManagerStore,
} from '../../../lib/limfs/manager/index.js';
import { BlockPacker } from '../../../lib/limfs/window/packedBlock.js';
import { writeRawBlock } from '../../../lib/limfs/window/rawBlock.js';
import { growHeap, measureOnce, report } from './measure.js';

const intervalSeconds = 3600;
const firstTimeSeconds = 1_736_121_600;
/** Packed windows of a day, and the paper's raw ones: n = 5 readings of k = 20 bytes. */
const packed = { windowReadings: 24, blockBytes: 60 } as const;
const raw = { windowReadings: 5, readingBytes: 20, blockBytes: 100 } as const;
type Coding = typeof packed | typeof raw;
/** Rounds that are measured; with few meters some more. */
const hoursOf = (meters: number) => (meters > 10 ? 1 : 3);

const batch = createBatch(24);
const packer = new BlockPacker();
const block = new Uint8Array(256);

/** The window of the newest readings before `end`, as a packet brings it; returns its length. */
function window(coding: Coding, meter: number, end: number): number {
  batch.count = coding.windowReadings;
  batch.channels = 1;
  batch.firstSequence = end - batch.count;
  for (let row = 0; row < batch.count; row += 1) {
    const sequence = batch.firstSequence + row;
    batch.times[row] = firstTimeSeconds + sequence * intervalSeconds;
    batch.statuses[row] = 0;
    batch.valids[row] = 1;
    batch.values[row] = 1_000_000 + sequence * (200 + meter) + ((sequence * 37) & 0x3f);
  }
  if (!('readingBytes' in coding)) return packer.pack(batch, 0, intervalSeconds, block, 0, block.length);
  return writeRawBlock(batch, { readingBytes: coding.readingBytes, channels: 1 }, intervalSeconds, block, 0);
}

/** What one open store may keep of the heap, however many meters it has. */
const storeHeapBytes = 15 * 1024;
/** What a view of a part of a buffer takes, and what keeps it. */
const viewBytes = 144;

/** What calls of one kind take. */
class Costs {
  count = 0;
  collections = 0;
  sum = 0;
  maximum = 0;
  bus = 0;
  slots = 0;
  chunkBytes = 0;

  /** What the bench itself throws away is collected before, so that no collection falls into a call. */
  measure(operation: () => void): void {
    xsHost.gc();
    const collections = xsHost.garbageCollections();
    const cost = measureOnce(operation);
    this.collections += xsHost.garbageCollections() - collections;
    this.count += 1;
    this.sum += cost.instructions;
    this.maximum = Math.max(this.maximum, cost.instructions);
    this.bus += cost.busInstructions;
    this.slots += cost.slots;
    this.chunkBytes += cost.chunkBytes;
  }

  /** `garbageBytes`: allowed for each call. */
  print(name: string, garbageBytes = 0): void {
    if (this.count === 0) throw new Error(`${name} was never measured`);
    if (this.collections > 0) throw new Error(`${name} made the garbage collector run`);
    report(`${name}, mean`, this.sum / this.count, 'instructions');
    if (this.count > 1) report('  maximum', this.maximum, 'instructions');
    report('  I2C wires alone, mean', this.bus / this.count, 'instructions');
    const garbage = this.slots * 16 + this.chunkBytes;
    report(`  ${this.count} calls, garbage`, garbage, 'bytes', { limit: garbageBytes * this.count });
  }
}

function heapBytesUsed(): number {
  return xsHost.slotsUsed() * 16 + xsHost.chunkBytesUsed();
}

const medium = new FM24V10({ memory: { io: xsHost.I2C } });
const page = createManagerPage();
const cell = new Uint8Array(MAXIMUM_CELL_BYTES);

function mount(name: string, natives?: Natives): ManagerStore {
  mounted = null;
  xsHost.gc();
  const before = heapBytesUsed();
  const costs = new Costs();
  costs.measure(() => {
    mounted = mountManagerStore(medium, natives);
  });
  if (costs.collections > 0) throw new Error(`${name}: the garbage collector ran while mounting`);
  xsHost.gc();
  report(`${name}: mount`, costs.sum, 'instructions');
  report('  taken while mounting, garbage included', costs.slots * 16 + costs.chunkBytes, 'bytes');
  report('  XS heap of one open store', heapBytesUsed() - before, 'bytes', {
    limit: storeHeapBytes,
  });
  return mounted!;
}
let mounted: ManagerStore | null = null;

/** One hour: each meter's window, the report, its acknowledgement. */
class Hours {
  readonly opening = new Costs();
  readonly entering = new Costs();
  readonly replacing = new Costs();
  readonly known = new Costs();
  readonly freezing = new Costs();
  readonly reading = new Costs();
  readonly acknowledging = new Costs();
  private readonly store: ManagerStore;
  private readonly coding: Coding;
  private readonly meters: number;

  constructor(store: ManagerStore, coding: Coding, meters: number) {
    this.store = store;
    this.coding = coding;
    this.meters = meters;
  }

  /** Every meter sends; `first` takes the costs of the first window of the round, `others` those of the rest. */
  send(end: number, outcome: string, first: Costs, others: Costs): void {
    const { store, coding } = this;
    const time = firstTimeSeconds + end * intervalSeconds;
    for (let place = 0; place < this.meters; place += 1) {
      const length = window(coding, place, end);
      const message = { line: LINE, oldestSequence: 0, block: block.subarray(0, length) };
      let result = '';
      (place === 0 ? first : others).measure(() => {
        result = store.receiveWindow(place, message, time);
      });
      if (result !== outcome) throw new Error(`window of place ${place} before ${end}: ${result}`);
    }
  }

  report(): void {
    const { store } = this;
    this.freezing.measure(() => store.freeze(page));
    if (page.cells !== this.meters) throw new Error(`a page of ${page.cells} cells`);
    for (let index = 0; index < page.cells; index += 1) {
      this.reading.measure(() => store.readReport(page, index, cell, 0));
    }
    let taken = false;
    this.acknowledging.measure(() => {
      taken = store.acknowledge(store.storeId, page.counter, page.checksum);
    });
    if (!taken) throw new Error('the acknowledgement was not taken');
  }

  print(name: string): void {
    // Once in a page: it writes parts of so many lengths that the driver may have to make a view or two anew.
    this.opening.print(`${name}: window that opens a page`, 2 * viewBytes);
    if (this.entering.count > 0) this.entering.print(`${name}: first window of a meter in a page`, viewBytes);
    this.replacing.print(`${name}: window that replaces another`);
    this.known.print(`${name}: window that is known`);
    this.freezing.print(`${name}: freeze, page of ${this.meters} cells summed`);
    this.reading.print(`${name}: reading one cell of a report`);
    this.acknowledging.print(`${name}: acknowledgement`);
  }
}

/** The driver makes a view for each buffer and length when it first needs them: this is not counted. */
function warmUp(store: ManagerStore, coding: Coding, meters: number): void {
  const hour = new Hours(store, coding, meters);
  const costs = new Costs();
  hour.send(100, 'stored', costs, costs);
  hour.report();
  hour.send(101, 'stored', costs, costs);
  hour.send(102, 'stored', costs, costs);
  hour.send(102, 'known', costs, costs);
  hour.report();
}

function bench(name: string, coding: Coding, meters: number, natives?: Natives): void {
  formatManagerStore(medium, { storeId: [1, meters], meters, meterCapacityReadings: 1000, ...coding });
  const store = mount(name, natives);
  let adding = new Costs();
  for (let meter = 0; meter < meters; meter += 1) {
    // The last one costs most: it is looked for among all others.
    adding = new Costs();
    const lines = oneLine();
    adding.measure(() => store.addMeter([9, meter], 100 - coding.windowReadings, lines));
  }
  report(`${name}: adding the last meter`, adding.sum, 'instructions');
  warmUp(store, coding, meters);
  const hour = new Hours(store, coding, meters);
  for (let end = 103; end < 103 + 2 * hoursOf(meters); end += 2) {
    hour.send(end, 'stored', hour.opening, hour.entering);
    hour.send(end + 1, 'stored', hour.replacing, hour.replacing);
    hour.send(end + 1, 'known', hour.known, hour.known);
    hour.report();
  }
  hour.print(name);
  mounted = null;
}

growHeap(2000, 32_768);
xsHost.gc();
report('engine, code and bench: XS heap', heapBytesUsed(), 'bytes');
const natives = { fold: xsHost.foldDown, unpackPlain: xsHost.unpackPlain };
for (const meters of [1, 10, 100]) bench(`packed, ${meters} meter${meters > 1 ? 's' : ''}`, packed, meters);
bench('packed, 10 meters, native twins', packed, 10, natives);
bench('raw, 10 meters', raw, 10);
bench('raw, 10 meters, native twins', raw, 10, natives);
report('XS heap in use at the end, engine included', xsHost.heapBytesReserved(), 'bytes');
report('XS stack, peak', xsHost.stackSlotsPeak(), 'slots');
