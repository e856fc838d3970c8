import { Session } from 'node:inspector';
import type { Rig } from './rig.js';

/** On XS a number, a string and an object take one slot of 16 bytes each. */
const slotBytes = 16;

export interface Footprint {
  /** Array buffers, and 16 bytes for each number, string or object. */
  readonly bytes: number;
  readonly bufferBytes: number;
  readonly slots: number;
}

/** The RAM of an open store that has been written and searched, its driver excluded. */
export function measureStoreRam(full: Rig): Footprint {
  const rig = full.fork();
  const { series } = rig;
  for (let step = 1; step < 100; step += 1) {
    rig.append();
    rig.store.find(series.timeSeconds(rig.oldest + Math.floor(((rig.newest - rig.oldest) * step) / 100)));
  }
  return measureRam(rig.store.root, [rig.medium]);
}

/**
 * What is reachable from `root`: properties (private ones too), elements, and the variables of closures, but not
 * what lies behind `excluded`, nor the variables of modules, which are constants and lie in flash on XS.
 */
export function measureRam(root: object, excluded: readonly object[]): Footprint {
  const walk = new Walk(excluded);
  try {
    return walk.from(root);
  } finally {
    walk.close();
  }
}

interface Remote {
  readonly objectId?: string;
  readonly description?: string;
}
interface Property {
  readonly name: string;
  readonly value?: Remote;
}

class Walk {
  private readonly session = new Session();
  private readonly seen: Set<unknown>;
  private readonly scopes = new Set<string>();
  private readonly names = new Map<unknown, number>();
  private readonly pending: unknown[] = [];
  private slots = 0;
  private bufferBytes = 0;

  constructor(excluded: readonly object[]) {
    this.seen = new Set(excluded);
    this.session.connect();
  }

  close(): void {
    this.session.disconnect();
  }

  from(root: object): Footprint {
    this.pending.push(root);
    while (this.pending.length > 0) this.visit(this.pending.pop());
    return {
      bytes: this.bufferBytes + this.slots * slotBytes,
      bufferBytes: this.bufferBytes,
      slots: this.slots,
    };
  }

  private visit(value: unknown): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' && typeof value !== 'function') {
      this.slots += 1;
      return;
    }
    if (this.seen.has(value)) return;
    this.seen.add(value);
    if (value instanceof ArrayBuffer) this.bufferBytes += value.byteLength;
    else this.slots += 1;
    if (ArrayBuffer.isView(value)) this.pending.push(value.buffer);
    else if (Array.isArray(value)) this.pending.push(...value);
    else if (value instanceof Map) this.pending.push(...value.keys(), ...value.values());
    else if (value instanceof Set) this.pending.push(...value);
    else if (typeof value === 'function') this.visitClosures(value);
    else this.visitProperties(value);
  }

  private visitProperties(value: object): void {
    const { result, privateProperties } = this.properties(this.remoteOf(value));
    for (const property of [...result, ...(privateProperties ?? [])]) {
      if (property.value !== undefined) this.pending.push(this.valueOf(property.value));
    }
  }

  /** The scope of a module has no name, or is of another kind; those of functions say `Closure (name)`. */
  private visitClosures(value: object): void {
    const { internalProperties } = this.properties(this.remoteOf(value));
    const scopes = internalProperties?.find(({ name }) => name === '[[Scopes]]')?.value;
    if (scopes === undefined) return;
    for (const { value: scope } of this.properties(scopes).result) {
      if (scope?.description !== undefined && /^(Closure \(|Block)/.test(scope.description))
        this.visitScope(scope);
    }
  }

  /** Functions born in one scope share it, but the inspector shows a new object each time: tell by the contents. */
  private visitScope(scope: Remote): void {
    const { result } = this.properties(scope);
    const variables = result.map(({ name, value }) => ({ name, value: value && this.valueOf(value) }));
    const key = variables.map(({ name, value }) => `${name}=${this.nameOf(value)}`).join();
    if (this.scopes.has(key)) return;
    this.scopes.add(key);
    for (const { value } of variables) this.pending.push(value);
  }

  /** A name that two values share only if they are the same. */
  private nameOf(value: unknown): string {
    if (typeof value !== 'object' && typeof value !== 'function') return String(value);
    let name = this.names.get(value);
    if (name === undefined) {
      name = this.names.size;
      this.names.set(value, name);
    }
    return `#${name}`;
  }

  private properties({ objectId }: Remote): {
    result: Property[];
    privateProperties?: Property[];
    internalProperties?: Property[];
  } {
    return this.post('Runtime.getProperties', { objectId, ownProperties: true });
  }

  /** The inspector's handle of a value, handed over through a global. */
  private remoteOf(value: object): Remote {
    exchange.limfsBench = value;
    return this.post<{ result: Remote }>('Runtime.evaluate', { expression: 'globalThis.limfsBench' }).result;
  }

  /** The value behind a handle. */
  private valueOf(remote: Remote & { readonly value?: unknown }): unknown {
    if (remote.objectId === undefined) return remote.value;
    this.post('Runtime.callFunctionOn', {
      objectId: remote.objectId,
      functionDeclaration: 'function () { globalThis.limfsBench = this; }',
    });
    return exchange.limfsBench;
  }

  /** The session runs in this thread, so the answer is there when `post` returns. */
  private post<Answer>(method: string, parameters: object): Answer {
    let answer: unknown;
    this.session.post(method, parameters, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${error.message}`);
      answer = result;
    });
    return answer as Answer;
  }
}

const exchange = globalThis as { limfsBench?: unknown };
