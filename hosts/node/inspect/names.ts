import type { StoreId } from '../../../lib/limfs/index.js';
import type { ImageFinding, ImageFindingCode, ImageReport } from '../../../lib/limfs/inspect/report.js';

/** What a finding means for the readings. */
export const meanings: Readonly<Record<ImageFindingCode, string>> = {
  'superblock-copy-damaged': 'one of the two superblocks is damaged; the other was used, nothing is lost',
  'table-scanned': 'the newest PVT entry had to be looked for in the whole table; nothing is lost by that',
  'lap-repaired': 'the lap byte of the PVT entry is wrong and was proven by its checksum; nothing is lost',
  'head-entry-damaged': 'the newest PVT entry is damaged: its page is lost',
  'open-page-damaged': 'the open page is damaged: its readings are lost',
  'open-page-torn': 'the open page makes no sense from some reading on; those before it are kept',
  'entry-rebuilt': 'the PVT entry is damaged and was rebuilt from its page; nothing is lost',
  'entry-damaged': 'the PVT entry is damaged: its page is lost',
  'record-damaged': 'a journal record is damaged: its reading is lost',
  'page-damaged': 'the page does not match its checksum: its readings are lost',
  'log-damaged': 'the redo log is damaged; what it held was stored, unless the power failed right then',
  'state-rebuilt': 'the state of the pages is damaged and was read from the PVT; pages may be reported twice',
  'cell-damaged': 'the cell does not match its checksum: its block is lost',
  'meter-damaged': 'what the store knew of the meter is damaged: add the meter again',
  'record-lost': 'no copy of this small record checks: what it said is lost',
};

const roleNames: Readonly<Record<ImageReport['role'], string>> = {
  meter: 'meter store',
  paper: "meter store in the paper's layout",
  manager: "local manager's store",
  concentrator: "concentrator's ring of reports",
  events: 'event log',
};

export function roleName(report: ImageReport): string {
  const name = roleNames[report.role];
  return report.role === 'meter' ? `${name} on ${report.medium}` : name;
}

export function idName([high, low]: StoreId): string {
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('-');
}

/** A line of a meter's readings; nothing where it is not known. */
export function lineName(line: number): string {
  return line === 0 ? '' : line.toString(16).padStart(8, '0');
}

/** One line on a finding: code, place, meaning. */
export function findingText({ code, slot, address, sizeBytes }: ImageFinding): string {
  const place = slot < 0 ? '' : code === 'superblock-copy-damaged' ? `, copy ${slot + 1}` : `, slot ${slot}`;
  const bytes = address < 0 ? '' : `, bytes ${address} to ${address + sizeBytes - 1}`;
  return `${code}${place}${bytes}: ${meanings[code]}`;
}

/** DLMS unit codes (IEC 62056-62) that meters of this kind use. */
const unitNames: Readonly<Record<number, string>> = {
  13: 'm³',
  27: 'W',
  30: 'Wh',
  32: 'varh',
  33: 'A',
  35: 'V',
};

export function channelName(channel: { obis: string; unit: number; scale: number }): string {
  return `${channel.obis} in ${unitName(channel)}`;
}

export function unitName({ unit, scale }: { unit: number; scale: number }): string {
  const name = unitNames[unit] ?? `unit ${unit}`;
  return scale === 0 ? name : `10^${scale} ${name}`;
}
