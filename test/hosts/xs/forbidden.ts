import ts from 'typescript';

/** One construct that fails on Moddable XS, or only there. */
export interface Violation {
  readonly rule: Rule;
  /** `path:line`, to click on. */
  readonly place: string;
  readonly text: string;
}

/** Why each rule exists; XS's linker freezes everything that a preloaded module makes while it loads. */
export const rules = {
  'module-variable': 'a variable of a preloaded module lives in ROM: state belongs into instances',
  'module-container': 'a Map, Set, WeakMap, WeakSet or Date of a preloaded module cannot be changed on XS',
  'module-write': 'an object made while a preloaded module loads is in ROM; writing to it throws on XS',
  'module-buffer': 'a buffer of a preloaded module is in ROM: whoever is given it cannot fill it',
  'module-json': 'JSON.stringify of a constant of a preloaded module throws on XS',
  'module-await': 'a module that awaits while it loads cannot be preloaded',
  'static-field': 'a class of a preloaded module is in ROM: its static fields cannot be written',
  'error-name':
    "assigning this.name throws in a preloaded subclass of Error: use a class field, override name = '...'",
  enum: 'an enum is an object that is filled while the module loads: use a const object',
  namespace: 'a namespace is an object that is filled while the module loads: use a module',
  'absent-global': 'this global does not exist on XS',
  bigint: 'BigInt allocates on XS: values are integers within 2^53',
  'dynamic-import': 'modules are linked ahead on XS: there is nothing to import at run time',
  evaluation: 'the parser is not part of a device image',
  generator: 'a generator makes garbage with every step',
  async: 'firmware is sans-io: it never waits',
  clock: 'the file system has no clock: time comes in as an argument',
  randomness: 'the firmware has no randomness of its own: it comes in as an argument',
} as const;

export type Rule = keyof typeof rules;

const absentGlobals: ReadonlySet<string> = new Set(
  `console setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask TextEncoder
  TextDecoder URL URLSearchParams crypto structuredClone Buffer process performance Intl atob btoa fetch navigator
  window document self global require module exports __dirname __filename AbortController AbortSignal Event EventTarget
  MessageChannel Worker WebAssembly Blob ReadableStream WritableStream Headers Request Response`.split(/\s+/),
);
const containers: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Date']);
const buffers: ReadonlySet<string> = new Set(
  `ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
  Float32Array Float64Array BigInt64Array BigUint64Array`.split(/\s+/),
);
const mutators: ReadonlySet<string> = new Set(
  `push pop shift unshift splice sort reverse fill copyWithin set setInt8 setUint8 setInt16 setUint16 setInt32
  setUint32 setFloat32 setFloat64 add delete clear setTime`.split(/\s+/),
);
const objectMutators: ReadonlySet<string> = new Set([
  'assign',
  'defineProperty',
  'defineProperties',
  'setPrototypeOf',
]);

/** Rules that hold in some folders only; the others hold everywhere. */
const scopes: Partial<Record<Rule, readonly string[]>> = {
  generator: ['lib/limfs/'],
  async: ['lib/', 'src/'],
  clock: ['lib/limfs/'],
  randomness: ['lib/', 'src/'],
};

/** Finds what does not work on XS in the given sources of a program. `root` is cut from the paths in the result. */
export function findForbidden(program: ts.Program, paths: readonly string[], root: string): Violation[] {
  const checker = program.getTypeChecker();
  return paths.flatMap((path) => {
    const file = program.getSourceFile(path);
    if (file === undefined) throw new Error(`${path} is not part of the program`);
    const name = path.startsWith(root) ? path.slice(root.length) : path;
    return scanFile(file, checker).flatMap(({ rule, node }) => {
      const folders = scopes[rule];
      if (folders !== undefined && !folders.some((folder) => name.startsWith(folder))) return [];
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      return [{ rule, place: `${name}:${line}`, text: node.getText(file).split('\n')[0]!.slice(0, 80) }];
    });
  });
}

interface Hit {
  readonly rule: Rule;
  readonly node: ts.Node;
}

