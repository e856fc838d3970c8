import { LimfsError } from '../../../../lib/limfs/index.js';
import { KEPT_LINES, LineList } from '../../../../lib/limfs/lines/index.js';
import {
  createManagerPage,
  type ManagerFormat,
  type ManagerStore,
  type Outcome,
} from '../../../../lib/limfs/manager/index.js';
import { createRandom } from '../../../../simulator/random/random.js';
import { backfill, type Shift, send } from './blocks.js';

/** A line of a meter: its readings, from a sequence on, are so many intervals later than those of its first line. */
export interface ModelLine {
  readonly name: number;
  readonly first: number;
  readonly shift: number;
}

/** What a meter has at each sequence, on its newest line. */
export function shiftOn(lines: readonly ModelLine[]): Shift {
  return (sequence) => {
    let at = lines.length - 1;
    while (at >= 0 && lines[at]!.first > sequence) at -= 1;
    return at < 0 ? 0 : lines[at]!.shift;
  };
}

export function listOf(lines: readonly ModelLine[]): LineList {
  const list = new LineList(KEPT_LINES);
  for (const { name, first } of lines) list.add(name, first);
  return list;
}

/** Takes a block as a role does: where its line is not known, the meter's lines are taken first. */
export function takeOn(
  store: ManagerStore,
  place: number,
  lines: readonly ModelLine[],
  oldest: number,
  timeSeconds: number,
  take: (line: number) => Outcome,
): string {
  const line = lines[lines.length - 1]!.name;
  const outcome = take(line);
  if (outcome !== 'other-line') return outcome;
  const told = store.takeLines(place, listOf(lines), oldest, timeSeconds);
  return told === 'no-room' ? 'no-room for notes' : `${told} and ${take(line)}`;
}

/** One call of a manager's store. */
export type Step =
  | {
      readonly kind: 'window';
      readonly place: number;
      readonly first: number;
      readonly end: number;
      readonly errorAt: number;
      readonly oldest: number;
      readonly time: number;
      readonly lines: readonly ModelLine[];
    }
  | {
      readonly kind: 'backfill';
      readonly place: number;
      readonly first: number;
      readonly end: number;
      readonly oldest: number;
      readonly lines: readonly ModelLine[];
    }
  | { readonly kind: 'freeze' }
  /** What a concentrator says after it has read the oldest report, or long after that. */
  | { readonly kind: 'acknowledge'; readonly counter: number; readonly checksum: number }
  | { readonly kind: 'add'; readonly meter: number; readonly first: number }
  | { readonly kind: 'remove'; readonly place: number; readonly time: number }
  | {
      readonly kind: 'replace';
      readonly place: number;
      readonly meter: number;
      readonly first: number;
      readonly time: number;
    }
  | { readonly kind: 'rejoin'; readonly place: number; readonly first: number; readonly time: number }
  /** What the server says that it never got. */
  | { readonly kind: 'miss'; readonly place: number; readonly first: number; readonly end: number };

const page = createManagerPage();

/** Does one step; what a store refuses by name is an outcome too. */
export function perform(store: ManagerStore, step: Step): string {
  try {
    switch (step.kind) {
      case 'window':
        return window(store, step);
      case 'backfill': {
        const { place, first, end, oldest, lines } = step;
        return takeOn(store, place, lines, oldest, 0, (line) =>
          backfill(store, place, first, end, oldest, shiftOn(lines), line),
        );
      }
      case 'freeze':
        return `${store.freeze(page)}`;
      case 'acknowledge':
        return `${store.acknowledge(store.storeId, step.counter, step.checksum)}`;
      case 'add':
        return `${store.addMeter([1, step.meter], step.first)}`;
      case 'remove':
        store.removeMeter(step.place, step.time);
        return 'removed';
      case 'replace':
        store.replaceMeter(step.place, [1, step.meter], step.first, step.time);
        return 'replaced';
      case 'rejoin':
        store.rejoinMeter(step.place, step.first, step.time);
        return 'rejoined';
      case 'miss':
        return `${store.missAgain(step.place, step.first, step.end)}`;
    }
  } catch (error) {
    if (error instanceof LimfsError && error.code !== 'needs-mount') return error.code;
    throw error;
  }
}

function window(store: ManagerStore, step: Extract<Step, { kind: 'window' }>): string {
  const { place, first, end, errorAt, oldest, time, lines } = step;
  const more = { errorAt, oldest, time, shiftOf: shiftOn(lines) };
  return takeOn(store, place, lines, oldest, time, (line) =>
    send(store, place, first, end, { ...more, line }),
  );
}

interface Tenant {
  readonly meter: number;
  next: number;
  kept: number;
  lines: readonly ModelLine[];
}

