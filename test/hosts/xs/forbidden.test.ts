import { assert } from 'chai';
import ts from 'typescript';
import { findForbidden, type Rule, rules } from './forbidden.js';
import { root, sourcesIn } from './repository.js';

/** Without the standard library every name that no source declares is a global: that is all the rules need. */
const options: ts.CompilerOptions = {
  noLib: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
};

describe('sources that run on Moddable XS', () => {
  it('use nothing that XS lacks or keeps in ROM', () => {
    // The inspector runs on a PC; that no device imports it is checked with the arrows (`npm run imports`).
    const paths = ['lib', 'src', 'hosts/xs', 'simulator/chips']
      .flatMap((folder) => sourcesIn(folder))
      .filter((path) => !path.includes('/lib/limfs/inspect/'));
    const violations = findForbidden(ts.createProgram(paths, options), paths, root);
    assert.isAbove(paths.length, 10);
    assert.deepEqual(
      violations.map(({ rule, place, text }) => `${place} ${rule}: ${rules[rule]}: ${text}`),
      [],
    );
  });
});

describe('the check of forbidden constructs', () => {
  function rulesBrokenBy(text: string, path = '/lib/limfs/planted.ts'): Rule[] {
    const files: Record<string, string> = {
      [path]: text,
      '/lib/limfs/table.ts': 'export const table = [1, 2];\nexport const scratch = new Uint8Array(4);',
      '/package.json': '{ "type": "module" }',
    };
    const host: ts.CompilerHost = {
      fileExists: (name) => name in files,
      readFile: (name) => files[name],
      getSourceFile: (name, version) =>
        files[name] === undefined ? undefined : ts.createSourceFile(name, files[name], version, true),
      getDefaultLibFileName: () => 'lib.d.ts',
      writeFile: () => undefined,
      getCurrentDirectory: () => '/',
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
    };
    const program = ts.createProgram([path], options, host);
    return findForbidden(program, [path], '/').map(({ rule }) => rule);
  }

  const planted: readonly (readonly [Rule, string])[] = [
    ['module-variable', 'let counter = 0;'],
    ['module-container', 'const cache = new Map();'],
    ['module-container', 'export const seen = new WeakSet<object>();'],
    ['module-write', 'const table = [1]; export function grow(): void { table.push(2); }'],
    ['module-write', 'const table = new Uint16Array(4); export const put = (): void => { table[0] = 1; };'],
    ['module-write', 'const state = { count: 0 }; export class Counter { up(): void { state.count++; } }'],
    [
      'module-write',
      'const state = { deep: { count: 0 } }; function f(): void { state.deep.count += 1; } f();',
    ],
    ['module-write', 'const state: { a?: number } = {}; export function drop(): void { delete state.a; }'],
    ['module-write', 'const state = {}; export function fill(): void { Object.assign(state, { a: 1 }); }'],
    ['module-write', "import { table } from './table.js'; export function f(): void { table[0]! = 2; }"],
    ['module-write', 'const list = [3, 1]; export class Sorted { readonly list = list.sort(); }'],
    [
      'module-buffer',
      'const buffer = new Uint8Array(8); export function f(read: (into: Uint8Array) => void) { read(buffer); }',
    ],
    [
      'module-buffer',
      "import { scratch } from './table.js'; export const f = (g: (b: unknown) => void): void => g(scratch);",
    ],
    ['module-json', 'const options = { a: 1 }; export const text = (): string => JSON.stringify(options);'],
    ['module-await', 'declare const ready: Promise<void>; await ready; export {};'],
    ['static-field', 'export class Meter { static count = 0; }'],
    ['static-field', 'export class Meter { static #count = 0; }'],
    [
      'error-name',
      "export class BadError extends Error { constructor() { super(); this.name = 'BadError'; } }",
    ],
    ['enum', 'export enum Kind { a, b }'],
    ['enum', 'export const enum Kind { a, b }'],
    ['namespace', 'export namespace Kind { export const a = 1; }'],
    ['absent-global', "export function f(): void { console.log('x'); }"],
    ['absent-global', 'export const later = (f: () => void): unknown => setTimeout(f, 1);'],
    ['absent-global', 'export const f = (): unknown => globalThis.setTimeout;'],
    ['absent-global', 'export const bytes = (): unknown => new TextEncoder();'],
    ['absent-global', 'export const copy = { structuredClone };'],
    ['absent-global', 'export const f = (): unknown => ({ b: Buffer });'],
    ['bigint', 'export const big = 1n;'],
    ['bigint', 'export const big = (x: number): unknown => BigInt(x);'],
    ['dynamic-import', "export const f = (): unknown => import('./table.js');"],
    ['evaluation', "export const f = (): unknown => eval('1');"],
    ['evaluation', "export const f = (): unknown => new Function('return 1');"],
    ['generator', 'export function* count() { yield 1; }'],
    ['generator', 'export class Pages { *[Symbol.iterator]() { yield 1; } }'],
    ['async', 'export async function f() {}'],
    ['async', 'export const f = async () => {};'],
    ['clock', 'export const now = (): number => Date.now();'],
    ['randomness', 'export const dice = (): number => Math.random();'],
  ];

  for (const [rule, text] of planted) {
    it(`catches ${rule}: ${text}`, () => {
      assert.deepEqual(rulesBrokenBy(text), [rule]);
    });
  }

  it('has a planted example for each rule', () => {
    assert.sameMembers([...new Set(planted.map(([rule]) => rule))], Object.keys(rules));
  });

  const allowed: readonly string[] = [
    'const table = new Uint16Array(256); for (let index = 0; index < 256; index += 1) table[index] = index;',
    'const names = Object.freeze({ a: 1 } as const); export const a = (): number => names.a;',
    'export class Meter { #count = 0; readonly #list: number[] = []; up(): void { this.#count++; this.#list.push(1); } }',
    "export class BadError extends Error { override readonly name = 'BadError'; }",
    'export class Named { name: string; constructor() { this.name = "x"; } }',
    'export function f(console: { log(text: string): void }): void { console.log("x"); }',
    'export function f(list: number[]): number[] { return list.sort(); }',
    'const table = [1]; export function copy(): number[] { const table = [2]; table.push(3); return table; } table;',
    'export const f = (value: { process: number }): number => value.process;',
    'export interface Clock { console: Date }',
    'export class Box { static of(): Box { return new Box(); } }',
  ];

  for (const text of allowed) {
    it(`allows ${text}`, () => {
      assert.deepEqual(rulesBrokenBy(text), []);
    });
  }

  it('asks for a clock and randomness from outside only where the firmware is', () => {
    assert.deepEqual(
      rulesBrokenBy('export const now = (): number => Date.now();', '/hosts/xs/planted.ts'),
      [],
    );
    assert.deepEqual(
      rulesBrokenBy('export const now = (): number => Math.random();', '/hosts/xs/planted.ts'),
      [],
    );
    assert.deepEqual(rulesBrokenBy('export const now = (): number => Math.random();', '/src/planted.ts'), [
      'randomness',
    ]);
  });
});
