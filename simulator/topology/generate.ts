import type { LinkClass } from '../air/linkClass.js';
import type { Topology, TopologyDevice } from './topology.js';

export interface GeneratedNetwork {
  readonly meters: number;
  readonly routers: number;
  readonly managers: number;
  readonly radio: LinkClass;
  readonly wire: LinkClass;
}

/** The most meters that a generated network gives a local manager: there is room for those that replace others. */
const METERS_OF_A_MANAGER = 50;
/** As many as a building or a street has; a town is many concentrators. */
const MANAGERS_OF_A_CONCENTRATOR = 2;
/** The largest generated network: its devices have to find room in the memory of a PC. */
export const MOST_METERS = 10_000;

/** Local managers that a network of so many meters gets at least. */
export function managersFor(meters: number): number {
  return Math.max(2, Math.ceil(meters / METERS_OF_A_MANAGER));
}

/**
 * A network of usual shape: two local managers under each concentrator, meters spread over all of them, half of those of
 * a manager with routers behind one of them; every third of these can reach the manager without it too.
 */
export function generateTopology(network: GeneratedNetwork): Topology {
  const { meters, routers, managers, radio, wire } = network;
  const devices: TopologyDevice[] = [
    { name: 'server', role: 'server', parent: -1, otherParent: -1, link: undefined },
  ];
  const concentrators = Math.ceil(managers / MANAGERS_OF_A_CONCENTRATOR);
  for (let number = 1; number <= concentrators; number += 1) {
    const name = concentrators === 1 ? 'concentrator' : `concentrator-${number}`;
    devices.push({ name, role: 'concentrator', parent: 0, otherParent: -1, link: wire });
  }
  const managerAt: number[] = [];
  const routersOf: number[][] = [];
  for (let manager = 0; manager < managers; manager += 1) {
    managerAt.push(devices.length);
    routersOf.push([]);
    const name = `manager-${manager + 1}`;
    const parent = 1 + Math.floor(manager / MANAGERS_OF_A_CONCENTRATOR);
    devices.push({ name, role: 'localManager', parent, otherParent: -1, link: wire });
  }
  for (let router = 0; router < routers; router += 1) {
    const manager = router % managers;
    routersOf[manager]!.push(devices.length);
    const parent = managerAt[manager]!;
    devices.push({ name: `router-${router + 1}`, role: 'router', parent, otherParent: -1, link: radio });
  }
  const digits = String(meters).length;
  for (let meter = 0; meter < meters; meter += 1) {
    const manager = meter % managers;
    const nearby = routersOf[manager]!;
    const place = Math.floor(meter / managers);
    const isFar = nearby.length > 0 && place % 2 === 1;
    const direct = managerAt[manager]!;
    const parent = isFar ? nearby[(place >> 1) % nearby.length]! : direct;
    const otherParent = isFar && (place >> 1) % 3 === 0 ? direct : -1;
    const name = `meter-${String(meter + 1).padStart(Math.max(2, digits), '0')}`;
    devices.push({ name, role: 'meter', parent, otherParent, link: radio });
  }
  return { name: 'generated network', devices };
}
