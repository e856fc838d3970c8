import { assert } from 'chai';
import {
  formatManagerStore,
  type ManagerFormat,
  type ManagerStore,
  mountManagerStore,
} from '../../../lib/limfs/manager/index.js';
import { ManagerLayout, settingsOf } from '../../../lib/limfs/manager/managerLayout.js';
import type { Medium } from '../../../lib/limfs/medium/medium.js';
import type { PowerCutMode } from '../../../simulator/chips/powerCut.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { createHistory, perform, type Step } from '../../lib/limfs/manager/history.js';
import { type CutRig, type Deed, FramCutRig } from '../cutRig.js';
import { signatureOf } from './signature.js';

/** Numbers of a run. */
export interface Tally {
  steps: number;
  cuts: number;
  pairs: number;
  /** Steps by kind and outcome: the rare ways must have been gone. */
  outcomes: Map<string, number>;
}

export function createTally(): Tally {
  return { steps: 0, cuts: 0, pairs: 0, outcomes: new Map() };
}

/** What every run must have seen, on whatever medium. */
const commonWays = [
  'window stored',
  'window stored, a page dropped',
  'window rolled',
  'window filled',
  'backfill filled',
  'freeze true',
  'acknowledge true',
  'remove removed',
  'replace replaced',
];

/** Asserts that the common ways and some more have been gone, with so many cuts and pairs of them. */
export function assertGone(tally: Tally, moreWays: readonly string[], cuts: number, pairs: number): void {
  assert.includeMembers([...tally.outcomes.keys()], [...commonWays, ...moreWays]);
  assert.isAtLeast(tally.cuts, cuts);
  assert.isAtLeast(tally.pairs, pairs);
}

/** How a step is cut. */
export interface Cutting {
  readonly mode: PowerCutMode;
  /** One cut at each so-manieth place; the first and last ones always. */
  readonly stride: number;
  /** A second cut at each so-manieth place, behind a first one at each so-manieth if `stride` is 1; 0: no pairs. */
  readonly pairStride: number;
}

const EDGE_PLACES = 2;

/** A store, and what it is mounted on. */
interface Mounted {
  readonly medium: Medium;
  readonly store: ManagerStore;
}

/** A step of the store, or a piece of background work of its medium, and what the store says behind its commits. */
interface Work {
  readonly name: string;
  readonly commits: readonly string[];
  /** Does it; says what came of it. */
  do(mounted: Mounted): string;
}

/**
 * A manager's store on a simulated chip that lives through a history. Each step is done once and recorded, undone, and
 * its traffic played again up to each place. After a cut nothing but the chip is left; then
 * - a mount works, writes nothing and finds nothing wrong;
 * - the store says what it said before the step, or behind one of the step's commits, and later cuts never less;
 * - the step done again ends where it would have ended without the cut.
 */
export class Trial {
  private readonly rig: CutRig;
  private readonly name: string;
  private readonly next: (store: ManagerStore) => Step;
  private readonly usedBytes: number;
  private readonly logFrom: number;
  private readonly logTo: number;

  constructor(name: string, format: ManagerFormat, seed: number, rig: CutRig = new FramCutRig()) {
    this.name = `${name}/${seed}`;
    this.rig = rig;
    this.next = createHistory(format, seed);
    const medium = rig.medium();
    formatManagerStore(rig.unhurried(medium), format);
    const layout = new ManagerLayout(settingsOf(format, medium.sizeBytes));
    this.usedBytes = layout.sizeBytes;
    this.logFrom = layout.logAddress;
    this.logTo = layout.metersAddress;
    this.settle(medium);
  }

  /** Steps without a cut. */
  live(steps: number): void {
    for (let count = 0; count < steps; count += 1) {
      const { medium, store } = this.mount();
      this.settle(medium);
      perform(store, this.next(store));
      this.settle(medium);
    }
  }

  /** As `step`, so many times. */
  liveCut(steps: number, tally: Tally, cutting: Cutting): void {
    for (let step = 0; step < steps; step += 1) this.step(tally, cutting);
  }

  /** Lives through one step and the background work behind it, cut all over. */
  step(tally: Tally, cutting: Cutting): void {
    const mounted = this.mount();
    const step = this.next(mounted.store);
    const dropped = mounted.store.droppedPages;
    const work: Work = {
      name: JSON.stringify(step),
      commits: this.commitsOf(step, mounted.medium),
      do: (on) => this.perform(on, step),
    };
    const outcome = this.cutWork(work, mounted, tally, cutting);
    const key = `${step.kind} ${outcome}${mounted.store.droppedPages > dropped ? ', a page dropped' : ''}`;
    tally.outcomes.set(key, (tally.outcomes.get(key) ?? 0) + 1);
    tally.steps += 1;
    this.cutIdle(mounted, tally, cutting);
  }

