import type { Geometry } from './geometry.js';
import type { ReadingStep, Step } from './script.js';

/** A reading as the witness saw it: everything a store has to give back. */
export interface Witnessed {
  readonly sequence: number;
  readonly timeSeconds: number;
  readonly status: number;
  readonly values: readonly number[] | null;
  readonly run: number;
}

/** What a store must hold, kept apart from the store: all readings that were acknowledged, oldest first. */
export class Model {
  readonly readings: Witnessed[] = [];
  intervalSeconds: number;
  checkpointSeconds = 0;
  listKind = 0;
  private next: number;

  constructor(geometry: Geometry) {
    this.intervalSeconds = geometry.intervalSeconds;
    this.next = geometry.firstSequence;
  }

  get nextSequence(): number {
    return this.next;
  }

  get newest(): Witnessed | undefined {
    return this.readings[this.readings.length - 1];
  }

  /** The reading of a sequence; undefined when it is not there or was forgotten. */
  at(sequence: number): Witnessed | undefined {
    return this.readings[this.readings.length - ((this.next - sequence) >>> 0)];
  }

  /** What a store must give back for a step that comes next. */
  witness(step: ReadingStep): Witnessed {
    const before = this.newest;
    const { timeSeconds, status, values } = step;
    let run = 0;
    if (before !== undefined) {
      const otherInterval = step.intervalSeconds > 0 && step.intervalSeconds !== this.intervalSeconds;
      const starts = step.newRun || otherInterval || step.listKind > 0 || timeSeconds < before.timeSeconds;
      run = (before.run + (starts ? 1 : 0)) & 0xff;
    }
    return { sequence: this.next, timeSeconds, status, values, run };
  }

  /** A step was acknowledged. */
  acknowledge(step: Step): void {
    if (step.kind === 'checkpoint') {
      this.checkpointSeconds = step.timeSeconds;
      return;
    }
    this.readings.push(this.witness(step));
    this.next = (this.next + 1) >>> 0;
    if (step.intervalSeconds > 0) this.intervalSeconds = step.intervalSeconds;
    if (step.listKind > 0) this.listKind = step.listKind;
  }

  /** Forgets readings that are older than the oldest stored one. */
  forgetBefore(sequence: number): void {
    const kept = (this.next - sequence) >>> 0;
    if (this.readings.length > 2 * kept + 64) this.readings.splice(0, this.readings.length - kept);
  }

  /** What `restore` needs to go back to this moment. */
  snapshot(): () => void {
    const { intervalSeconds, checkpointSeconds, listKind, next } = this;
    const length = this.readings.length;
    return () => {
      this.readings.length = length;
      this.intervalSeconds = intervalSeconds;
      this.checkpointSeconds = checkpointSeconds;
      this.listKind = listKind;
      this.next = next;
    };
  }
}
