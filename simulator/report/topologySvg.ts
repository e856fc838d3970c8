import type { Link } from '../air/air.js';
import { Outcome } from '../ledger/account.js';
import { devicesOf, type Role } from '../topology/topology.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { escapeHtml, grouped } from './facts.js';

const columns: Readonly<Record<Role, number>> = {
  server: 60,
  concentrator: 250,
  localManager: 470,
  router: 690,
  meter: 930,
};
const width = 1180;
const mostLabels = 80;

interface Node {
  readonly place: number;
  readonly role: Role;
  readonly name: string;
  readonly x: number;
  y: number;
}

/** The network as a tree, with what was lost on each link: the paper's Figure 1 as it was in this run. */
export function topologySvg(result: NetworkResult): string {
  const { devices } = result.options.topology;
  const order = leavesInOrder(result);
  const leafHeight = order.length > mostLabels ? 5 : 17;
  const nodes: Node[] = devices.map(({ role, name }, place) => ({
    place,
    role,
    name,
    x: columns[role],
    y: 0,
  }));
  order.forEach((place, leaf) => {
    nodes[place]!.y = 14 + leaf * leafHeight;
  });
  placeInner(nodes, result);
  const height = 20 + order.length * leafHeight;
  const edges = nodes.map((node) => edgesOf(node, nodes, result)).join('');
  const shapes = nodes.map((node) => shapeOf(node, result, order.length > mostLabels)).join('');
  return `<svg class="topology" role="img" aria-label="The network" viewBox="0 0 ${width} ${height}">${edges}${shapes}</svg>`;
}

/** Meters, and routers or managers without any, from top to bottom. */
function leavesInOrder(result: NetworkResult): number[] {
  const { devices } = result.options.topology;
  const leaves: number[] = [];
  const visit = (place: number) => {
    const below = devices.flatMap(({ parent }, at) => (parent === place ? [at] : []));
    if (below.length === 0) leaves.push(place);
    for (const at of below) visit(at);
  };
  visit(devicesOf(result.options.topology, 'server')[0]!);
  return leaves;
}

/** A device stands in the middle of what is below it. Children stand behind their parents in the list. */
function placeInner(nodes: readonly Node[], result: NetworkResult): void {
  const { devices } = result.options.topology;
  for (let place = devices.length - 1; place >= 0; place--) {
    const below = nodes.filter((_, at) => devices[at]!.parent === place);
    if (below.length === 0) continue;
    nodes[place]!.y = below.reduce((total, { y }) => total + y, 0) / below.length;
  }
}

function edgesOf(node: Node, nodes: readonly Node[], result: NetworkResult): string {
  const { parent, otherParent } = result.options.topology.devices[node.place]!;
  if (parent < 0) return '';
  const other = otherParent < 0 ? '' : curve(node, nodes[otherParent]!, 'other', '');
  const { sent, lost } = trafficBetween(result, node.place, parent);
  const share = sent === 0 ? 0 : lost / sent;
  const title = `${node.name} - ${nodes[parent]!.name}: ${grouped(sent)} packets, ${(100 * share).toFixed(1)} % lost`;
  return other + curve(node, nodes[parent]!, lossClass(share), escapeHtml(title));
}

function curve(from: Node, to: Node, className: string, title: string): string {
  const middle = (from.x + to.x) / 2;
  const d = `M${to.x} ${to.y.toFixed(1)}C${middle} ${to.y.toFixed(1)} ${middle} ${from.y.toFixed(1)} ${from.x} ${from.y.toFixed(1)}`;
  return `<path class="link ${className}" d="${d}"><title>${title}</title></path>`;
}

function lossClass(share: number): string {
  if (share < 0.05) return 'good';
  return share < 0.2 ? 'fair' : 'poor';
}

/** Both ways, and with every device that ever stood at these places. */
function trafficBetween(result: NetworkResult, a: number, b: number): { sent: number; lost: number } {
  const placeOf = new Map<number, number>();
  const { meters, routers, managers, concentrators, server, links } = result.devices;
  for (const { device, place } of [...meters, ...routers, ...managers, ...concentrators])
    placeOf.set(device.index, place);
  placeOf.set(server.index, server.index);
  const isBetween = ({ from, to }: Link) => {
    const ends = [placeOf.get(from.index), placeOf.get(to.index)];
    return ends.includes(a) && ends.includes(b);
  };
  const between = links.filter(isBetween);
  return {
    sent: between.reduce((total, { sent }) => total + sent, 0),
    lost: between.reduce((total, { lost }) => total + lost, 0),
  };
}

function shapeOf(node: Node, result: NetworkResult, isSmall: boolean): string {
  const { x, name, role } = node;
  const y = node.y.toFixed(1);
  if (role === 'meter') {
    const dot = `<circle class="meter" cx="${x}" cy="${y}" r="${isSmall ? 2 : 4.5}"/>`;
    if (isSmall) return dot;
    return `${dot}<text x="${x + 11}" y="${(node.y + 4).toFixed(1)}">${escapeHtml(name)}</text><text class="soft" x="${x + 85}" y="${(node.y + 4).toFixed(1)}">${shareText(result, node.place)}</text>`;
  }
  const half = 50;
  return (
    `<rect class="device ${role}" x="${x - half}" y="${(node.y - 13).toFixed(1)}" width="${2 * half}" height="26" rx="5"/>` +
    `<text x="${x}" y="${(node.y + 4).toFixed(1)}" text-anchor="middle">${escapeHtml(name)}</text>`
  );
}

/** Of a metering point: how its readings came. */
function shareText(result: NetworkResult, place: number): string {
  const row = result.grid[devicesOf(result.options.topology, 'meter').indexOf(place)]!;
  const count = (...outcomes: readonly Outcome[]) =>
    row.filter((one) => outcomes.includes(one as Outcome)).length;
  const direct = count(Outcome.direct);
  const recovered = count(Outcome.window, Outcome.backfill);
  return `${direct} direct, ${recovered} recovered`;
}
