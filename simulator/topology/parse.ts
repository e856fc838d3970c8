import { type LinkClass, perfectLink } from '../air/linkClass.js';
import { InputError } from '../readings/inputError.js';
import {
  MOST_MANAGERS_OF_A_CONCENTRATOR,
  MOST_METERS_OF_A_MANAGER,
  MOST_ROUTERS_ON_A_WAY,
  managerOf,
  parentRoles,
  type Role,
  type Topology,
  type TopologyDevice,
  wayUp,
} from './topology.js';

interface Fields {
  readonly [field: string]: unknown;
  readonly links?: unknown;
  readonly devices?: unknown;
  readonly name?: unknown;
  readonly role?: unknown;
  readonly link?: unknown;
  readonly parent?: unknown;
  readonly otherParent?: unknown;
}

const millionthsPerPercent = 10_000;
const linkFields = [
  'kind',
  'bitsPerSecond',
  'lossPercent',
  'meanBurstPackets',
  'corruptPercent',
  'duplicatePercent',
  'reorderPercent',
  'heldUpSeconds',
  'payloadBytes',
  'dutyCyclePercent',
];
const deviceFields = ['name', 'role', 'parent', 'otherParent', 'link'];
const roles = Object.keys(parentRoles) as Role[];

/** Reads a topology from the text of a JSON file. Throws InputError, which names the field. */
export function parseTopology(text: string, name: string): Topology {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name}: not a JSON file: ${(error as Error).message}`);
  }
  const root = fieldsOf(json, name, ['about', 'links', 'devices']);
  const links = new Map<string, LinkClass>();
  const linkEntries = Object.entries(fieldsOf(root.links, `${name}: links`));
  for (const [key, value] of linkEntries) links.set(key, parseLink(value, `${name}: links.${key}`));
  const list = root.devices;
  if (!Array.isArray(list)) throw new InputError(`${name}: devices: expected a list of devices`);
  const devices: TopologyDevice[] = [];
  list.forEach((value, index) => {
    devices.push(parseDevice(value, `${name}: devices[${index}]`, devices, links));
  });
  const topology = { name, devices };
  checkShape(topology);
  return topology;
}

function parseLink(value: unknown, place: string): LinkClass {
  const fields = fieldsOf(value, place, linkFields);
  const { kind } = fields;
  if (kind !== 'radio' && kind !== 'wire') {
    throw new InputError(`${place}.kind: expected "radio" or "wire", not ${JSON.stringify(kind)}`);
  }
  const number = (field: string, least: number, most: number, usual: number) =>
    numberOf(fields[field], `${place}.${field}`, least, most, usual);
  const millionths = (field: string) => Math.round(number(field, 0, 100, 0) * millionthsPerPercent);
  return {
    kind,
    bitsPerSecond: number('bitsPerSecond', 100, 1e9, perfectLink.bitsPerSecond),
    lossMillionths: millionths('lossPercent'),
    meanBurstPackets: number('meanBurstPackets', 1, 1000, 1),
    corruptMillionths: millionths('corruptPercent'),
    duplicateMillionths: millionths('duplicatePercent'),
    reorderMillionths: millionths('reorderPercent'),
    heldUpSeconds: Math.ceil(number('heldUpSeconds', 0, 86_400, 0)),
    payloadBytes: Math.floor(number('payloadBytes', 51, 128, 128)),
    dutyCyclePermille: number('dutyCyclePercent', 0.1, 100, 100) * 10,
  };
}

function parseDevice(
  value: unknown,
  place: string,
  before: readonly TopologyDevice[],
  links: ReadonlyMap<string, LinkClass>,
): TopologyDevice {
  const fields = fieldsOf(value, place, deviceFields);
  const name = fields.name;
  const role = fields.role as Role;
  if (typeof name !== 'string' || name === '') throw new InputError(`${place}.name: expected a name`);
  if (before.some((device) => device.name === name)) {
    throw new InputError(`${place}.name: there is another device "${name}"`);
  }
  if (!roles.includes(role)) {
    throw new InputError(`${place}.role: expected ${roles.join(', ')}, not ${JSON.stringify(role)}`);
  }
  if (role === 'server') return { name, role, parent: -1, otherParent: -1, link: undefined };
  const link = links.get(String(fields.link));
  if (link === undefined) {
    throw new InputError(`${place}.link: expected one of ${[...links.keys()].join(', ')}`);
  }
  const parent = parentOf(fields.parent, `${place}.parent`, role, before);
  const other = fields.otherParent;
  if (other === undefined) return { name, role, parent, otherParent: -1, link };
  if (role !== 'meter') throw new InputError(`${place}.otherParent: only a meter has another way`);
  return { name, role, parent, otherParent: parentOf(other, `${place}.otherParent`, role, before), link };
}

function parentOf(value: unknown, place: string, role: Role, before: readonly TopologyDevice[]): number {
  const index = before.findIndex((device) => device.name === value);
  if (index < 0) {
    throw new InputError(
      `${place}: expected the name of a device further up in the list, not ${JSON.stringify(value)}`,
    );
  }
  if (!parentRoles[role].includes(before[index]!.role)) {
    throw new InputError(`${place}: above a ${role} there is a ${parentRoles[role].join(' or a ')}`);
  }
  return index;
}

function checkShape(topology: Topology): void {
  const { devices, name } = topology;
  for (const role of roles) {
    const count = devices.filter((device) => device.role === role).length;
    if (count === 0 && role !== 'router') throw new InputError(`${name}: devices: there is no ${role}`);
    if (count > 1 && role === 'server') throw new InputError(`${name}: devices: there are ${count} servers`);
  }
  const children = (index: number, role: Role) =>
    devices.filter((device, at) => device.role === role && wayUp(topology, at).at(-1) === index).length;
  devices.forEach((device, index) => {
    const place = `${name}: devices[${index}]`;
    if (wayUp(topology, index).length - 1 > MOST_ROUTERS_ON_A_WAY) {
      throw new InputError(`${place}.parent: more than ${MOST_ROUTERS_ON_A_WAY} routers on the way up`);
    }
    if (
      device.otherParent >= 0 &&
      wayUp(topology, index, 'otherParent').at(-1) !== managerOf(topology, index)
    ) {
      throw new InputError(`${place}.otherParent: this way leads to another local manager`);
    }
    if (device.role === 'localManager' && children(index, 'meter') > MOST_METERS_OF_A_MANAGER) {
      throw new InputError(`${place}: more than ${MOST_METERS_OF_A_MANAGER} meters`);
    }
    if (device.role === 'concentrator' && children(index, 'localManager') > MOST_MANAGERS_OF_A_CONCENTRATOR) {
      throw new InputError(`${place}: more than ${MOST_MANAGERS_OF_A_CONCENTRATOR} local managers`);
    }
  });
}

function fieldsOf(value: unknown, place: string, known?: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${place}: expected an object`);
  }
  const unknown = known === undefined ? undefined : Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new InputError(`${place}.${unknown}: no such field; there are ${known!.join(', ')}`);
  }
  return value as Fields;
}

function numberOf(value: unknown, place: string, least: number, most: number, usual: number): number {
  if (value === undefined) return usual;
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new InputError(
      `${place}: expected a number from ${least} to ${most}, not ${JSON.stringify(value)}`,
    );
  }
  return value;
}
