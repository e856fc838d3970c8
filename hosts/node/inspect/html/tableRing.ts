import type { ImageReport, SlotState } from '../../../../lib/limfs/inspect/report.js';
import { grouped } from './markup.js';

const size = 460;
const centre = size / 2;
const radius = 150;
/** Room for the name of the newest slot beside the ring. */
const margin = 60;

/** The PVT as what it is: a ring of slots, each of which points to one page. */
export function tableRingSvg({ slots, newestSlot }: ImageReport): string {
  const count = slots.length;
  const arcs = new Map<SlotState, string>();
  for (let from = 0; from < count; ) {
    const state = slots[from]!;
    let to = from + 1;
    while (to < count && slots[to] === state) to += 1;
    arcs.set(state, (arcs.get(state) ?? '') + arc(from, to, count));
    from = to;
  }
  const order: readonly SlotState[] = ['free', 'old', 'closed', 'open', 'damaged'];
  const drawn = order.map((state) => `<path class="${state}" d="${arcs.get(state) ?? ''}"/>`).join('');
  const used = slots.filter((state) => state !== 'free').length;
  return `<svg role="img" aria-label="The PVT as a ring" viewBox="${-margin} 0 ${size + 2 * margin} ${size}" style="max-width:${size + 2 * margin}px">
<g class="arcs">${drawn}</g>${quarters(count)}${newestSlot < 0 ? '' : newestMark(newestSlot, count)}
<text class="big" x="${centre}" y="${centre - 4}" text-anchor="middle">${grouped(count)} slots</text>
<text x="${centre}" y="${centre + 18}" text-anchor="middle">${grouped(used)} in use</text></svg>`;
}

function pointAt(slot: number, count: number, distance: number): string {
  const angle = (slot / count) * 2 * Math.PI - Math.PI / 2;
  return `${(centre + distance * Math.cos(angle)).toFixed(2)} ${(centre + distance * Math.sin(angle)).toFixed(2)}`;
}

/** At least a third of a degree is drawn, so that a single slot of many can be seen. */
function arc(from: number, to: number, count: number): string {
  const end = Math.max(to, from + count / 1080);
  const middle = (from + end) / 2;
  // In two halves: an arc that ends where it begins would not be drawn.
  const half = (a: number, b: number) =>
    `M${pointAt(a, count, radius)}A${radius} ${radius} 0 0 1 ${pointAt(b, count, radius)}`;
  return half(from, middle) + half(middle, end);
}

function quarters(count: number): string {
  return [0, 0.25, 0.5, 0.75]
    .map((share) => Math.floor(count * share))
    .map((slot) => {
      const [x, y] = pointAt(slot, count, radius - 32).split(' ');
      return `<text x="${x}" y="${Number(y) + 4}" text-anchor="middle">${slot}</text>`;
    })
    .join('');
}

function newestMark(slot: number, count: number): string {
  const at = slot + 0.5;
  const spread = count / 90;
  const tip = pointAt(at, count, radius + 15);
  const [x, y] = pointAt(at, count, radius + 44)
    .split(' ')
    .map(Number);
  const anchor = x! > centre + 20 ? 'start' : x! < centre - 20 ? 'end' : 'middle';
  return `<path class="mark" d="M${tip}L${pointAt(at - spread, count, radius + 30)}L${pointAt(at + spread, count, radius + 30)}Z"/>
<text x="${x}" y="${y! + 4}" text-anchor="${anchor}">newest, slot ${slot}</text>`;
}
