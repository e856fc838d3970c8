import { EventCode } from '../../src/events/eventCode.js';
import type { Account } from '../ledger/account.js';
import { sum } from '../ledger/account.js';
import type { Faults } from './faults.js';
import type { NetworkDevices } from './network.js';

/** How often each kind of fault struck and each rare way was taken. */
export type Coverage = Readonly<Record<string, number>>;

/** Events that the server must have seen in a swarm. */
const seenEvents: readonly (keyof typeof EventCode)[] = [
  'powerReturned',
  'powerFailing',
  'clockSet',
  'registerFailed',
  'registerGood',
  'intervalChanged',
  'meterSilent',
  'meterHeard',
  'planFails',
  'pagesDropped',
  'meterSetBack',
  'managerSilent',
  'managerHeard',
  'ringFull',
  'ringFree',
  'reportsShortened',
  'reportsAsBefore',
];

/** Every row that a swarm must fill. */
export const coverageRows: readonly string[] = Object.freeze([
  'meter: power cut',
  'meter cut in append',
  'meter cut in checkpoint',
  'meter cut in read',
  'meter cut in start',
  'meter cut in idle',
  'last gasp',
  'local manager: power cut',
  'concentrator: power cut',
  'power fails again while starting',
  'clock stood',
  'clock wrong',
  'router dead',
  'router dead, replaced',
  'jammed',
  'server away',
  'server restarted',
  'register fails',
  'reading interval',
  'report interval',
  'meter replaced',
  'retired meter removed',
  'local manager replaced',
  'image restored',
  'concentrator image restored',
  'meter image restored',
  'meter image in a spare',
  'command carried out',
  'command expired',
  'packet lost',
  'packets collided',
  'packet jammed',
  'packet unheard',
  'packet corrupted',
  'packet duplicated',
  'packet held up',
  'packet passed on by a router',
  'packet that came twice',
  'packet with a broken seal',
  'packet without a header',
  'message in pieces given up',
  'other route taken',
  'window replaced an earlier one',
  'page opened early (roll)',
  'fill page',
  'window with an error',
  'nothing new in a window',
  'no room for backfill',
  'acknowledgement of another page',
  'question to a meter',
  'backfill answered',
  'lines of a meter told',
  'question to a local manager repeated',
  'page sent again',
  'report booked again',
  'asked again by the server',
  'reading asked for again',
  'event sequence given twice',
  'reading on request',
  'hole: no power',
  'hole: register failed',
  'hole told by the meter',
  'cut in append',
  'meter set back',
  'sequence with the readings of two lines',
  'delivered direct',
  'delivered by window',
  'delivered by backfill',
  'reported lost',
  'reading received again',
  ...seenEvents.map((name) => `event ${name}`),
]);

export function coverageOf(devices: NetworkDevices, faults: Faults, account: Account): Coverage {
  const coverage: Record<string, number> = { ...faults.counts };
  const add = (row: string, count: number) => {
    if (count > 0) coverage[row] = (coverage[row] ?? 0) + count;
  };
  addPackets(devices, add);
  addAccount(account, add);
  const { server, meters, managers, routers, concentrators } = devices;
  for (const { device } of [...meters, ...managers, ...routers, ...concentrators]) {
    device.takeTally();
    for (const [row, count] of Object.entries(device.tally)) add(row, count);
  }
  add('server restarted', server.restarts);
  add('asked again by the server', server.askedAgain);
  add('event sequence given twice', server.sequencesTwice);
  add('not brought although asked again', server.givenUp);
  add(
    'report booked again',
    server.counters.reduce((total, { repeated }) => total + repeated, 0),
  );
  for (const name of seenEvents) {
    add(`event ${name}`, server.events.filter(({ code }) => code === EventCode[name]).length);
  }
  return coverage;
}

type Add = (row: string, count: number) => void;

function addPackets({ air }: NetworkDevices, add: Add): void {
  const { lost, collided, jammed, unheard, corrupted, duplicated, heldUp } = air.counts;
  add('packet lost', lost);
  add('packets collided', collided);
  add('packet jammed', jammed);
  add('packet unheard', unheard);
  add('packet corrupted', corrupted);
  add('packet duplicated', duplicated);
  add('packet held up', heldUp);
}

function addAccount(account: Account, add: Add): void {
  add('reading on request', account.onDemand);
  add('hole: no power', account.holes.noPower);
  add('hole: register failed', account.holes.registerFailed);
  add('hole told by the meter', account.told);
  add('cut in append', account.cutInAppend);
  add('sequence with the readings of two lines', account.conflictsOfLines);
  add('delivered direct', account.delivered.direct);
  add('delivered by window', account.delivered.window);
  add('delivered by backfill', account.delivered.backfill);
  add('reported lost', sum(account.lost));
  add('reading received again', account.duplicatesReceived);
}