/** The life of a manager with its meters, step after step, the same for ever for a seed. */
export function createHistory(format: ManagerFormat, seed: number): (store: ManagerStore) => Step {
  const random = createRandom(seed, 'manager');
  const below = (n: number) => random.below(n);
  const window = format.windowReadings;
  const tenants: (Tenant | null)[] = new Array(format.meters).fill(null);
  const oldAcknowledgements: { counter: number; checksum: number }[] = [];
  let meters = 0;
  let names = 0;
  let time = 1_700_000_000;

  function newName(): number {
    names += 1;
    return names;
  }

  function newTenant(meter: number, next: number): Tenant {
    return { meter, next, kept: 0, lines: [{ name: newName(), first: 0, shift: 0 }] };
  }

  function someTenant(): number {
    const places = tenants
      .map((tenant, place) => (tenant === null ? -1 : place))
      .filter((place) => place >= 0);
    return places.length === 0 ? -1 : places[below(places.length)]!;
  }

  function windowStep(place: number): Step {
    const tenant = tenants[place]!;
    const what = below(20);
    tenant.next += what === 0 ? below(12) : what < 14 ? 1 : 0;
    if (what === 1) tenant.kept = Math.min(tenant.next, tenant.kept + below(20));
    const late = what === 19 ? below(8) : 0;
    const end = Math.max(1, tenant.next - late);
    const count = Math.min(end, what === 2 ? 1 + below(window) : window);
    const errorAt = what >= 16 && what < 19 ? end - 1 - below(count) : -1;
    time += below(3) === 0 ? 3600 : 10;
    const { kept, lines } = tenant;
    return { kind: 'window', place, first: end - count, end, errorAt, oldest: kept, time, lines };
  }

  /** An older image of the meter's chip is restored, and it takes some readings before it is heard again. */
  function setBack(tenant: Tenant): void {
    const back = 1 + below(12);
    const first = Math.max(tenant.kept, tenant.next - back);
    const pause = below(40);
    const shift = shiftOn(tenant.lines)(tenant.next) + tenant.next - first + pause;
    tenant.lines = [...tenant.lines.filter((one) => one.first < first), { name: newName(), first, shift }];
    tenant.next = first + 1 + below(16);
  }

  /** The power was off: what comes now is of another line, and goes on from what was there. */
  function startAnew(tenant: Tenant): void {
    const { lines, next } = tenant;
    const { shift } = lines[lines.length - 1]!;
    const kept = lines.filter(({ first }) => first < next);
    tenant.lines = [...kept, { name: newName(), first: next, shift }];
  }

  function changeStep(): Step {
    const free = tenants.indexOf(null);
    const place = someTenant();
    meters += 1;
    const first = 5 + below(50);
    if (free >= 0 && (place < 0 || below(2) > 0)) {
      tenants[free] = newTenant(meters, first);
      return { kind: 'add', meter: meters, first };
    }
    if (below(4) === 0) {
      tenants[place]!.next += 3;
      return { kind: 'rejoin', place, first: tenants[place]!.next, time };
    }
    return { kind: below(2) === 0 ? 'remove' : 'replace', place, meter: meters, first, time };
  }

  return (store) => {
    for (let place = 0; place < tenants.length; place += 1) {
      // A removal may have been refused because the ring is full; a place that is empty has no tenant.
      const meter = store.meterAt(place);
      if (meter === null) tenants[place] = null;
      else if (tenants[place]?.meter !== meter.storeLow) {
        tenants[place] = newTenant(meter.storeLow, meter.next);
      }
    }
    const what = below(100);
    const place = someTenant();
    if (place < 0 || what < 8) return changeStep();
    if (what < 18) return { kind: 'freeze' };
    if (what < 24 && store.report(page)) {
      oldAcknowledgements.push({ counter: page.counter, checksum: page.checksum });
      return { kind: 'acknowledge', counter: page.counter, checksum: page.checksum };
    }
    if (what < 29 && oldAcknowledgements.length > 0) {
      return { kind: 'acknowledge', ...oldAcknowledgements[below(oldAcknowledgements.length)]! };
    }
    const meter = store.meterAt(place)!;
    if (what === 99) {
      const first = Math.max(0, meter.next - 1 - below(30));
      return { kind: 'miss', place, first, end: first + 1 + below(20) };
    }
    if (what < 37 && meter.gaps.count > 0) {
      const first = meter.gaps.firsts[0]!;
      const end = Math.min(meter.gaps.ends[0]!, first + 1 + below(window));
      const { kept, lines } = tenants[place]!;
      // A meter gives nothing that it does not keep, or has not taken yet since it was set back.
      const from = Math.max(first, kept);
      const to = Math.min(end, tenants[place]!.next);
      if (from < to) return { kind: 'backfill', place, first: from, end: to, oldest: kept, lines };
    }
    if (what >= 92) setBack(tenants[place]!);
    else if (what >= 86) startAnew(tenants[place]!);
    return windowStep(place);
  };
}
