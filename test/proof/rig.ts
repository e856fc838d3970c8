import { FM24V10 } from '../../lib/drivers/fm24v10.js';
import { ENTRY_BYTES, PVT_ADDRESS } from '../../lib/limfs/areas/layout.js';
import {
  formatMeterStore,
  type MeterFormat,
  type MeterStore,
  mountMeterStore,
} from '../../lib/limfs/index.js';
import { FM24V10Chip } from '../../simulator/chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../../simulator/chips/i2cBus.js';
import { createRandom, type Random } from '../../simulator/random/random.js';
import { channelList, type Geometry } from './geometry.js';
import { createScript, perform } from './script.js';
import { Tape } from './tape.js';

/** Decides which bits of a half-written byte have changed: set by the test, so that all cases can be gone through. */
export class ChosenBits implements Random {
  mask = 0;
  nextUint32(): number {
    return this.mask;
  }
  below(): number {
    return this.mask;
  }
  chance(): boolean {
    return false;
  }
}

/** A chip on a bus with a store of some geometry on it. Driver and store are made anew at every mount. */
export class Rig {
  readonly bits = new ChosenBits();
  readonly chip = new FM24V10Chip({ random: this.bits });
  readonly tape = new Tape(this.chip);
  readonly geometry: Geometry;
  /** The part of the chip that the store uses. */
  readonly image: Uint8Array;
  private readonly io = i2cClassOn(new I2CBus(this.tape));

  constructor(geometry: Geometry, seed: number) {
    this.geometry = geometry;
    this.fill(seed);
    formatMeterStore(this.driver(), formatOf(geometry, [seed, 0x5eed]));
    this.image = this.chip.image.subarray(0, sizeBytesOf(geometry));
  }

  driver(): FM24V10 {
    return new FM24V10({ memory: { io: this.io } });
  }

  /** Mounts with fresh objects only: what a reset leaves. */
  mount(): MeterStore {
    return mountMeterStore(this.driver());
  }

  /** Leaves on the chip what the geometry asks for. */
  private fill(seed: number): void {
    const { geometry, chip } = this;
    if (geometry.filling === 'ones') chip.image.fill(0xff);
    if (geometry.filling === 'noise') {
      const random = createRandom(seed, 'noise');
      for (let address = 0; address < chip.image.length; address += 1)
        chip.image[address] = random.below(256);
    }
    if (geometry.filling === 'otherStore') this.live(geometry, seed);
    if (geometry.filling === 'otherGeometry')
      this.live({ ...geometry, pageBytes: geometry.pageBytes + 14 }, seed);
  }

  /** Two laps and more of another store. */
  private live(geometry: Geometry, seed: number): void {
    formatMeterStore(this.driver(), formatOf(geometry, [seed, 0x07e2]));
    const store = this.mount();
    const next = createScript(geometry, seed ^ 0x1234);
    for (let steps = 0; steps < geometry.pages * geometry.pageBytes * 2; steps += 1) perform(store, next());
  }
}

export function sizeBytesOf({ pages, pageBytes }: Geometry): number {
  return pages === 0 ? 0x2_0000 : PVT_ADDRESS + pages * (pageBytes + ENTRY_BYTES);
}

export function formatOf(geometry: Geometry, storeId: readonly [number, number]): MeterFormat {
  const { pageBytes, channels, intervalSeconds, firstSequence } = geometry;
  const sizeBytes = sizeBytesOf(geometry);
  return { storeId, channels: channelList(channels), intervalSeconds, pageBytes, sizeBytes, firstSequence };
}
