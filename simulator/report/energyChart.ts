import type { DayEnergy } from '../energy/energy.js';
import { meterEnergyOf } from '../energy/meterEnergy.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { escapeHtml } from './facts.js';

const parts: readonly (readonly [part: keyof DayEnergy, label: string])[] = [
  ['listening', 'radio, listening'],
  ['sending', 'radio, sending'],
  ['asleep', 'processor and radio, asleep'],
  ['processor', 'processor, awake'],
  ['memory', 'FRAM'],
];

/** A meter's day as one bar: on what its energy went. */
export function energySection(result: NetworkResult): string {
  const {
    joulesADay,
    mostJoulesADay,
    packetsADay,
    listeningSecondsADay,
    cell,
    cellYears,
    memoryStandbyJoules,
  } = meterEnergyOf(result);
  const { total } = joulesADay;
  if (total === 0) return '';
  const pieces = parts.map(
    ([part]) => `<i class="${part}" style="width:${((100 * joulesADay[part]) / total).toFixed(2)}%"></i>`,
  );
  const items = parts.map(
    ([part, label]) =>
      `<span><i class="${part}"></i>${label}: ${joulesADay[part].toFixed(joulesADay[part] < 0.1 ? 3 : 1)} J</span>`,
  );
  return `<h2>The energy of a meter's day</h2>
<p>${total.toFixed(1)} J, ${mostJoulesADay.toFixed(1)} at the thirstiest meter: computed from what the meters did in this run (${packetsADay.toFixed(0)} packets a day, ${listeningSecondsADay.toFixed(0)} seconds of
listening behind them) and from the data sheets of CC1101, FM24V10 and STM32L496. A ${escapeHtml(cell)} lasts ${Math.floor(cellYears)} years.
The FRAM has its supply switched on for each wake-up; in standby all day it would take ${memoryStandbyJoules.toFixed(0)} J more.</p>
<div class="bar energy">${pieces.join('')}</div>
<div class="legend energy">${items.join('')}</div>`;
}
