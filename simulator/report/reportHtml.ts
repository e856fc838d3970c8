import { BufferMedium } from '../../lib/limfs/index.js';
import { inspectMeter } from '../../lib/limfs/inspect/meter.js';
import type { MeterReport } from '../../lib/limfs/inspect/report.js';
import { closes, type Outcome, sum } from '../ledger/ledger.js';
import type { Activity } from '../world/tappedStore.js';
import type { WorldResult } from '../world/world.js';
import { accountBar, delayChart, trafficChart } from './charts.js';
import { daysOf, escapeHtml, grouped, intervalOf, type RunFacts, timeOf } from './facts.js';
import { framMapSvg } from './framMap.js';
import { gridSvg, looks } from './grid.js';
import { style } from './style.js';

/** The run in pictures, as one page that needs nothing else: for a reader who was not there. */
export function reportHtml(result: WorldResult, facts: RunFacts): string {
  const good = closes(result.account);
  const title = good ? 'Every reading is accounted for' : 'The account does not close';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1 class="${good ? 'good' : 'bad'}">${title}</h1>
${introduction(result, facts)}
${accountSection(result)}
${gridSection(result)}
<div class="columns">
<section>
<h2>How long readings were under way</h2>
<p>From the moment a reading was due to its arrival at the receiver. Outages of the line last 6 to 48 hours.</p>
${delayChart(result)}
</section>
<section>
<h2>Packets on the lines</h2>
<p>${trafficText(result)}</p>
${trafficChart(result)}
</section>
</div>
${powerSection(result)}
${framSection(result)}
${meterSection(result)}
<h2>Run it again</h2>
<p>All chance comes from one seed: the same options give the same packets and the same bytes on every chip.
This run: <code>--seed ${facts.seed}</code>, trace <code>${result.trace}</code>. <code>npm start -- --help</code> tells what can be changed.</p>
</body>
</html>
`;
}

function introduction(result: WorldResult, facts: RunFacts): string {
  const { schedule, names, powerCuts, outages } = result;
  const from = timeOf(schedule.firstTimeSeconds);
  return `<p class="lead">${names.length} meters took a reading every ${intervalOf(schedule)} for ${daysOf(schedule)}, stored it in LIMFS
on a simulated FRAM chip, and only then sent it, in a window with the readings before it. Power was cut ${grouped(powerCuts.length)} times,
half of the cuts aimed at the writing of a reading. The line to the receiver lost ${facts.lossPercent} % of the packets, in bursts,
and failed for hours ${grouped(outages.flat().length)} times; it also damaged, doubled and delayed packets.</p>
<p>Readings: ${escapeHtml(facts.readings)}, from ${from} UTC on. What the receiver got was compared, value by value,
with what the registers had shown: never with what the meters had stored.</p>`;
}

function accountSection(result: WorldResult): string {
  const { account } = result;
  const tiles: readonly [label: string, count: number][] = [
    ['due', account.due],
    ['taken', account.taken],
    ['holes: no power', account.holes.noPower],
    ['holes: register failed', account.holes.registerFailed],
    ['cut in append', account.cutInAppend],
    ['delivered', sum(account.delivered)],
    ['reported lost', sum(account.lost)],
    ['pending', account.pending],
  ];
  const problems = account.problems.map((problem) => `<li>${escapeHtml(problem)}</li>`).join('');
  return `<h2>The account</h2>
<div class="tiles">${tiles.map(([label, count]) => `<div class="tile"><b>${grouped(count)}</b><span>${label}</span></div>`).join('')}</div>
${accountBar(result)}
${legend(result, false)}
<p>due = taken + holes; taken = stored + cut in append; stored = delivered + lost + pending. A reading that a power cut
struck in the middle of its append was never promised to anyone; it becomes a hole. Of the ${grouped(sum(account.holes) + account.cutInAppend)} holes
and cut appends the meters themselves reported ${grouped(account.told)} to the receiver.</p>
${problems === '' ? '' : `<ul class="problems">${problems}</ul>`}`;
}

function gridSection(result: WorldResult): string {
  return `<h2>Every due reading</h2>
<p>A row is a meter, a column a moment when a reading was due; its colour says how it reached the receiver. Windows mend
short losses by themselves; what an outage made older than a window is asked for and comes from the meter's store.</p>
${legend(result, true)}
${gridSvg(result)}`;
}

function legend(result: WorldResult, withPowerCuts: boolean): string {
  const items = looks.map(({ outcomes, className, label }) => {
    const count = countOutcomes(result.outcomes, outcomes);
    return `<span><i class="${className}"></i>${label}: ${grouped(count)}</span>`;
  });
  if (withPowerCuts) items.push('<span><i class="power"></i>power cut</span>');
  return `<div class="legend">${items.join('')}</div>`;
}

function countOutcomes(all: readonly (readonly Outcome[])[], wanted: readonly Outcome[]): number {
  return all.reduce((total, row) => total + row.filter((outcome) => wanted.includes(outcome)).length, 0);
}

function trafficText({ lines, receiver }: WorldResult): string {
  return `${grouped(lines.sent)} packets were sent, ${grouped(lines.lost)} lost, ${grouped(lines.lostInOutage)} more in outages,
${grouped(lines.corrupted)} damaged, ${grouped(lines.duplicated)} doubled, ${grouped(lines.heldUp)} held up for hours. The receiver took
${grouped(receiver.windows)} windows and ${grouped(receiver.backfills)} answers to ${grouped(receiver.requests)} requests; it dropped
${grouped(receiver.damaged)} damaged ones. On the last day the faults end, and it fetches what is still missing.`;
}

const activityNames: Readonly<Record<Activity, string>> = {
  append: 'writing a reading',
  checkpoint: 'writing the clock',
  read: 'reading pages for a window or an answer',
  start: 'starting up',
  idle: 'between two accesses',
};

function powerSection({ powerCuts }: WorldResult): string {
  const counts = new Map<Activity, number>();
  for (const { activity } of powerCuts) counts.set(activity, (counts.get(activity) ?? 0) + 1);
  const rows = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([activity, count]) => `<tr><td>${activityNames[activity]}</td><td>${grouped(count)}</td></tr>`);
  return `<h2>Where the power cuts struck</h2>
<p>A cut falls on one byte of the I2C bus: what was written before it stays, the rest does not. Nothing of a program outlives
it but the chip.</p>
<table><tr><th>the meter was</th><th>cuts</th></tr>${rows.join('')}</table>`;
}

/** The chip that had the most power cuts. */
function framSection(result: WorldResult): string {
  const cuts = result.names.map((_, meter) => result.powerCuts.filter((cut) => cut.meter === meter).length);
  const meter = cuts.indexOf(cuts.reduce((most, count) => Math.max(most, count), 0));
  const image = result.images[meter]!;
  const report = inspectMeter(new BufferMedium(image));
  const used = report.pages.filter(({ state }) => state !== 'free').length;
  return `<h2>The FRAM of ${escapeHtml(result.names[meter]!)} after ${cuts[meter]} power cuts</h2>
<p>${grouped(image.length)} bytes, a row is 2,048. ${grouped(report.readings)} readings take ${used} of ${grouped(report.pages.length)} pages${capacityText(report)}. ${report.findings.length === 0 ? 'Every page and entry was checked: no damage.' : `${report.findings.length} findings of damage.`}</p>
<div class="legend"><span><i class="areas"></i>superblocks, clock, install information, environment variables</span>
<span><i class="pvt"></i>PVT</span><span><i class="sealed"></i>sealed page</span><span><i class="open"></i>open page</span>
<span><i class="empty"></i>free</span></div>
${framMapSvg(report, image.length)}`;
}

/** How long the chip keeps readings at this rate, once there are full pages to judge by. */
function capacityText({ pages, intervalSeconds }: MeterReport): string {
  const sealed = pages.filter(({ state }) => state === 'sealed');
  if (sealed.length === 0) return '';
  const readings = (sealed.reduce((total, page) => total + page.readings, 0) * pages.length) / sealed.length;
  const years = (readings * intervalSeconds) / (365.25 * 86_400);
  return `; at this rate the chip keeps the last ${grouped(Math.floor(readings))}, ${years.toFixed(1)} years`;
}

function meterSection(result: WorldResult): string {
  const columns = looks.map(({ label }) => `<th>${label}</th>`).join('');
  const rows = result.outcomes.map((row, meter) => {
    const cuts = result.powerCuts.filter((cut) => cut.meter === meter).length;
    const cells = looks.map(({ outcomes }) => `<td>${grouped(countOutcomes([row], outcomes))}</td>`).join('');
    return `<tr><td>${escapeHtml(result.names[meter]!)}</td>${cells}<td>${cuts}</td></tr>`;
  });
  return `<h2>Meter by meter</h2>
<details><summary>Table of all ${result.names.length} meters</summary>
<table><tr><th>meter</th>${columns}<th>power cuts</th></tr>${rows.join('')}</table></details>`;
}
