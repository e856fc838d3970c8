import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type Manifest, manifestProblems, missingModules, preloadWanted } from './manifest.js';
import { repository, repositoryManifest, root } from './repository.js';

/**
 * Brings the modules and preload lists of manifest.json up to date after an import has been added or removed:
 * `npx tsx test/hosts/xs/updateManifest.ts`. Folders of lib/limfs are listed by a wildcard, everything else by name.
 */
function updated(manifest: Manifest): Manifest {
  const platforms = Object.keys(manifest.platforms);
  const modules = { ...manifest.modules };
  for (const name of platforms.flatMap((platform) =>
    missingModules({ ...manifest, modules }, platform, repository),
  )) {
    const entry = name.startsWith('lib/limfs/') ? name.replace(/[^/]*$/, '*') : name;
    modules[entry] = `./${entry}`;
  }
  const wanted = new Map(
    platforms.map((platform) => [platform, preloadWanted({ ...manifest, modules }, platform, repository)]),
  );
  const common = wanted
    .get(platforms[0]!)!
    .filter((name) => platforms.every((each) => wanted.get(each)!.includes(name)));
  const sections = platforms.map((platform) => {
    const preload = wanted.get(platform)!.filter((name) => !common.includes(name));
    return [platform, { ...manifest.platforms[platform], preload }];
  });
  return { ...manifest, modules, preload: common, platforms: Object.fromEntries(sections) };
}

// A module that was missing may import others that are missing too: one round a level.
let manifest = repositoryManifest();
for (let round = 0; round < 20; round += 1) manifest = updated(manifest);
writeFileSync(`${root}manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
execFileSync('npx', ['biome', 'format', '--write', 'manifest.json'], { cwd: root, stdio: 'ignore' });
const problems = Object.keys(manifest.platforms).flatMap((platform) =>
  manifestProblems(manifest, platform, repository),
);
process.stdout.write(problems.length === 0 ? 'manifest.json is up to date\n' : `${problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
