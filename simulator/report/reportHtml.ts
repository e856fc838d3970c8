import { BufferMedium } from '../../lib/limfs/index.js';
import { inspectMeter } from '../../lib/limfs/inspect/meter.js';
import type { MeterReport } from '../../lib/limfs/inspect/report.js';
import { closes, sum } from '../ledger/account.js';
import { powerCutsOf } from '../world/networkSummary.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { networkText } from './accountText.js';
import { airCostOf } from './airCost.js';
import { accountBar, countsByLook, delayChart, trafficChart } from './charts.js';
import { coverageTable, eventsTable, headersTable, memoryTable, metersTable } from './deviceTables.js';
import { energySection } from './energyChart.js';
import {
  bytesOf,
  daysOf,
  durationOf,
  escapeHtml,
  grouped,
  intervalOf,
  numbered,
  type RunFacts,
  timeOf,
} from './facts.js';
import { framMapSvg } from './framMap.js';
import { faultSvg, gridSvg, looks } from './grid.js';
import { housesSection } from './housesSection.js';
import { style } from './style.js';
import { topologySvg } from './topologySvg.js';

/** The run in pictures, as one page that needs nothing else: for a reader who was not there. */
export function reportHtml(result: NetworkResult, facts: RunFacts): string {
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
${networkSection(result, facts)}
<div class="columns">
<section>
<h2>How long readings were under way</h2>
<p>From the moment a reading was taken until the server had booked it. Local managers report every hour, some less often
because the server told them to; the server was away ${numbered(countOf(result, 'server away'), 'time')}.</p>
${delayChart(result)}
</section>
<section>
<h2>Packets on all links</h2>
<p>${trafficText(result)}</p>
${trafficChart(result)}
</section>
</div>
${deviceSection(result)}
${housesSection(result)}
${energySection(result)}
${framSection(result)}
<h2>What happened, and how often</h2>
<details><summary>Every kind of fault and every rare way in this run</summary>${coverageTable(result)}</details>
<details><summary>Metering point by metering point</summary>${metersTable(result)}</details>
<h2>Run it again</h2>
<p>All chance comes from one seed: the same options give the same packets and the same bytes on every chip.
This run: <code>${escapeHtml(facts.command)}</code>, trace <code>${result.traceHash}</code>. <code>npm start -- --help</code> tells what can be changed.</p>
</body>
</html>
`;
}

function countOf({ events }: NetworkResult, what: string): number {
  return events.filter((event) => event.what.startsWith(what)).length;
}

function introduction(result: NetworkResult, facts: RunFacts): string {
  const { schedule } = result;
  return `<p class="lead">${networkText(result)}: each meter took a reading every ${intervalOf(schedule)} for ${daysOf(schedule)}, stored it in LIMFS on a
simulated FRAM chip, and only then sent it, in a window with the readings before it, over radios that lose packets to routers and
local managers. Power was cut ${numbered(powerCutsOf(result), 'time')}, mostly in the middle of a write. Routers died, radios were jammed, the server was away,
clocks stood or were wrong, devices were replaced. Then the faults ended, and ${durationOf(result.drainSeconds)} later nothing was missing.</p>
<p>Readings: ${escapeHtml(facts.readings)}, from ${timeOf(schedule.firstTimeSeconds)} UTC on. What the server got was compared, value by value,
with what the registers had shown: never with what a device had stored.</p>`;
}

function accountSection(result: NetworkResult): string {
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
and cut appends the meters themselves reported ${grouped(account.told)} to the server. Readings arrived again ${grouped(account.duplicatesReceived)} times and were
booked once; none came with two contents${account.conflicts === 0 ? '' : `, but ${account.conflicts}`}.</p>
${problems === '' ? '' : `<ul class="problems">${problems}</ul>`}`;
}

function gridSection(result: NetworkResult): string {
  return `<h2>Every due reading</h2>
<p>A row is a metering point, a column a moment when a reading was due; its colour says how it reached the server. Windows mend
short losses by themselves; what is older than a window is asked for and comes from the meter's store. White: by the meter's
clock nothing was due then, because the clock was wrong.</p>
${legend(result, true)}
${gridSvg(result)}
<p>The same time, at the devices between meters and server:</p>
<div class="legend"><span><i class="fault-power"></i>no power</span><span><i class="fault-jam"></i>radio jammed</span>
<span><i class="fault-dead"></i>dead</span><span><i class="fault-away"></i>server away</span>
<span><i class="fault-work"></i>replaced, restored, or told another interval</span></div>
${faultSvg(result)}`;
}

function legend({ account }: NetworkResult, isOfGrid: boolean): string {
  const counts = countsByLook(account);
  const items = looks.map(({ className, label }) => {
    const count = isOfGrid ? '' : `: ${grouped(counts[className] ?? 0)}`;
    return `<span><i class="${className}"></i>${label}${count}</span>`;
  });
  if (isOfGrid) items.push('<span><i class="power"></i>power cut</span>');
  return `<div class="legend">${items.join('')}</div>`;
}

function networkSection(result: NetworkResult, facts: RunFacts): string {
  return `<h2>The network</h2>
<p>${escapeHtml(facts.topology)}. A line is green where less than 5 % of the packets were lost, orange below 20 %, red above; dashed is the
other way of a meter, for when its router is silent. A pointer on a line shows its packets.</p>
${topologySvg(result)}`;
}

function trafficText(result: NetworkResult): string {
  const { packets } = result;
  const { bytesPerReading, acknowledgedBytesPerReading } = airCostOf(result);
  return `${grouped(packets.sent)} packets, ${bytesOf(packets.bytes)}: ${grouped(packets.lost)} lost, ${grouped(packets.collided)} in collisions,
${grouped(packets.jammed)} jammed, ${grouped(packets.unheard)} unheard; ${grouped(packets.corrupted)} damaged, ${grouped(packets.duplicated)} doubled,
${grouped(packets.heldUp)} held up for hours. A delivered reading cost ${Math.round(bytesPerReading)} bytes on the radios; in a packet of its own,
sent again until acknowledged, it would have cost ${Math.round(acknowledgedBytesPerReading)} (computed for the same losses).`;
}

function deviceSection(result: NetworkResult): string {
  return `<h2>Memory and buses</h2>
<p>What lies on the chips at the end, and what a day costs on the I2C bus.</p>
${memoryTable(result)}
<div class="columns">
<section><h2>The devices as the server sees them</h2>
<p>From the headers that reports carry up, and nothing else.</p>
${headersTable(result)}</section>
<section><h2>Events that arrived</h2>
<p>Recorded by the devices themselves, kept until acknowledged.</p>
${eventsTable(result)}</section>
</div>`;
}

/** The chip of the meter that had the most power cuts. */
function framSection(result: NetworkResult): string {
  const cutsOf = (name: string) =>
    result.events.filter(({ device, what }) => device === name && what.endsWith('power cut')).length;
  const meters = result.devices.meters.map(({ device }) => device);
  const meter = meters.reduce((most, one) => (cutsOf(one.name) > cutsOf(most.name) ? one : most));
  const image = meter.chip.image();
  const report = inspectMeter(new BufferMedium(image));
  const used = report.pages.filter(({ state }) => state !== 'free').length;
  return `<h2>The FRAM of ${escapeHtml(meter.name)} after ${cutsOf(meter.name)} power cuts</h2>
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
