import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { parseTopology } from '../../../simulator/topology/parse.js';
import { devicesOf, managerOf, type Topology, wayUp } from '../../../simulator/topology/topology.js';
import { ordinaryRadio, ordinaryWire } from '../../../simulator/world/scenarios.js';

const exampleText = readFileSync(new URL('../../../simulator/topology/street.json', import.meta.url), 'utf8');

interface Device {
  name?: unknown;
  role?: unknown;
  parent?: unknown;
  otherParent?: unknown;
  link?: unknown;
}

interface Shape {
  links: { radio: { kind?: unknown; lossPercent?: unknown; colour?: unknown } };
  devices: Device[];
}

/** The example with one change. */
function changed(change: (shape: Shape) => unknown): string {
  const shape = JSON.parse(exampleText) as Shape;
  change(shape);
  return JSON.stringify(shape);
}

function refused(text: string): string {
  try {
    parseTopology(text, 'net.json');
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing is wrong with it';
}

function placeOf({ devices }: Topology, name: string): number {
  return devices.findIndex((device) => device.name === name);
}

describe('topology', () => {
  it('reads the example with all five roles', () => {
    const street = parseTopology(exampleText, 'street.json');
    assert.lengthOf(devicesOf(street, 'meter'), 8);
    assert.lengthOf(devicesOf(street, 'router'), 2);
    const names = (way: readonly number[]) => way.map((place) => street.devices[place]!.name);
    assert.deepEqual(names(wayUp(street, placeOf(street, 'house 7'))), ['church', 'lamp post', 'cabinet']);
    assert.deepEqual(names(wayUp(street, placeOf(street, 'house 5'), 'otherParent')), ['cabinet']);
    assert.equal(street.devices[placeOf(street, 'house 3')]!.link?.payloadBytes, 51);
  });

  it('names the field that is wrong', () => {
    assert.match(refused('{'), /^net\.json: not a JSON file/);
    assert.match(refused('[]'), /^net\.json: expected an object/);
    assert.match(refused('{"links":{}}'), /^net\.json: devices: expected a list/);
    const cases: [change: (shape: Shape) => unknown, message: RegExp][] = [
      [
        ({ links }) => Object.assign(links.radio, { kind: 'smoke' }),
        /links\.radio\.kind: expected "radio" or "wire"/,
      ],
      [
        ({ links }) => Object.assign(links.radio, { lossPercent: 101 }),
        /links\.radio\.lossPercent: .* from 0 to 100/,
      ],
      [({ links }) => Object.assign(links.radio, { colour: 1 }), /links\.radio\.colour: no such field/],
      [
        ({ devices }) => Object.assign(devices[5]!, { role: 'toaster' }),
        /devices\[5\]\.role: expected server, /,
      ],
      [
        ({ devices }) => Object.assign(devices[5]!, { parent: 'nobody' }),
        /devices\[5\]\.parent: expected the name/,
      ],
      [
        ({ devices }) => Object.assign(devices[5]!, { parent: 'server' }),
        /devices\[5\]\.parent: above a meter/,
      ],
      [
        ({ devices }) => Object.assign(devices[5]!, { link: 'string' }),
        /devices\[5\]\.link: expected one of radio/,
      ],
      [
        ({ devices }) => Object.assign(devices[6]!, { name: 'house 1' }),
        /devices\[6\]\.name: there is another/,
      ],
      [
        ({ devices }) => Object.assign(devices[3]!, { otherParent: 'cabinet' }),
        /devices\[3\]\.otherParent: only a meter/,
      ],
      [({ devices }) => devices.splice(5), /there is no meter/],
      [({ devices }) => devices.push({ name: 's', role: 'server' }), /there are 2 servers/],
    ];
    for (const [change, message] of cases) assert.match(refused(changed(change)), message);
  });

  it('refuses more routers in a row, and more meters, than the firmware takes', () => {
    const tooFar = changed(({ devices }) => {
      let parent = 'church';
      for (let router = 0; router < 5; router++) {
        devices.push({ name: `router ${router}`, role: 'router', parent, link: 'radio' });
        parent = `router ${router}`;
      }
      devices.push({ name: 'far', role: 'meter', parent, link: 'radio' });
    });
    assert.match(refused(tooFar), /more than 6 routers/);
    const tooMany = changed(({ devices }) => {
      for (let meter = 0; meter < 93; meter++) {
        devices.push({ name: `m${meter}`, role: 'meter', parent: 'cabinet', link: 'radio' });
      }
    });
    assert.match(refused(tooMany), /more than 100 meters/);
  });

  it('generates what was asked for, each meter under one local manager', () => {
    const network = { meters: 24, routers: 2, managers: 2, radio: ordinaryRadio(20), wire: ordinaryWire };
    const topology = generateTopology(network);
    assert.lengthOf(devicesOf(topology, 'meter'), 24);
    assert.lengthOf(devicesOf(topology, 'router'), 2);
    assert.lengthOf(devicesOf(topology, 'localManager'), 2);
    for (const manager of devicesOf(topology, 'localManager')) {
      const meters = devicesOf(topology, 'meter').filter((meter) => managerOf(topology, meter) === manager);
      assert.lengthOf(meters, 12);
    }
    assert.isTrue(devicesOf(topology, 'meter').some((meter) => wayUp(topology, meter).length === 2));
  });

  it('generates a concentrator for every two local managers', () => {
    const wide = { meters: 60, routers: 5, managers: 5, radio: ordinaryRadio(20), wire: ordinaryWire };
    const topology = generateTopology(wide);
    const managersOf = devicesOf(topology, 'concentrator').map(
      (place) => topology.devices.filter(({ parent }) => parent === place).length,
    );
    assert.deepEqual(managersOf, [2, 2, 1]);
    const names = devicesOf(topology, 'concentrator').map((place) => topology.devices[place]!.name);
    assert.deepEqual(names, ['concentrator-1', 'concentrator-2', 'concentrator-3']);
  });
});
