/**
 * The few globals that mocha's browser build and chai expect. Timers run in virtual time: the host calls `runNextTimer` when
 * no promise job is left, so a test that waits for nothing ends at mocha's timeout at once.
 */
interface Timer {
  readonly id: number;
  readonly due: number;
  readonly callback: (...values: unknown[]) => void;
  readonly values: unknown[];
}

const timers: Timer[] = [];
let lastId = 0;
let now = 0;

function setTimeout(
  callback: (...values: unknown[]) => void,
  milliseconds = 0,
  ...values: unknown[]
): number {
  lastId += 1;
  timers.push({ id: lastId, due: now + milliseconds, callback, values });
  return lastId;
}

function clearTimeout(id: number): void {
  const index = timers.findIndex((timer) => timer.id === id);
  if (index >= 0) timers.splice(index, 1);
}

/** Runs the timer that is due first; tells whether there was one. */
function runNextTimer(): boolean {
  let first = 0;
  for (let index = 1; index < timers.length; index += 1) {
    if (timers[index]!.due < timers[first]!.due) first = index;
  }
  const [timer] = timers.splice(first, 1);
  if (timer === undefined) return false;
  now = Math.max(now, timer.due);
  timer.callback(...timer.values);
  return true;
}

const ignore = (): void => {};
const location = { href: '', search: '' };

/** Chai announces its plug-ins through events; nobody here listens. */
class SilentEventTarget {
  addEventListener(): void {}
  removeEventListener(): void {}
  dispatchEvent(): boolean {
    return true;
  }
}

Object.assign(globalThis, {
  EventTarget: SilentEventTarget,
  Event: class {},
  window: globalThis,
  self: globalThis,
  global: globalThis,
  location,
  document: { location, getElementById: () => null },
  console: { log: xsHost.print, error: xsHost.print, warn: xsHost.print, debug: ignore },
  addEventListener: ignore,
  removeEventListener: ignore,
  setTimeout,
  clearTimeout,
  setImmediate: (callback: () => void) => setTimeout(callback),
  clearImmediate: clearTimeout,
  setInterval: () => 0,
  clearInterval: ignore,
  runNextTimer,
});
