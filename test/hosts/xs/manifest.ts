import { posix } from 'node:path';
import ts from 'typescript';

/** Where the checks find sources: the repository, or a planted tree in a test. Paths are relative, with slashes. */
export interface SourceTree {
  /** Names of the files in a folder. */
  list(folder: string): readonly string[];
  /** Text of a file; undefined when there is none. */
  read(path: string): string | undefined;
}

type Sources = string | readonly string[];

interface Section {
  readonly include?: Sources;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly modules?: Readonly<Record<string, Sources>>;
  readonly preload?: readonly string[];
}

/** The parts of a manifest of the Moddable SDK that the checks look at. */
export interface Manifest extends Section {
  readonly creation: { readonly main: string; readonly stack?: number };
  readonly platforms: Readonly<Record<string, Section>>;
}

/** The modules that are another file on each platform, and in each role. */
const otherFiles: ReadonlySet<string> = new Set(['hosts/xs/board', 'hosts/xs/role']);
/** Modules of the SDK that call native code while they load, so that nothing that imports them can be preloaded. */
const unpreloadable: ReadonlySet<string> = new Set(['embedded:storage/files']);

/**
 * A manifest with those that it includes of this repository merged in, as mcconfig does it; paths are relative to the
 * root of the repository. Manifests of the SDK are left out.
 */
export function loadManifest(path: string, tree: SourceTree): Manifest {
  const text = tree.read(path);
  if (text === undefined) throw new Error(`${path} does not exist`);
  const raw = JSON.parse(text) as Manifest;
  const folder = posix.dirname(path);
  const own = {
    ...raw,
    ...withRootPaths(raw, folder),
    platforms: mapValues(raw.platforms ?? {}, (section) => withRootPaths(section, folder)),
  };
  return [raw.include ?? []]
    .flat()
    .filter((included) => included.startsWith('.'))
    .map((included) => loadManifest(posix.join(folder, included), tree))
    .reduceRight((manifest, included) => merged(manifest, included), own as Manifest);
}

function merged(manifest: Manifest, included: Manifest): Manifest {
  const platforms = [...Object.keys(included.platforms), ...Object.keys(manifest.platforms)];
  const both = (platform: string) =>
    mergedSection(included.platforms[platform] ?? {}, manifest.platforms[platform] ?? {});
  return {
    ...manifest,
    ...mergedSection(included, manifest),
    creation: { ...included.creation, ...manifest.creation },
    platforms: Object.fromEntries(platforms.map((platform) => [platform, both(platform)])),
  };
}

function mergedSection(included: Section, section: Section): Section {
  return {
    config: { ...included.config, ...section.config },
    modules: { ...included.modules, ...section.modules },
    preload: [...(included.preload ?? []), ...(section.preload ?? [])],
  };
}

function withRootPaths(section: Section, folder: string): Section {
  const rootPath = (source: string) => posix.join(folder, source);
  const modules = mapValues(section.modules ?? {}, (sources) => [sources].flat().map(rootPath));
  return { ...section, modules };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/**
 * What is wrong with the manifest for one platform, one line a problem; empty when all is well. XS resolves a
 * relative import against the importer's module name, and preload takes TypeScript modules by their exact names
 * only; a mistake in either shows up in the linker or on the device, not in tsc.
 */
export function manifestProblems(manifest: Manifest, platform: string, tree: SourceTree): string[] {
  const section = manifest.platforms[platform];
  if (section === undefined) return [`there is no platform '${platform}'`];
  const { modules, graph } = survey(manifest, section, tree);
  const preload = [...(manifest.preload ?? []), ...(section.preload ?? [])];
  const wanted = preloadOf(manifest, graph);
  const config = { ...manifest.config, ...section.config };
  return [
    ...[...modules].flatMap(([name, path]) => moduleProblems(name, path, graph, tree)),
    ...missingImports(modules, graph, tree).map(
      ([name, by]) => `modules: '${name}' is missing; '${by}' imports it`,
    ),
    ...[...graph.keys()].flatMap((name) =>
      settingsOf(modules.get(name)!, tree)
        .filter((setting) => !Object.hasOwn(config, setting))
        .map((setting) => `config: '${setting}' is missing; '${name}' asks for it`),
    ),
    ...wanted.filter((name) => !preload.includes(name)).map((name) => `preload: '${name}' is missing`),
    ...preload.filter((name) => !wanted.includes(name)).map((name) => `preload: '${name}' must not be there`),
    ...preload
      .filter((name, index) => preload.indexOf(name) !== index)
      .map((name) => `preload: '${name}' is there twice`),
  ];
}

/** Every module of the repository that a platform's image needs, whether the manifest names it or not. */
export function neededModules(manifest: Manifest, platform: string, tree: SourceTree): string[] {
  const modules = moduleFilesOf(manifest, manifest.platforms[platform] ?? {}, tree);
  const mirrored = {
    get: (name: string) =>
      modules.get(name) ?? (tree.read(`${name}.ts`) === undefined ? undefined : `${name}.ts`),
  };
  return [...importGraph(manifest.creation.main, mirrored, tree).keys()];
}

/** What belongs into `preload` on a platform, in the order of the alphabet. */
export function preloadWanted(manifest: Manifest, platform: string, tree: SourceTree): string[] {
  return preloadOf(manifest, survey(manifest, manifest.platforms[platform] ?? {}, tree).graph).sort();
}

/** The modules of a platform with their files, and what of them the main module reaches. */
function survey(manifest: Manifest, section: Section, tree: SourceTree) {
  const modules = moduleFilesOf(manifest, section, tree);
  return { modules, graph: importGraph(manifest.creation.main, modules, tree) };
}

function moduleFilesOf(manifest: Manifest, section: Section, tree: SourceTree): Map<string, string> {
  return new Map([...moduleFiles(manifest.modules, tree), ...moduleFiles(section.modules, tree)]);
}

/** Module names and their files, wildcards expanded: `*` stands for the files of one folder, not of its subfolders. */
function moduleFiles(modules: Section['modules'], tree: SourceTree): [name: string, path: string][] {
  return Object.entries(modules ?? {}).flatMap(([name, sources]) =>
    [sources].flat().flatMap((source): [string, string][] => {
      const base = source.replace(/^\.\//, '');
      if (!base.endsWith('/*')) return [[name, `${base}.ts`]];
      const folder = base.slice(0, -2);
      return tree
        .list(folder)
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
        .map((file) => [name.replace('*', file.slice(0, -3)), `${folder}/${file}`]);
    }),
  );
}

/** Every module that the main module reaches, with what it imports at run time. */
function importGraph(
  main: string,
  modules: Pick<ReadonlyMap<string, string>, 'get'>,
  tree: SourceTree,
): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  const waiting = [main];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const path = modules.get(name);
    const text = path === undefined ? undefined : tree.read(path);
    if (graph.has(name) || path === undefined || text === undefined) continue;
    const imports = runtimeImports(path, text).map((specifier) => resolve(name, specifier));
    graph.set(name, imports);
    waiting.push(...imports);
  }
  return graph;
}

