import { existsSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import * as limfs from '../../lib/limfs/index.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';

const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe('README.md', () => {
  it('shows lines that work as they stand', () => {
    const block = /```ts\n([\s\S]*?)```/.exec(text)![1]!;
    const [, names, code] = /^import \{ (.*) \} from '\.\/lib\/limfs\/index\.js';\n([\s\S]*)$/.exec(block)!;
    const printed: unknown[][] = [];
    const surroundings = {
      medium: new RamMedium(131_072),
      random: () => 0x1234_5678,
      now: 1_800_000_000,
      registerWh: 4711,
      print: (...values: unknown[]) => printed.push(values),
    };
    const run = new Function(...names!.split(', '), ...Object.keys(surroundings), code!);
    const exported = new Map<string, unknown>(Object.entries(limfs));
    const imports = names!.split(', ').map((name) => exported.get(name));
    run(...imports, ...Object.values(surroundings));
    assert.deepEqual(printed, [], 'nothing was stored a day ago');
    run(...imports, ...Object.values({ ...surroundings, now: 1_800_086_400, registerWh: 4800 }));
    assert.deepEqual(printed, [[0, 1_800_000_000, 4711]]);
  });

  it('links to files that exist', () => {
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      assert.isTrue(existsSync(new URL(`../../${target}`, import.meta.url)), target);
    }
  });
});
