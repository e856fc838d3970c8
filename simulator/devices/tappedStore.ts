import type { Batch, Channel, Finding, Reading, StoreId } from '../../lib/limfs/index.js';
import type { RoleStore } from '../../src/meter/roleStore.js';
import type { MeterWitness } from '../ledger/meterWitness.js';

/** What a meter is doing with its store. */
export type Activity = 'idle' | 'start' | 'append' | 'read' | 'checkpoint';

/** A meter's store with a tap at append's return; it also tells the world in what a power cut fell. */
export class TappedStore implements RoleStore {
  activity: Activity = 'idle';
  readonly #store: RoleStore;
  readonly #witness: MeterWitness;
  readonly #newInterval: () => void;
  /** The interval is another one when the next reading is stored. */
  #isChanging = false;

  /** `newInterval` is called when a new interval has become durable. */
  constructor(store: RoleStore, witness: MeterWitness, newInterval: () => void) {
    this.#store = store;
    this.#witness = witness;
    this.#newInterval = newInterval;
  }

  get storeId(): StoreId {
    return this.#store.storeId;
  }

  get findings(): readonly Finding[] {
    return this.#store.findings;
  }

  get intervalSeconds(): number {
    return this.#store.intervalSeconds;
  }

  get channelCount(): number {
    return this.#store.channelCount;
  }

  channels(): Channel[] {
    return this.#store.channels();
  }

  get nextSequence(): number {
    return this.#store.nextSequence;
  }

  get oldestSequence(): number {
    return this.#store.oldestSequence;
  }

  get count(): number {
    return this.#store.count;
  }

  append(timeSeconds: number, values: ArrayLike<number>, status?: number): number {
    this.activity = 'append';
    this.#witness.appending(this.#store.nextSequence);
    const sequence = this.#store.append(timeSeconds, values, status);
    this.#witness.appended(sequence);
    return this.#stored(sequence);
  }

  appendHole(timeSeconds: number, status: number): number {
    this.activity = 'append';
    return this.#stored(this.#store.appendHole(timeSeconds, status));
  }

  startRun(): void {
    this.#store.startRun();
  }

  setInterval(intervalSeconds: number): void {
    this.#store.setInterval(intervalSeconds);
    this.#isChanging = true;
  }

  newest(into: Reading): boolean {
    return this.#store.newest(into);
  }

  read(firstSequence: number, batch: Batch): number {
    this.activity = 'read';
    const count = this.#store.read(firstSequence, batch);
    this.activity = 'idle';
    return count;
  }

  checkpoint(timeSeconds: number): void {
    this.activity = 'checkpoint';
    this.#store.checkpoint(timeSeconds);
    this.activity = 'idle';
  }

  lastCheckpointSeconds(): number {
    return this.#store.lastCheckpointSeconds();
  }

  #stored(sequence: number): number {
    this.activity = 'idle';
    if (this.#isChanging) {
      this.#isChanging = false;
      this.#newInterval();
    }
    return sequence;
  }
}
