import { existsSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import { mutants } from './mutantList.js';
import { networkMutants } from './networkMutantList.js';
import { huntersOf, storeMutants } from './storeMutantList.js';

const all = [...mutants, ...storeMutants, ...networkMutants];

describe('The list of planted bugs', () => {
  for (const { name, file, line, instead } of all) {
    it(`finds the place of "${name}" once in ${file}, and changes it`, () => {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      assert.equal(source.split(line).length - 1, 1);
      assert.notEqual(instead, line);
    });
  }

  it('names hunters that exist, for each of the further stores', () => {
    for (const { file } of storeMutants) {
      assert.isTrue(Object.keys(huntersOf).some((folder) => file.startsWith(folder)));
    }
    for (const hunter of Object.values(huntersOf).flat()) {
      assert.isTrue(existsSync(new URL(`../../${hunter}`, import.meta.url)), hunter);
    }
  });

  it('names each bug once', () => {
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  });
});
