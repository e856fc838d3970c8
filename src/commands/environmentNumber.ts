import { type EnvironmentArea, LimfsError } from '../../lib/limfs/index.js';
import type { CommandNumber } from './commandGate.js';

/** Keeps the number of the last command in a device's environment area. */
export class EnvironmentNumber implements CommandNumber {
  readonly #area: EnvironmentArea;

  constructor(area: EnvironmentArea) {
    this.#area = area;
  }

  load(): number {
    return this.#area.load()?.lastCommand ?? 0;
  }

  /** Errors: `damaged` before commissioning, or when both copies are; nothing is carried out then. */
  store(lastCommand: number): void {
    const environment = this.#area.load();
    if (environment === null)
      throw new LimfsError('damaged', 'the environment area holds nothing: commission it');
    this.#area.store({ ...environment, lastCommand });
  }
}
