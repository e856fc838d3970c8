import { assert } from 'chai';
import { loadManifest, type Manifest, manifestProblems, type SourceTree } from './manifest.js';
import { manifestPaths, repository } from './repository.js';

for (const [role, path] of Object.entries(manifestPaths)) {
  describe(`the manifest of the ${role}`, () => {
    const manifest = loadManifest(path, repository);

    for (const platform of Object.keys(manifest.platforms)) {
      it(`lists and preloads exactly the modules that are imported on ${platform}`, () => {
        const problems = manifestProblems(manifest, platform, repository);
        assert.deepEqual(problems, [], 'mend it with: npx tsx test/hosts/xs/updateManifest.ts');
      });
    }

    it('asks for the stack that the deepest role needs, as measured under XS, and some more', () => {
      assert.isAtLeast(manifest.creation.stack ?? 0, 1282 + 256);
    });

    it('is there for ESP32, Pico and Linux', () => {
      assert.sameMembers(Object.keys(manifest.platforms), ['esp32', 'pico', 'lin']);
    });
  });
}

describe('a manifest that includes another', () => {
  const files: Record<string, string> = {
    'hosts/common.json': JSON.stringify({
      config: { baud: 9600, pin: 1 },
      modules: { 'lib/page': '../lib/page' },
      preload: ['lib/page'],
      platforms: { pico: { config: { pin: 2 }, modules: { 'hosts/board': './pinBoard' } } },
    }),
    'hosts/meter/manifest.json': JSON.stringify({
      include: ['$(MODDABLE)/manifest_base.json', '../common.json'],
      creation: { main: 'hosts/main' },
      config: { baud: 115_200 },
      modules: { 'hosts/main': '../main' },
    }),
  };
  const loaded = loadManifest('hosts/meter/manifest.json', {
    read: (path) => files[path],
    list: () => [],
  });

  it('has the modules of both, each by its path from the root', () => {
    assert.deepEqual(loaded.modules, { 'lib/page': ['lib/page'], 'hosts/main': ['hosts/main'] });
    assert.deepEqual(loaded.platforms.pico!.modules, { 'hosts/board': ['hosts/pinBoard'] });
    assert.deepEqual(loaded.preload, ['lib/page']);
  });

  it('overrides the settings that are included', () => {
    assert.deepEqual(loaded.config, { baud: 115_200, pin: 1 });
    assert.deepEqual(loaded.platforms.pico!.config, { pin: 2 });
  });
});

describe('the check of manifest.json', () => {
  const files: Record<string, string> = {
    'hosts/xs/types/sdk.d.ts': "declare module 'timer' {}\ndeclare module 'embedded:storage/files' {}",
    'hosts/xs/main.ts':
      "import Timer from 'timer';\nimport { store } from '../../lib/store.js';\nimport './board.js';",
    'hosts/xs/pinBoard.ts': "import type { Shape } from '../../lib/shape.js';",
    'lib/store.ts': "export { page } from './page.js';\nimport type { Shape } from './shape.js';",
    'lib/page.ts': 'export const page = 1;',
  };
  const sound: Manifest = {
    creation: { main: 'hosts/xs/main' },
    modules: { 'hosts/xs/main': './hosts/xs/main', 'lib/*': './lib/*' },
    preload: ['lib/store', 'lib/page'],
    platforms: {
      pico: { modules: { 'hosts/xs/board': './hosts/xs/pinBoard' }, preload: ['hosts/xs/board'] },
    },
  };

  function problems(change: Partial<Manifest> = {}, planted: Record<string, string> = {}): string[] {
    const all = { ...files, ...planted };
    const tree: SourceTree = {
      read: (path) => all[path],
      list: (folder) =>
        Object.keys(all)
          .filter((path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'))
          .map((path) => path.slice(folder.length + 1)),
    };
    return manifestProblems({ ...sound, ...change }, 'pico', tree);
  }

  it('accepts a sound manifest', () => {
    assert.deepEqual(problems(), []);
  });

  it('catches an import that no line covers', () => {
    const planted = { 'lib/page.ts': "import './deep/table.js';", 'lib/deep/table.ts': '' };
    assert.deepEqual(problems({}, planted), ["modules: 'lib/deep/table' is missing; 'lib/page' imports it"]);
  });

  it('catches an import of an SDK module without a declaration of its own', () => {
    assert.deepEqual(problems({}, { 'lib/page.ts': "import 'wifi';" }), [
      "modules: 'wifi' is missing; 'lib/page' imports it",
    ]);
  });

  it('catches a module name that does not mirror its path', () => {
    const modules = { 'hosts/xs/main': './hosts/xs/main', 'limfs/*': './lib/*' };
    assert.include(problems({ modules }), "modules: 'limfs/store' does not mirror its path lib/store.ts");
  });

  it('catches a module that does not exist', () => {
    const modules = { ...sound.modules, 'lib/old': './lib/old' };
    assert.deepEqual(problems({ modules }), ["modules: 'lib/old' names lib/old.ts, which does not exist"]);
  });

  it('catches a module that is linked for nothing', () => {
    assert.deepEqual(problems({}, { 'lib/unused.ts': 'export {};' }), [
      "modules: 'lib/unused' is linked into the image, but nothing imports it",
    ]);
  });

  it('counts a type import that is erased as no import', () => {
    assert.deepEqual(problems({}, { 'lib/shape.ts': 'export class Shape {}' }), [
      "modules: 'lib/shape' is linked into the image, but nothing imports it",
    ]);
  });

  it('lets a wildcard match a file of types', () => {
    assert.deepEqual(problems({}, { 'lib/shape.ts': 'export interface Shape {}' }), []);
  });

  it('catches a module that is missing in preload', () => {
    assert.deepEqual(problems({ preload: ['lib/page'] }), ["preload: 'lib/store' is missing"]);
  });

  it('catches a wildcard in preload, which matches no TypeScript', () => {
    assert.include(problems({ preload: ['lib/*'] }), "preload: 'lib/*' must not be there");
  });

  it('catches a preloaded module that does not exist, or twice', () => {
    assert.deepEqual(problems({ preload: ['lib/page', 'lib/page', 'lib/store', 'lib/old'] }), [
      "preload: 'lib/old' must not be there",
      "preload: 'lib/page' is there twice",
    ]);
  });

  it('catches a preloaded main module, which would run in the linker', () => {
    assert.deepEqual(problems({ preload: ['lib/page', 'lib/store', 'hosts/xs/main'] }), [
      "preload: 'hosts/xs/main' must not be there",
    ]);
  });

  it('catches the preload of a module that needs native code while it loads', () => {
    const planted = { 'hosts/xs/pinBoard.ts': "import files from 'embedded:storage/files';" };
    assert.deepEqual(problems({}, planted), ["preload: 'hosts/xs/board' must not be there"]);
  });

  it('catches a setting that the platform has not', () => {
    const planted = { 'hosts/xs/pinBoard.ts': "numberOf(config, 'baud') + numberOf(config, 'pin');" };
    assert.deepEqual(problems({ config: { baud: 9600 } }, planted), [
      "config: 'pin' is missing; 'hosts/xs/board' asks for it",
    ]);
  });

  it('catches an unknown platform', () => {
    assert.deepEqual(manifestProblems(sound, 'moon', repository), ["there is no platform 'moon'"]);
  });
});
