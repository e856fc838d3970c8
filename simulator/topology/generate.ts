import type { LinkClass } from '../air/linkClass.js';
import { MOST_MANAGERS_OF_A_CONCENTRATOR, type Topology, type TopologyDevice } from './topology.js';

export interface GeneratedNetwork {
  readonly meters: number;
  readonly routers: number;
  readonly managers: number;
  readonly radio: LinkClass;
  readonly wire: LinkClass;
}

/** The most meters that a generated network gives a local manager: there is room for those that replace others. */
const METERS_OF_A_MANAGER = 80;
/** The largest generated network: one concentrator. */
export const MOST_METERS = METERS_OF_A_MANAGER * MOST_MANAGERS_OF_A_CONCENTRATOR;

/** Local managers that a network of so many meters gets at least. */
export function managersFor(meters: number): number {
  return Math.max(2, Math.ceil(meters / METERS_OF_A_MANAGER));
}

/**
 * A network of usual shape under one concentrator: meters spread over local managers, half of those of a manager with
 * routers behind one of them; every third of these can reach the manager without it too.
 */
export function generateTopology(network: GeneratedNetwork): Topology {
  const { meters, routers, managers, radio, wire } = network;
  const devices: TopologyDevice[] = [
    { name: 'server', role: 'server', parent: -1, otherParent: -1, link: undefined },
    { name: 'concentrator', role: 'concentrator', parent: 0, otherParent: -1, link: wire },
  ];
  const concentrator = 1;
  const managerAt: number[] = [];
  const routersOf: number[][] = [];
  for (let manager = 0; manager < managers; manager += 1) {
    managerAt.push(devices.length);
    routersOf.push([]);
    const name = `manager-${manager + 1}`;
    devices.push({ name, role: 'localManager', parent: concentrator, otherParent: -1, link: wire });
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
