import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { LimfsError } from '../../lib/limfs/errors.js';

/** Who holds a lock: enough to find out later whether that very process still runs. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process started, where the system tells; '' elsewhere. */
  readonly started: string;
}

/** A stale lock may be cleared away by another process at the same time; more rounds mean something is wrong. */
const roundsMax = 5;

/**
 * An exclusive lock beside a file: `<file>.lock` names the process that holds it. A lock whose process is gone, by
 * a crash or a power cut, is taken over. After a restart another process may run under the old process id, so the
 * start time counts as well.
 */
export class FileLock {
  readonly #path: string;

  /** Throws `medium-failed` with a line that names the holder if another process, or this one, has the lock. */
  constructor(file: string) {
    this.#path = `${file}.lock`;
    const own = `${file}.lock.${process.pid}`;
    // Written first and linked then, so that nobody ever sees a lock without its holder.
    writeFileSync(own, JSON.stringify(holderOfThisProcess()));
    try {
      this.#take(own, file);
    } finally {
      rmSync(own, { force: true });
    }
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }

  #take(own: string, file: string): void {
    for (let round = 0; round < roundsMax; round++) {
      try {
        linkSync(own, this.#path);
        return;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const found = readIfThere(this.#path);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder !== undefined && mayRun(holder)) throw inUse(file, this.#path, holder);
      this.#clearStale(found);
    }
    throw new LimfsError('medium-failed', `${file}: its lock ${this.#path} keeps coming back; try again`);
  }

  /** Removes the stale lock, and nothing else: in the meantime somebody may have put a good one there. */
  #clearStale(stale: string): void {
    const aside = `${this.#path}.${process.pid}.stale`;
    try {
      renameSync(this.#path, aside);
      if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, this.#path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }
}

function inUse(file: string, lock: string, { host, pid }: Holder): LimfsError {
  if (pid === process.pid && host === hostname()) {
    return new LimfsError('medium-failed', `${file} is in use by this process: close it first`);
  }
  const where = host === hostname() ? '' : ` on ${host}`;
  const cure =
    host === hostname() ? 'stop it, or work on a copy' : `stop it, or delete ${lock} if it is long gone`;
  return new LimfsError('medium-failed', `${file} is in use by process ${pid}${where}: ${cure}`);
}

/** A lock that a power cut left empty or torn has no holder. */
function parseHolder(text: string): Holder | undefined {
  try {
    const { host, pid, started } = JSON.parse(text) as Partial<Holder>;
    if (typeof host === 'string' && typeof pid === 'number' && typeof started === 'string') {
      return { host, pid, started };
    }
  } catch {
    return undefined;
  }
  return undefined;
}

function holderOfThisProcess(): Holder {
  return { host: hostname(), pid: process.pid, started: startOf(process.pid) };
}

/** False only if the holder is certainly gone. */
function mayRun({ host, pid, started }: Holder): boolean {
  // Another machine or container that shares the folder: its processes cannot be seen from here.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

/** Boot and clock ticks at the start of a process, by /proc; '' where there is none. */
export function startOf(pid: number): string {
  const boot = readIfThere('/proc/sys/kernel/random/boot_id');
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (boot === undefined || stat === undefined) return '';
  // The name of the program, in parentheses, may hold spaces; the start is field 22, the 20th after it (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${boot.trim()}/${fields[19]}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
