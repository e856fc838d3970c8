import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateReadings } from '../simulator/readings/generator.js';
import { loadReadings } from '../simulator/readings/load.js';
import type { RegisterSource } from '../simulator/readings/registerSource.js';

const realRegisters = fileURLToPath(
  new URL('../../shared/data/series/sgsc_hourly_register.csv', import.meta.url),
);
/** The generator makes as many readings as the real registers have. */
const generated = { seed: 1, meters: 24, slots: 2880 };

export interface BenchSource {
  readonly source: RegisterSource;
  readonly real: boolean;
}

/** The real registers beside the repository where they are there, else generated ones. */
export async function openSource(): Promise<BenchSource> {
  if (existsSync(realRegisters)) return { source: await loadReadings(realRegisters), real: true };
  return { source: generateReadings(generated), real: false };
}
