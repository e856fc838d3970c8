import type { Device } from '../devices/device.js';
import { createRandom, type Random } from '../random/random.js';
import type { NetworkDevices } from './network.js';
import type { FaultKind, NetworkOptions } from './networkOptions.js';

/** Something that struck, for the report. */
export interface FaultEvent {
  readonly timeSeconds: number;
  /** Name of the device. */
  readonly device: string;
  readonly place: number;
  readonly what: string;
  /** Until then; the same time where it does not last. */
  readonly toSeconds: number;
}

const hourSeconds = 3600;
const daySeconds = 86_400;
/** The network is commissioned before its first fault. */
const quietSeconds = 2 * hourSeconds;

/**
 * When things go wrong, and what did: each kind of fault at each device draws from a generator of its own, so that one
 * fault more does not move the others.
 */
export class FaultPlan {
  readonly events: FaultEvent[] = [];
  /** How often each thing happened. */
  readonly counts: Record<string, number> = {};
  /** The run is over: nothing more goes wrong. */
  hasEnded = false;
  readonly #options: NetworkOptions;
  readonly #devices: NetworkDevices;
  readonly #now: () => number;
  readonly #toSeconds: number;

  constructor(options: NetworkOptions, devices: NetworkDevices, now: () => number, endSeconds: number) {
    this.#options = options;
    this.#devices = devices;
    this.#now = now;
    this.#toSeconds = endSeconds;
  }

  /** Plans the faults of a kind at a device: `strike` gets the generator from which the fault may draw on. */
  each(kind: FaultKind, device: Device, strike: (random: Random) => void): void {
    const { seed, source, faults } = this.#options;
    const random = createRandom(seed, 'fault', device.name, kind);
    // A device that replaces another has no faults from before it came.
    const fromSeconds = Math.max(source.firstTimeSeconds + quietSeconds, Math.ceil(this.#now() / 1000));
    const spanSeconds = this.#toSeconds - fromSeconds;
    if (spanSeconds <= 0) return;
    const thousandths = (faults[kind] * spanSeconds) / daySeconds;
    const times = Math.floor(thousandths / 1000) + (random.below(1000) < thousandths % 1000 ? 1 : 0);
    for (let time = 0; time < times; time += 1) {
      const seconds = fromSeconds + random.below(spanSeconds);
      device.agenda.at(seconds * 1000, device.index, {
        happen: () => {
          if (!this.hasEnded && !device.isGone) strike(random);
        },
      });
    }
  }

  after(seconds: number, device: Device, happen: () => void): void {
    device.agenda.at(this.#now() + Math.floor(seconds * 1000), device.index, { happen });
  }

  /** Half of the outages are short. */
  outageSeconds(random: Random): number {
    const isShort = random.below(2) === 0;
    return hourSeconds + random.below(isShort ? 12 * hourSeconds : this.#options.longestOutageSeconds);
  }

  note(device: Device, what: string, lastsSeconds = 0): void {
    const timeSeconds = Math.floor(this.#now() / 1000);
    const place = this.#devices.placeOf(device);
    this.count(what.replace(/ \d+.*/, ''));
    this.events.push({
      timeSeconds,
      device: device.name,
      place,
      what,
      toSeconds: timeSeconds + lastsSeconds,
    });
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}
