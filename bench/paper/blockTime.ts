import { FM24V10 } from '../../lib/drivers/fm24v10.js';
import { MediumRegion } from '../../lib/limfs/events/index.js';
import { createBatch } from '../../lib/limfs/index.js';
import { formatPaperStore, mountPaperStore, type PaperStore } from '../../lib/limfs/paper/index.js';
import { FM24V10Chip } from '../../simulator/chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../../simulator/chips/i2cBus.js';
import { createRandom } from '../../simulator/random/random.js';

const intervalSeconds = 3600;
/** Small enough that its table of stretches soon goes round; a block costs the same in a larger store. */
const regionBytes = 8192;
/** The entry of so many newest pages is in RAM after a mount: what is searched for lies before them. */
const newestStretch = 32;
/** The most bytes of one reading; the rest of a larger block is zero. */
const largestReading = 80;

/** Bus time of one block at 1 MHz, and beside it as a share of a raw transfer of the same bytes. */
export interface BlockTimes {
  readonly blockSize: number;
  /** Read through the PVT and checked: its entry in RAM (warm), or the first search after a mount (cold, mean). */
  readonly warm: number;
  readonly cold: number;
  /** Stored with everything that makes it durable and findable, mean of a lap. */
  readonly write: number;
  readonly rawReadMicroseconds: number;
  readonly warmMicroseconds: number;
  readonly coldMicroseconds: number;
  readonly coldMicrosecondsMax: number;
  readonly rawWriteMicroseconds: number;
  readonly writeMicroseconds: number;
  readonly writeMicrosecondsMax: number;
  /** The same where no reading comes at the regular time. */
  readonly irregularWriteMicroseconds: number;
}

/** The paper's Figure 8, for one block size, in the paper's layout. */
export function measureBlock(blockSize: number, searches: number): BlockTimes {
  const bench = new BlockBench(blockSize);
  const buffer = new Uint8Array(blockSize);
  const rawWrite = bench.time(() => bench.medium.write(0, buffer, 0, blockSize));
  const rawRead = bench.time(() => bench.medium.read(0, buffer, 0, blockSize));
  bench.format();
  // After as many stretches as the table has entries each new one drops an old one: the dearest state.
  bench.lap(7);
  const irregular = bench.lap(7);
  bench.lap(0);
  const write = bench.lap(0);
  const cold = new Times();
  const warm = new Times();
  const random = createRandom(1, 'searches', blockSize);
  for (let search = 0; search < searches; search += 1) {
    bench.mount();
    const age = newestStretch + random.below(bench.store.count - newestStretch);
    const late = random.below(intervalSeconds);
    cold.add(bench.time(() => bench.find(age, late)));
    warm.add(bench.time(() => bench.find(age, late)));
  }
  return {
    blockSize,
    warm: warm.mean / rawRead,
    cold: cold.mean / rawRead,
    write: write.mean / rawWrite,
    rawReadMicroseconds: rawRead,
    warmMicroseconds: warm.mean,
    coldMicroseconds: cold.mean,
    coldMicrosecondsMax: cold.max,
    rawWriteMicroseconds: rawWrite,
    writeMicroseconds: write.mean,
    writeMicrosecondsMax: write.max,
    irregularWriteMicroseconds: irregular.mean,
  };
}

class Times {
  max = 0;
  private sum = 0;
  private count = 0;

  add(microseconds: number): void {
    this.sum += microseconds;
    this.count += 1;
    this.max = Math.max(this.max, microseconds);
  }

  get mean(): number {
    return this.sum / this.count;
  }
}

class BlockBench {
  readonly medium: MediumRegion;
  store!: PaperStore;
  private readonly bus: I2CBus;
  private readonly blockSize: number;
  private readonly batch = createBatch(1);
  private seconds = 1_700_000_000;
  private appended = 0;

  constructor(blockSize: number) {
    this.blockSize = blockSize;
    this.bus = new I2CBus(new FM24V10Chip());
    const chip = new FM24V10({ memory: { io: i2cClassOn(this.bus) }, transferBytes: 4096 });
    this.medium = new MediumRegion(chip, 0, regionBytes);
  }

  format(): void {
    formatPaperStore(this.medium, {
      storeId: [1, 2],
      intervalSeconds,
      windowReadings: 1,
      readingBytes: Math.min(this.blockSize, largestReading),
      blockBytes: this.blockSize,
    });
    this.mount();
  }

  mount(): void {
    this.store = mountPaperStore(this.medium);
  }

  /** Appends more readings than there are pages in the ring, each so many seconds later than is regular. */
  lap(late: number): Times {
    const times = new Times();
    const count = Math.floor(regionBytes / this.blockSize);
    for (let append = 0; append < count; append += 1) {
      this.seconds += intervalSeconds + late;
      times.add(this.time(() => this.store.append(this.seconds, this.appended % 100)));
      this.appended += 1;
    }
    return times;
  }

  /** Finds the page so many intervals older than the newest one, by a time that is not exactly its own. */
  find(age: number, late: number): void {
    const seconds = this.seconds - age * intervalSeconds;
    if (this.store.find(seconds + late, this.batch) && this.batch.times[0] === seconds) return;
    throw new Error(`the page of ${seconds} is not found`);
  }

  time(operation: () => void): number {
    this.bus.resetCounters();
    operation();
    return this.bus.busMicroseconds;
  }
}
