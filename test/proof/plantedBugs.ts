import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProgress } from '../../hosts/node/progress.js';
import { InputError } from '../../simulator/readings/inputError.js';
import type { Mutant } from './mutantList.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Looks for the bug in a copy of the sources that has it. */
export type Hunt<T> = (folder: string, mutant: Mutant) => Promise<T>;

/** The bugs with a text in their name. Errors: InputError where there is none, or one does not find its place. */
export function chooseMutants(all: readonly Mutant[], text: string): readonly Mutant[] {
  const chosen = all.filter(({ name }) => name.includes(text));
  if (chosen.length === 0) throw new InputError(`no planted bug has '${text}' in its name`);
  for (const mutant of chosen) mutated(repository, mutant);
  return chosen;
}

/** Runs in a copy of these paths of the repository, which is gone afterwards. */
export async function inCopy<T>(paths: readonly string[], work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'limfs-mutants-'));
  try {
    for (const path of paths) cpSync(join(repository, path), join(folder, path), { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Plants one bug after another, in as many copies at once as there are workers; what the hunts found, in order. */
export async function huntAll<T>(
  chosen: readonly Mutant[],
  workers: number,
  paths: readonly string[],
  hunt: Hunt<T>,
): Promise<readonly T[]> {
  const progress = createProgress('planted bugs');
  const found = new Array<T>(chosen.length);
  let begun = 0;
  let done = 0;
  const huntInCopy = async (folder: string): Promise<void> => {
    for (let index = begun; index < chosen.length; index = begun) {
      begun += 1;
      found[index] = await planted(folder, chosen[index]!, hunt);
      done += 1;
      progress.show(done / chosen.length);
    }
  };
  const copies = Math.min(workers, chosen.length);
  await Promise.all(Array.from({ length: copies }, () => inCopy(paths, huntInCopy)));
  progress.end();
  return found;
}

async function planted<T>(folder: string, mutant: Mutant, hunt: Hunt<T>): Promise<T> {
  const path = join(folder, mutant.file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(folder, mutant));
  try {
    return await hunt(folder, mutant);
  } finally {
    writeFileSync(path, original);
  }
}

/** The source with the bug in it; the place must be there exactly once. */
function mutated(folder: string, { name, file, line, instead }: Mutant): string {
  const parts = readFileSync(join(folder, file), 'utf8').split(line);
  if (parts.length !== 2) {
    throw new InputError(
      `'${name}': its line occurs ${parts.length - 1} times in ${file}; bring the list of planted bugs up to date`,
    );
  }
  return parts.join(instead);
}
