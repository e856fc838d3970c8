import { FM24V10 } from '../lib/drivers/fm24v10.js';
import { FM24V10Chip } from '../simulator/chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../simulator/chips/i2cBus.js';
import type { BenchStore, Contender, StoreShape } from './contender.js';
import type { Costs } from './costs.js';
import type { DueReading, Series } from './series.js';

/** No transfer is split by the host: what a storage costs does not depend on the host's buffer. */
const transferBytes = 4096;

/** A store on a simulated chip of its own, and the readings of one meter that go into it. */
export class Rig {
  readonly chip = new FM24V10Chip();
  readonly medium: FM24V10;
  readonly contender: Contender;
  readonly shape: StoreShape;
  readonly series: Series;
  store: BenchStore;
  private readonly bus = new I2CBus(this.chip);
  private readonly due: DueReading = { timeSeconds: 0, status: 0, valid: true, values: [] };

  constructor(contender: Contender, series: Series, shape: StoreShape, image?: Uint8Array) {
    this.contender = contender;
    this.series = series;
    this.shape = shape;
    this.medium = new FM24V10({ memory: { io: i2cClassOn(this.bus) }, transferBytes });
    if (image === undefined) contender.format(this.medium, shape);
    else this.chip.image.set(image);
    this.store = this.mounted();
  }

  /** The same store on another chip. */
  fork(): Rig {
    return new Rig(this.contender, this.series, this.shape, this.chip.image);
  }

  mounted(): BenchStore {
    return this.contender.mount(this.medium, this.shape);
  }

  /** Appends the next due reading: number n of the series (from 0) is sequence n + 1. */
  append(): void {
    this.series.read(this.store.nextSequence - 1, this.due);
    this.store.append(this.due);
  }

  /** The number, in the series, of the oldest and of the newest reading kept. */
  get oldest(): number {
    return this.store.oldestSequence - 1;
  }
  get newest(): number {
    return this.store.nextSequence - 2;
  }

  /** Runs the operation and adds what it cost at the bus. */
  measure(costs: Costs, operation: () => void): void {
    const { bus, chip } = this;
    bus.resetCounters();
    chip.resetCounters();
    operation();
    costs.transactions.add(bus.transactions);
    costs.bytesRead.add(chip.bytesRead);
    costs.bytesWritten.add(chip.bytesWritten);
    costs.busMicroseconds.add(bus.busMicroseconds);
  }

  /** Appends until the store has overwritten its oldest reading for the first time. */
  fill(): void {
    while (this.store.oldestSequence === 1) this.append();
  }
}
