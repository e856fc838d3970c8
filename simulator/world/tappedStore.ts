import type { Batch, Finding, MeterStore, Reading, StoreId } from '../../lib/limfs/index.js';
import type { RoleStore } from '../../src/meter/roleStore.js';
import type { MeterWitness } from '../ledger/witness.js';

/** What a meter is doing with its store. */
export type Activity = 'idle' | 'start' | 'append' | 'read' | 'checkpoint';

/** A meter's store with a tap at append's return; it also tells the world in what a power cut fell. */
export class TappedStore implements RoleStore {
  activity: Activity = 'idle';
  readonly #store: MeterStore;
  readonly #witness: MeterWitness;

  constructor(store: MeterStore, witness: MeterWitness) {
    this.#store = store;
    this.#witness = witness;
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
    const sequence = this.#during('append', () => this.#store.append(timeSeconds, values, status));
    this.#witness.appended(sequence);
    return sequence;
  }

  appendHole(timeSeconds: number, status: number): number {
    return this.#during('append', () => this.#store.appendHole(timeSeconds, status));
  }

  startRun(): void {
    this.#store.startRun();
  }

  setInterval(intervalSeconds: number): void {
    this.#during('append', () => this.#store.setInterval(intervalSeconds));
  }

  newest(into: Reading): boolean {
    return this.#store.newest(into);
  }

  read(firstSequence: number, batch: Batch): number {
    return this.#during('read', () => this.#store.read(firstSequence, batch));
  }

  checkpoint(timeSeconds: number): void {
    this.#during('checkpoint', () => this.#store.checkpoint(timeSeconds));
  }

  lastCheckpointSeconds(): number {
    return this.#during('read', () => this.#store.lastCheckpointSeconds());
  }

  /** If the power fails in the operation, `activity` keeps its name. */
  #during<T>(activity: Activity, operation: () => T): T {
    this.activity = activity;
    const result = operation();
    this.activity = 'idle';
    return result;
  }
}
