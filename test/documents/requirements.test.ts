import { existsSync, readFileSync } from 'node:fs';
import { assert } from 'chai';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('test/REQUIREMENTS.md', root), 'utf8');
const path = /\b(?:bench|documents|hosts|lib|proof|simulator|src|xs)\/[\w/-]+(?:\.[\w-]+)*/g;

describe('test/REQUIREMENTS.md', () => {
  it('names tests that exist', () => {
    const rows = text.split('\n').filter((line) => /^\| \S+ \|/.test(line) && !line.startsWith('| row'));
    assert.isAbove(rows.length, 40);
    for (const row of rows) {
      const names = row.split('|').at(-2)!;
      for (const [name] of names.matchAll(path)) {
        const exists = existsSync(new URL(`test/${name}`, root)) || existsSync(new URL(name, root));
        assert.isTrue(exists, `${name}, in the row ${row.slice(0, 40)}`);
      }
    }
  });
});
