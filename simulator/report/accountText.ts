import { closes, sum } from '../ledger/ledger.js';
import type { WorldResult } from '../world/world.js';
import { daysOf, grouped, intervalOf, type RunFacts } from './facts.js';

/** The account of a run for a person at a terminal. */
export function accountText(result: WorldResult, facts: RunFacts): string {
  const { account, schedule } = result;
  const { delivered, holes, lost } = account;
  const outages = result.outages.flat().length;
  const inAppend = result.powerCuts.filter((cut) => cut.activity === 'append').length;
  const lines = [
    `${result.names.length} meters for ${daysOf(schedule)}, a reading every ${intervalOf(schedule)}, from ${facts.readings}.`,
    `The line lost ${facts.lossPercent} % of the packets, in bursts, and failed for hours ${outages} times;`,
    `power failed ${result.powerCuts.length} times, ${inAppend} of them while a reading was being written.`,
    '',
    row('due', account.due),
    row('taken', account.taken, `holes ${grouped(sum(holes))}: ${holesText(holes)}`),
    row('durable', account.durable, `cut in append ${grouped(account.cutInAppend)}`),
    row(
      'delivered',
      sum(delivered),
      `${grouped(delivered.direct)} direct, ${grouped(delivered.window)} by a later window, ${grouped(delivered.backfill)} by backfill`,
    ),
    row('lost', sum(lost), lossesText(lost)),
    row('pending', account.pending),
    '',
    ...verdict(result),
  ];
  return `${lines.join('\n')}\n`;
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

function verdict({ account }: WorldResult): string[] {
  if (closes(account)) {
    return [
      'Every due reading is accounted for, and every delivered one equals what the register showed.',
      `Of ${grouped(sum(account.holes) + account.cutInAppend)} holes and cut appends the meters themselves reported ${grouped(account.told)}.`,
    ];
  }
  const more = account.problemCount - account.problems.length;
  return [
    `THE ACCOUNT DOES NOT CLOSE: ${account.problemCount} problems.`,
    ...account.problems.map((problem) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
