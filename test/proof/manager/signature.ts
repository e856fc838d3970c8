import { createManagerPage, type ManagerStore, mountManagerStore } from '../../../lib/limfs/manager/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { cellsOf } from '../../lib/limfs/manager/blocks.js';

/**
 * Everything that a store can say, as one text: what it knows of each meter, the pages that are frozen, those that are
 * not, and what was dropped. Two images with the same text behave alike. Works on a copy of the image.
 */
export function signatureOf(image: Uint8Array): string {
  const store = mountManagerStore(new RamMedium(image.slice()));
  const parts = [
    `findings ${JSON.stringify(store.findings)}`,
    `dropped ${store.droppedPages} ${store.ownerlessReadings}`,
  ];
  for (let place = 0; place < store.settings.meters; place += 1) parts.push(meterText(store, place));
  parts.push('frozen', ...pagesText(store), 'open');
  store.freeze(createManagerPage());
  parts.push(...pagesText(store));
  return parts.join('\n');
}

function meterText(store: ManagerStore, place: number): string {
  const meter = store.meterAt(place);
  if (meter === null) return `${place} free`;
  const { gaps, lines: _, ...facts } = meter;
  const ranges = gaps.firsts
    .slice(0, gaps.count)
    .map((first, gap) => [first, gaps.ends[gap], gaps.uncertain[gap]]);
  const { names, firsts, count } = store.linesOf(place);
  const lines = names.slice(0, count).map((name, line) => [name, firsts[line]]);
  return `${place} ${JSON.stringify(facts)} ${JSON.stringify(ranges)} ${JSON.stringify(lines)}`;
}

function pagesText(store: ManagerStore): string[] {
  const texts: string[] = [];
  const page = createManagerPage();
  while (store.report(page)) {
    const cells = cellsOf(store, page).map(({ kind, place, storeLow, block }) =>
      [kind, place, storeLow, block].join(':'),
    );
    texts.push(JSON.stringify(page), ...cells);
    if (!store.acknowledge(store.storeId, page.counter, page.checksum))
      throw new Error('a report is not accepted');
  }
  return texts;
}