function scanFile(file: ts.SourceFile, checker: ts.TypeChecker): Hit[] {
  const hits: Hit[] = [];
  const visit = (node: ts.Node, atLoad: boolean): void => {
    for (const rule of brokenRules(node, atLoad, checker)) hits.push({ rule, node });
    const inside = atLoad && !isRunLater(node);
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(file, true);
  return hits;
}

/** Code inside runs after loading; a class field's initializer does too, unless it is static. */
function isRunLater(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || (ts.isPropertyDeclaration(node) && !isStatic(node));
}

function brokenRules(node: ts.Node, atLoad: boolean, checker: ts.TypeChecker): Rule[] {
  return [
    ...declarationRules(node),
    ...expressionRules(node, checker),
    ...(atLoad ? loadRules(node) : writeRules(node, checker)),
  ];
}

function declarationRules(node: ts.Node): Rule[] {
  const broken: Rule[] = [];
  if (ts.isEnumDeclaration(node)) broken.push('enum');
  if (ts.isModuleDeclaration(node)) broken.push('namespace');
  if (ts.isPropertyDeclaration(node) && isStatic(node)) broken.push('static-field');
  if (ts.isFunctionLike(node) && 'asteriskToken' in node && node.asteriskToken !== undefined)
    broken.push('generator');
  if (ts.isFunctionLike(node) && hasModifier(node, ts.SyntaxKind.AsyncKeyword)) broken.push('async');
  return broken;
}

function expressionRules(node: ts.Node, checker: ts.TypeChecker): Rule[] {
  if (ts.isBigIntLiteral(node)) return ['bigint'];
  if (isAssignment(node) && isNameOfThis(node.left) && extendsError(node)) return ['error-name'];
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return ['dynamic-import'];
  if (isMember(node, 'Math', 'random', checker)) return ['randomness'];
  if (ts.isPropertyAccessExpression(node) && isGlobal(node.expression, 'globalThis', checker)) {
    return globalRules(node.name.text);
  }
  return ts.isIdentifier(node) && isValueUse(node) && isUndeclared(node, checker)
    ? globalRules(node.text)
    : [];
}

function globalRules(name: string): Rule[] {
  if (absentGlobals.has(name)) return ['absent-global'];
  if (name === 'BigInt' || name === 'BigInt64Array' || name === 'BigUint64Array') return ['bigint'];
  if (name === 'eval' || name === 'Function') return ['evaluation'];
  return name === 'Date' ? ['clock'] : [];
}

/** What is wrong while a module loads. */
function loadRules(node: ts.Node): Rule[] {
  if (ts.isAwaitExpression(node)) return ['module-await'];
  if (!ts.isVariableStatement(node) || !ts.isSourceFile(node.parent)) return [];
  if (hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return [];
  const { declarationList } = node;
  const broken: Rule[] = (declarationList.flags & ts.NodeFlags.Const) === 0 ? ['module-variable'] : [];
  const makesContainer = declarationList.declarations.some(({ initializer }) =>
    isNew(initializer, containers),
  );
  return makesContainer ? [...broken, 'module-container'] : broken;
}

/** What is wrong in a function: writing to something that was made while a module loaded. */
function writeRules(node: ts.Node, checker: ts.TypeChecker): Rule[] {
  const target = writtenTarget(node);
  if (target !== undefined && moduleConstant(target, checker) !== undefined) return ['module-write'];
  if (!ts.isCallExpression(node)) return [];
  const [first] = node.arguments;
  if (isMember(node.expression, 'JSON', 'stringify', checker)) {
    return first !== undefined && moduleConstant(first, checker) !== undefined ? ['module-json'] : [];
  }
  const givesBuffer = node.arguments.some((argument) =>
    isNew(moduleConstant(argument, checker)?.initializer, buffers),
  );
  return givesBuffer ? ['module-buffer'] : [];
}

/** The expression whose object a node changes: `a` of `a.b[1] = 2`, `a.push(1)`, `a.b++`, `delete a.b`. */
function writtenTarget(node: ts.Node): ts.Expression | undefined {
  if (isAssignment(node)) return ownerOf(node.left);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const isStep =
      node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    return isStep ? ownerOf(node.operand) : undefined;
  }
  if (ts.isDeleteExpression(node)) return ownerOf(node.expression);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression, name } = node.expression;
  if (ts.isIdentifier(expression) && (expression.text === 'Object' || expression.text === 'Reflect')) {
    return objectMutators.has(name.text) ? node.arguments[0] : undefined;
  }
  return mutators.has(name.text) ? expression : undefined;
}

/** The object that an element or member belongs to; undefined for a plain variable, which tsc guards by `const`. */
function ownerOf(expression: ts.Expression): ts.Expression | undefined {
  const inner = unwrap(expression);
  return isAccess(inner) ? inner.expression : undefined;
}

/** The module-level `const` that an expression reads from, in whichever file it was declared. */
function moduleConstant(
  expression: ts.Expression,
  checker: ts.TypeChecker,
): ts.VariableDeclaration | undefined {
  let inner = unwrap(expression);
  while (isAccess(inner)) inner = unwrap(inner.expression);
  if (!ts.isIdentifier(inner)) return undefined;
  const symbol = checker.getSymbolAtLocation(inner);
  if (symbol === undefined) return undefined;
  const origin = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  return origin.declarations?.find(
    (declaration): declaration is ts.VariableDeclaration =>
      ts.isVariableDeclaration(declaration) &&
      ts.isVariableStatement(declaration.parent.parent) &&
      ts.isSourceFile(declaration.parent.parent.parent),
  );
}

function unwrap(expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

function isAccess(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

function isNew(node: ts.Expression | undefined, classes: ReadonlySet<string>): boolean {
  if (node === undefined) return false;
  const made = unwrap(node);
  return ts.isNewExpression(made) && ts.isIdentifier(made.expression) && classes.has(made.expression.text);
}

function isAssignment(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isNameOfThis(node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ThisKeyword &&
    node.name.text === 'name'
  );
}

function extendsError(node: ts.Node): boolean {
  const owner = ts.findAncestor(node, ts.isClassLike);
  const bases =
    owner?.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
  return bases.some(({ expression }) => expression.getText().endsWith('Error'));
}

function isStatic(node: ts.HasModifiers): boolean {
  return hasModifier(node, ts.SyntaxKind.StaticKeyword);
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false)
  );
}

function isMember(node: ts.Node, object: string, name: string, checker: ts.TypeChecker): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    node.name.text === name &&
    isGlobal(node.expression, object, checker)
  );
}

function isGlobal(node: ts.Node, name: string, checker: ts.TypeChecker): boolean {
  return ts.isIdentifier(node) && node.text === name && isUndeclared(node, checker);
}

/** True when no source of the program declares the name: it can only be a global of the platform. */
function isUndeclared(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  return symbol?.declarations === undefined || symbol.declarations.length === 0;
}

/** True when the identifier stands for a value, not for a member, a key, a label or a type. */
function isValueUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent) || ts.isTypeQueryNode(parent))
    return false;
  return ts.isExpression(node) || ts.isShorthandPropertyAssignment(parent);
}