/** The specifiers that stay in the emitted JavaScript: all but those of `import type` and `export type`. */
function runtimeImports(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  return file.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement) && !isTypeImport(statement);
    const isExport = ts.isExportDeclaration(statement) && !statement.isTypeOnly;
    if (!isImport && !isExport) return [];
    const { moduleSpecifier } = statement;
    return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
  });
}

/** The module name that XS makes of a specifier. */
function resolve(importer: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const parts = importer.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '');
}

function moduleProblems(
  name: string,
  path: string,
  graph: ReadonlyMap<string, unknown>,
  tree: SourceTree,
): string[] {
  if (tree.read(path) === undefined) return [`modules: '${name}' names ${path}, which does not exist`];
  if (!otherFiles.has(name) && `${name}.ts` !== path)
    return [`modules: '${name}' does not mirror its path ${path}`];
  if (graph.has(name) || isTypesOnly(path, tree)) return [];
  return [`modules: '${name}' is linked into the image, but nothing imports it`];
}

/** A file of interfaces and type aliases, which a folder's wildcard may match: it makes an empty module. */
export function isTypesOnly(path: string, tree: SourceTree): boolean {
  const { statements } = ts.createSourceFile(path, tree.read(path) ?? '', ts.ScriptTarget.ESNext);
  return statements.length > 0 && statements.every((statement) => isTypeStatement(statement));
}

function isTypeStatement(statement: ts.Statement): boolean {
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return true;
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return ts.isImportDeclaration(statement) && isTypeImport(statement);
}

function isTypeImport(statement: ts.ImportDeclaration): boolean {
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** The settings that a module asks for: `numberOf(config, 'baud')`. */
function settingsOf(path: string, tree: SourceTree): string[] {
  const settings: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      /^(numbers?|text)Of$/.test(node.expression.text)
    ) {
      const name = node.arguments[1];
      if (name !== undefined && ts.isStringLiteral(name)) settings.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, tree.read(path) ?? '', ts.ScriptTarget.ESNext));
  return settings;
}

/** Imports of modules that neither the manifest lists nor the SDK has, each with a module that imports it. */
function missingImports(
  modules: ReadonlyMap<string, string>,
  graph: ReadonlyMap<string, readonly string[]>,
  tree: SourceTree,
): [name: string, importer: string][] {
  const declared = tree.read('hosts/xs/types/sdk.d.ts') ?? '';
  return [...graph].flatMap(([importer, imports]) =>
    imports
      .filter((name) => !modules.has(name) && !declared.includes(`declare module '${name}'`))
      .map((name): [string, string] => [name, importer]),
  );
}

/** All that is reached but the main module, which would run in the linker, and what needs native code to load. */
function preloadOf({ creation }: Manifest, graph: ReadonlyMap<string, readonly string[]>): string[] {
  return [...graph.keys()].filter((name) => name !== creation.main && isPreloadable(name, graph));
}

function isPreloadable(name: string, graph: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (unpreloadable.has(next)) return false;
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(graph.get(next) ?? []));
  }
  return true;
}
