import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SourceTree } from './manifest.js';

/** Absolute path of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The repository's own files. */
export const repository: SourceTree = {
  list: (folder) => (existsSync(root + folder) ? readdirSync(root + folder) : []),
  read: (path) => (existsSync(root + path) ? readFileSync(root + path, 'utf8') : undefined),
};

/** The manifest of each role. */
export const manifestPaths: Readonly<Record<string, string>> = {
  meter: 'manifest.json',
  router: 'hosts/xs/router/manifest.json',
  'local manager': 'hosts/xs/manager/manifest.json',
  concentrator: 'hosts/xs/concentrator/manifest.json',
};

/** Absolute paths of the TypeScript sources, declarations excepted, in a folder and its subfolders. */
export function sourcesIn(folder: string): string[] {
  if (!existsSync(root + folder)) return [];
  return readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => `${root}${folder}/${path}`)
    .sort();
}
