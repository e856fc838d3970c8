import { LimfsError } from '../../lib/limfs/index.js';
import type { ReportPart } from '../link/message.js';

/** Reports that are being put together at a time; the one that was touched longest ago gives way. */
const MOST_ASSEMBLIES = 32;
/** Names of the reports that were finished last. */
const MOST_FINISHED = 256;

interface Assembly {
  readonly body: Uint8Array;
  /** 1 where a byte has arrived. */
  readonly arrived: Uint8Array;
  missing: number;
}

/** Puts reports together from parts that come in any order, more than once, or not at all until they are sent again. */
export class ReportAssembler {
  /** Assemblies that gave way; their reports are sent again. */
  dropped = 0;
  readonly #assemblies = new Map<string, Assembly>();
  /** In the order in which they were finished. */
  readonly #finished = new Set<string>();

  /** The body of the report, when this was its last missing part; else null. Errors: `packet`. */
  take(part: ReportPart): Uint8Array | null {
    const { totalBytes, offset, bytes } = part;
    const name = nameOf(part);
    if (offset + bytes.length > totalBytes || (bytes.length === 0 && totalBytes > 0)) {
      throw new LimfsError('packet', 'a part that lies outside of its report');
    }
    let assembly = this.#assemblies.get(name);
    assembly ??= create(totalBytes);
    // The newest stands last.
    this.#assemblies.delete(name);
    this.#assemblies.set(name, assembly);
    for (let index = 0; index < bytes.length; index += 1) {
      if (assembly.arrived[offset + index] === 1) continue;
      assembly.arrived[offset + index] = 1;
      assembly.body[offset + index] = bytes[index]!;
      assembly.missing -= 1;
    }
    if (assembly.missing > 0) {
      this.#limit();
      return null;
    }
    this.#assemblies.delete(name);
    return assembly.body;
  }

  /** Whether this report was finished lately: it need not be put together again. */
  isFinished(part: ReportPart): boolean {
    return this.#finished.has(nameOf(part));
  }

  /** The report is booked. */
  finish(part: ReportPart): void {
    this.#finished.add(nameOf(part));
    if (this.#finished.size <= MOST_FINISHED) return;
    const [oldest] = this.#finished;
    this.#finished.delete(oldest!);
  }

  #limit(): void {
    if (this.#assemblies.size <= MOST_ASSEMBLIES) return;
    const [oldest] = this.#assemblies.keys();
    this.#assemblies.delete(oldest!);
    this.dropped += 1;
  }
}

/**
 * Counters come a second time with other content when a chip was set back to an older image, and a page's checksum has
 * 16 bits only: when it was taken over, and how long it is, tells two such reports apart.
 */
function nameOf({ storeId, pageCounter, checksum, copy, timeSeconds, totalBytes }: ReportPart): string {
  return [...storeId, pageCounter, checksum, copy, timeSeconds, totalBytes].join();
}

function create(totalBytes: number): Assembly {
  return { body: new Uint8Array(totalBytes), arrived: new Uint8Array(totalBytes), missing: totalBytes };
}