  /** Does a step, with idle time when the store asks for it, as firmware would. */
  private perform({ medium, store }: Mounted, step: Step): string {
    let outcome = perform(store, step);
    for (let tries = 0; outcome === 'needs-idle' && tries < 10; tries += 1) {
      this.settle(medium);
      outcome = perform(store, step);
    }
    return outcome;
  }

  private cutIdle(mounted: Mounted, tally: Tally, cutting: Cutting): void {
    const signature = this.signature(mounted.medium);
    const work: Work = {
      name: 'idle',
      commits: [signature],
      do: ({ medium }) => (this.rig.idle(medium) ? 'more' : 'nothing'),
    };
    while (this.cutWork(work, mounted, tally, cutting) === 'more');
  }

  private cutWork(work: Work, mounted: Mounted, tally: Tally, cutting: Cutting): string {
    const { rig } = this;
    const final = work.commits[work.commits.length - 1]!;
    rig.checkpoint();
    let outcome = '';
    const deed = rig.record(() => {
      outcome = work.do(mounted);
    });
    const after = rig.image.slice();
    const same = deed.places === 0 || this.signature(mounted.medium) === final;
    this.expect(work, 'done', same, 'the step ends elsewhere than on a plain medium');
    rig.rollBack();
    let least = 0;
    for (let cut = 0; cut <= deed.places && deed.places > 0; cut += 1) {
      const inside = cut > EDGE_PLACES && cut < deed.places - EDGE_PLACES;
      if (inside && (cut + tally.steps) % cutting.stride !== 0) continue;
      const id = `${this.name}/${tally.steps}/${cut}`;
      deed.play(cut, cutting.mode, id);
      const found = this.judge(work, `${cut}`, least);
      least = found.index;
      if (cutting.pairStride > 0 && (cutting.stride > 1 || cut % cutting.pairStride === 0))
        this.cutAgain(work, deed, cut, found.mounted, tally, cutting, id);
      else this.goOn(work, `${cut}`, found.mounted);
      rig.rollBack();
      tally.cuts += 1;
    }
    rig.image.set(after);
    return outcome;
  }

  /** The chip is as the first cut left it: does the step again and cuts that too. */
  private cutAgain(
    work: Work,
    first: Deed,
    cut: number,
    mounted: Mounted,
    tally: Tally,
    cutting: Cutting,
    id: string,
  ): void {
    const { rig } = this;
    const again = rig.record(() => {
      this.settle(mounted.medium);
      work.do(mounted);
    });
    this.expectFinal(work, `${cut}`, mounted.medium);
    rig.rollBack();
    for (let second = 0; second <= again.places; second += cutting.pairStride) {
      first.play(cut, cutting.mode, id);
      again.play(second, cutting.mode, `${id}+${second}`);
      const found = this.judge(work, `${cut}+${second}`, 0);
      this.goOn(work, `${cut}+${second}`, found.mounted);
      rig.rollBack();
      tally.pairs += 1;
    }
  }

  /** The store says what it said before the step or behind one of its commits; returns which. */
  private judge(work: Work, place: string, least: number): { index: number; mounted: Mounted } {
    const { changes } = this.rig;
    const mounted = this.mount();
    this.expect(work, place, this.rig.changes === changes, 'a mount has written');
    const index = work.commits.indexOf(this.signature(mounted.medium), least);
    this.expect(work, place, index >= 0, 'the store says what it never said');
    return { index, mounted };
  }

  private goOn(work: Work, place: string, mounted: Mounted): void {
    this.settle(mounted.medium);
    work.do(mounted);
    this.expectFinal(work, place, mounted.medium);
  }

  private expectFinal(work: Work, place: string, medium: Medium): void {
    const final = work.commits[work.commits.length - 1]!;
    this.expect(work, place, this.signature(medium) === final, 'the step done again ends elsewhere');
  }

  /** What the store says before the step and behind each of its commits, on a plain medium. */
  private commitsOf(step: Step, mounted: Medium): string[] {
    const ram = new RamMedium(this.rig.contents(mounted, this.usedBytes).slice());
    const texts = [signatureOf(ram.image)];
    const medium: Medium = {
      sizeBytes: ram.sizeBytes,
      eraseBytes: 1,
      writeBytes: 1,
      read: (address, into, offset, length) => ram.read(address, into, offset, length),
      write: (address, from, offset, length) => {
        ram.write(address, from, offset, length);
        if (address >= this.logFrom && address < this.logTo) texts.push(signatureOf(ram.image));
      },
      erase: () => undefined,
    };
    perform(mountManagerStore(medium), step);
    return texts;
  }

  private settle(medium: Medium): void {
    while (this.rig.idle(medium));
  }

  private expect(work: Work, place: string, good: boolean, what: string): void {
    if (!good) throw new Error(`${this.name}, ${work.name}, cut ${place}: ${what}`);
  }

  private mount(): Mounted {
    const medium = this.rig.medium();
    return { medium, store: mountManagerStore(medium) };
  }

  private signature(medium: Medium): string {
    return signatureOf(this.rig.contents(medium, this.usedBytes));
  }
}
