import { assert } from 'chai';
import { type Manifest, manifestProblems, type SourceTree } from './manifest.js';
import { repository, repositoryManifest } from './repository.js';

describe('manifest.json', () => {
  for (const platform of Object.keys(repositoryManifest().platforms)) {
    it(`lists and preloads exactly the modules that the meter imports on ${platform}`, () => {
      const problems = manifestProblems(repositoryManifest(), platform, repository);
      assert.deepEqual(problems, [], 'mend it with: npx tsx test/hosts/xs/updateManifest.ts');
    });
  }

  it('is there for ESP32, Pico and Linux', () => {
    assert.sameMembers(Object.keys(repositoryManifest().platforms), ['esp32', 'pico', 'lin']);
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
