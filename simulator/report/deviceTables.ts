import { EventCode } from '../../src/events/eventCode.js';
import type { SparseFram } from '../chips/sparseFram.js';
import { devicesOf } from '../topology/topology.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { countOutcomes } from './charts.js';
import { bytesOf, durationOf, escapeHtml, grouped, timeOf } from './facts.js';
import { looks } from './grid.js';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell) => `<${tag}>${cell}</${tag}>`).join('');
  return `<table><tr>${cells(head, 'th')}</tr>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`;
}

/** Chips by role: how much of them is written, and what went over their buses. */
export function memoryTable(result: NetworkResult): string {
  const { meters, managers, concentrators } = result.devices;
  const groups = [
    ['meters', meters],
    ['local managers', managers],
    ['concentrators', concentrators],
  ] as const;
  const rows = groups.map(([name, placed]) => {
    const chips: SparseFram[] = placed.flatMap(({ device }) => [...device.chips]);
    const mean = (value: (chip: SparseFram) => number) =>
      chips.reduce((total, chip) => total + value(chip), 0) / Math.max(1, chips.length);
    const days = result.simulatedSeconds / 86_400;
    return [
      name,
      `${chips.length}`,
      bytesOf(chips[0]?.sizeBytes ?? 0),
      bytesOf(mean((chip) => chip.usedBytes)),
      bytesOf(mean((chip) => chip.bytesWritten) / days),
      grouped(Math.round(mean((chip) => chip.transfers) / days)),
      `${(mean((chip) => chip.busMicroseconds) / days / 1000).toFixed(0)} ms`,
    ];
  });
  return table(
    ['devices', 'number', 'chip', 'touched', 'written a day', 'transfers a day', 'bus a day at 1 MHz'],
    rows,
  );
}

/** What the server knows of the devices that reports passed, from their headers alone. */
export function headersTable(result: NetworkResult): string {
  const names = new Map<string, string>();
  const { devices } = result;
  for (const { device } of devices.managers) names.set(device.storeId.join(), device.name);
  for (const { device } of devices.routers) names.set(`0,${device.address}`, device.name);
  const rows = [...devices.server.headers.values()].map((header) => [
    escapeHtml(names.get(header.device.join()) ?? header.device.join('-')),
    grouped(header.reports),
    timeOf(header.arrivalSeconds),
    durationOf(Math.max(0, header.arrivalSeconds - header.timeSeconds)),
    header.batteryMillivolts === null ? 'mains' : `${header.batteryMillivolts} mV`,
    grouped(header.errors),
    header.rssiDbm === null ? 'wire' : `${header.rssiDbm} dBm`,
  ]);
  return table(
    ['device', 'reports', 'last seen', 'report was under way', 'supply', 'errors', 'heard at'],
    rows,
  );
}

/** Events that devices recorded and the server got, by kind. */
export function eventsTable(result: NetworkResult): string {
  const names = new Map<number, string>(Object.entries(EventCode).map(([name, code]) => [code, name]));
  const counts = new Map<number, { count: number; folded: number }>();
  for (const { code, folded } of result.devices.server.events) {
    const before = counts.get(code) ?? { count: 0, folded: 0 };
    counts.set(code, { count: before.count + 1, folded: before.folded + folded });
  }
  const rows = [...counts]
    .sort((a, b) => b[1].count - a[1].count)
    .map(([code, { count, folded }]) => [
      wordsOf(names.get(code) ?? `code ${code}`),
      grouped(count),
      grouped(folded),
    ]);
  return table(['event', 'received', 'more, only counted'], rows);
}

/** 'powerReturned' as 'power returned'. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What struck, how often, and what happened because of it. */
export function coverageTable(result: NetworkResult): string {
  const rows = Object.entries(result.coverage).map(([what, count]) => [escapeHtml(what), grouped(count)]);
  return table(['what happened', 'times'], rows);
}

/** Metering point by metering point. */
export function metersTable(result: NetworkResult): string {
  const { topology } = result.options;
  const rows = devicesOf(topology, 'meter').map((place, row) => {
    const counts = countOutcomes([result.grid[row]!]);
    const cells = looks.map(({ outcomes }) =>
      grouped(outcomes.reduce<number>((total, outcome) => total + counts[outcome]!, 0)),
    );
    const cuts = result.events.filter(
      (event) => event.place === place && event.what.endsWith('power cut'),
    ).length;
    return [escapeHtml(topology.devices[place]!.name), ...cells, grouped(cuts)];
  });
  return table(['metering point', ...looks.map(({ label }) => label), 'power cuts'], rows);
}
