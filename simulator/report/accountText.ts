import { meterEnergyOf } from '../energy/meterEnergy.js';
import { closes, sum } from '../ledger/account.js';
import { powerCutsOf } from '../world/networkSummary.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { airCostOf } from './airCost.js';
import { daysOf, durationOf, grouped, intervalOf, numbered, type RunFacts } from './facts.js';
import { housesText } from './housesSection.js';

/** The account of a run for a person at a terminal. */
export function accountText(result: NetworkResult, facts: RunFacts): string {
  const { account, schedule, drainSeconds } = result;
  const { delivered, holes, lost } = account;
  const lines = [
    `${networkText(result)} for ${daysOf(schedule)},`,
    `a reading every ${intervalOf(schedule)}, from ${facts.readings}.`,
    ...faultsText(result),
    '',
    row('due', account.due, account.onDemand > 0 ? `${grouped(account.onDemand)} of them on request` : ''),
    row('taken', account.taken, `holes ${grouped(sum(holes))}: ${holesText(holes)}`),
    row('durable', account.durable, `cut in append ${grouped(account.cutInAppend)}`),
    row(
      'delivered',
      sum(delivered),
      `${grouped(delivered.direct)} direct, ${grouped(delivered.window)} by a later window, ${grouped(delivered.backfill)} by backfill`,
    ),
    row('lost', sum(lost), lossesText(lost)),
    row('pending', account.pending, `${durationOf(drainSeconds)} after the last fault`),
    '',
    ...verdict(result),
    airText(result),
    ...energyText(result),
    ...housesText(result),
  ];
  return `${lines.join('\n')}\n`;
}

/** Who took part. */
export function networkText({ options, grid }: NetworkResult): string {
  const count = (role: string) => options.topology.devices.filter((device) => device.role === role).length;
  const names = [
    [grid.length, 'meter'],
    [count('router'), 'router'],
    [count('localManager'), 'local manager'],
    [count('concentrator'), 'concentrator'],
  ] as const;
  const parts = names
    .filter(([number]) => number > 0)
    .map(([number, name]) => `${number} ${name}${number === 1 ? '' : 's'}`);
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function faultsText(result: NetworkResult): string[] {
  const { packets, events, coverage } = result;
  const lost = packets.sent + packets.duplicated - packets.delivered;
  const percent = ((100 * lost) / Math.max(1, packets.sent)).toFixed(1);
  const counted = (what: string) => events.filter((event) => event.what.startsWith(what)).length;
  return [
    `Of ${grouped(packets.sent)} packets ${percent} % were lost: on the air, in ${numbered(counted('jammed'), 'time')} of jamming, at ${counted('router dead')} dead`,
    `routers, and ${numbered(counted('server away'), 'time')} without a connection to the server. Power failed ${grouped(powerCutsOf(result))} times, ${coverage['meter cut in append'] ?? 0} of them`,
    `while a reading was being written. Replaced: ${numbered(counted('meter replaced'), 'meter')}, ${numbered(counted('local manager replaced'), 'local manager')}.`,
  ];
}

function airText(result: NetworkResult): string {
  const { bytesPerReading, acknowledgedBytesPerReading } = airCostOf(result);
  return (
    `A delivered reading cost ${Math.round(bytesPerReading)} bytes on the radios; in a packet of its own with ` +
    `acknowledgements it would have cost ${Math.round(acknowledgedBytesPerReading)} (computed).`
  );
}

function energyText(result: NetworkResult): string[] {
  const { joulesADay, listeningSecondsADay, cell, cellYears } = meterEnergyOf(result);
  const { total, listening, sending } = joulesADay;
  return [
    `A meter took ${total.toFixed(1)} J a day by the data sheets of its parts, ${listening.toFixed(1)} of them to listen for ${Math.round(listeningSecondsADay)} s, ${sending.toFixed(1)}`,
    `to send: a ${cell} lasts ${Math.floor(cellYears)} years.`,
  ];
}

function row(name: string, count: number, remark = ''): string {
  return `  ${name.padEnd(10)}${grouped(count).padStart(10)}   ${remark}`.trimEnd();
}

function holesText(holes: { noPower: number; registerFailed: number }): string {
  return `${grouped(holes.noPower)} without power, ${grouped(holes.registerFailed)} without a register value`;
}

function lossesText(lost: Readonly<Record<string, number>>): string {
  return Object.entries(lost)
    .map(([reason, count]) => `${grouped(count)} ${reason}`)
    .join(', ');
}

function verdict({ account }: NetworkResult): string[] {
  if (closes(account)) {
    const untaken = sum(account.holes) + account.cutInAppend;
    const rest = account.told < untaken ? '; in the others a clock stood' : '';
    return [
      'Every due reading is accounted for, and every delivered one equals what the register showed.',
      `Of ${grouped(untaken)} holes and cut appends the meters themselves reported ${grouped(account.told)}${rest}.`,
    ];
  }
  const more = account.problemCount - account.problems.length;
  return [
    `THE ACCOUNT DOES NOT CLOSE: ${account.problemCount} problems.`,
    ...account.problems.map((problem) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
