import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { isTypesOnly, loadManifest, manifestProblems, neededModules, preloadWanted } from './manifest.js';
import { manifestPaths, repository, root } from './repository.js';

/**
 * Brings the modules and preload lists of the roles' manifests up to date after an import has been added or removed:
 * `npx tsx test/hosts/xs/updateManifest.ts`. What only one platform needs stands in hosts/xs/common.json and is kept
 * up to date by hand.
 */
function update(path: string): string[] {
  const manifest = JSON.parse(readFileSync(root + path, 'utf8'));
  const role = manifest.modules['hosts/xs/role'];
  const whole = loadManifest(path, repository);
  const platforms = Object.keys(whole.platforms);
  const isOfAll = (lists: string[][]) => (name: string) => lists.every((list) => list.includes(name));

  const needed = platforms.map((platform) => neededModules(whole, platform, repository));
  const listed = platforms.flatMap((platform) => Object.keys(whole.platforms[platform]?.modules ?? {}));
  const names = needed[0]!
    .filter(isOfAll(needed))
    .filter((name) => name !== 'hosts/xs/role' && !listed.includes(name));
  const up = posix.relative(posix.dirname(path), '.');
  const lines = [...new Set(names.map((name) => entryOf(name, names)))].sort();
  manifest.modules = Object.fromEntries(lines.map((line) => [line, `${up === '' ? '.' : up}/${line}`]));
  manifest.modules['hosts/xs/role'] = role;

  write(path, manifest);

  const listedNow = loadManifest(path, repository);
  const wanted = platforms.map((platform) => preloadWanted(listedNow, platform, repository));
  manifest.preload = wanted[0]!.filter(isOfAll(wanted));
  write(path, manifest);
  const after = loadManifest(path, repository);
  return platforms.flatMap((platform) =>
    manifestProblems(after, platform, repository).map((problem) => `${path}, ${platform}: ${problem}`),
  );
}

function write(path: string, manifest: object): void {
  writeFileSync(root + path, `${JSON.stringify(manifest, null, 2)}\n`);
  execFileSync('npx', ['biome', 'format', '--write', path], { cwd: root, stdio: 'ignore' });
}

/** A folder that is needed whole is named by a wildcard, any other module by its name. */
function entryOf(name: string, names: readonly string[]): string {
  const folder = posix.dirname(name);
  const isWhole = repository
    .list(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file.slice(0, -3)}`)
    .every((each) => names.includes(each) || isTypesOnly(`${each}.ts`, repository));
  return isWhole ? `${folder}/*` : name;
}

const problems = Object.values(manifestPaths).flatMap((path) => update(path));
process.stdout.write(problems.length === 0 ? 'the manifests are up to date\n' : `${problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
