import type { LinkClass } from '../air/linkClass.js';

/** The paper's Figure 1. */
export type Role = 'server' | 'concentrator' | 'localManager' | 'router' | 'meter';

export interface TopologyDevice {
  readonly name: string;
  readonly role: Role;
  /** Index of the device above it in the tree; -1 for the server. */
  readonly parent: number;
  /** Another device above a meter, for when the first one is silent; -1: none. */
  readonly otherParent: number;
  /** What the link to its parents is like; undefined for the server. */
  readonly link: LinkClass | undefined;
}

/** A network as a tree; parents stand before their children. */
export interface Topology {
  /** For people: where it comes from. */
  readonly name: string;
  readonly devices: readonly TopologyDevice[];
}

/** Who may be above whom. */
export const parentRoles: Readonly<Record<Role, readonly Role[]>> = Object.freeze({
  server: [],
  concentrator: ['server'],
  localManager: ['concentrator'],
  router: ['localManager', 'router'],
  meter: ['localManager', 'router'],
});

export const MOST_ROUTERS_ON_A_WAY = 6;
export const MOST_METERS_OF_A_MANAGER = 100;
export const MOST_MANAGERS_OF_A_CONCENTRATOR = 64;

export function devicesOf(topology: Topology, role: Role): number[] {
  return topology.devices.flatMap((device, index) => (device.role === role ? [index] : []));
}

/** The way up from a device, nearest first, to the local manager of a meter or router, to the concentrator of the others. */
export function wayUp(topology: Topology, device: number, by: 'parent' | 'otherParent' = 'parent'): number[] {
  const { devices } = topology;
  const way: number[] = [];
  let at = devices[device]![by];
  while (at >= 0 && devices[at]!.role === 'router') {
    way.push(at);
    at = devices[at]!.parent;
  }
  if (at >= 0) way.push(at);
  return way;
}

/** The local manager of a meter or router. */
export function managerOf(topology: Topology, device: number): number {
  return wayUp(topology, device).at(-1)!;
}
