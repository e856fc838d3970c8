import { assert } from 'chai';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { accountText } from '../../../simulator/report/accountText.js';
import { reportHtml } from '../../../simulator/report/reportHtml.js';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { ordinaryFaults, scaledFaults } from '../../../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../../../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../../../simulator/world/scenarios.js';

const facts = { readings: 'a <file> of readings', topology: 'Generated', command: 'npm start -- --seed 11' };

function runOnce(): NetworkResult {
  const radio = ordinaryRadio(20);
  const generated = generateTopology({ meters: 3, routers: 1, managers: 1, radio, wire: ordinaryWire });
  const devices = generated.devices.map((device) =>
    device.name === 'meter-02' ? { ...device, name: '<script>alert(1)</script>' } : device,
  );
  return new NetworkWorld({
    ...usualDevices,
    topology: { ...generated, devices },
    source: generateReadings({ seed: 11, meters: 3, slots: 100 }),
    slots: 100,
    seed: 11,
    faults: { ...scaledFaults(ordinaryFaults, 5), readingInterval: 0 },
  }).run(() => {});
}

/** A run whose ledger found something. */
function spoil(result: NetworkResult): NetworkResult {
  const account = { ...result.account, problems: ['house 2: <lost>'], problemCount: 30 };
  return { ...result, account };
}

describe('report', () => {
  let result: NetworkResult;
  let html = '';

  before(() => {
    result = runOnce();
    html = reportHtml(result, facts);
  });

  it('is one page that fetches nothing', () => {
    assert.match(html, /^<!doctype html>/);
    assert.notMatch(html, /(src|href)=|url\(|@import|<script/i);
    assert.include(html, 'Every reading is accounted for');
    assert.include(html, `trace <code>${result.traceHash}</code>`);
  });

  it('shows names as text, whatever they contain', () => {
    assert.include(html, '&lt;script&gt;alert(1)&lt;/script&gt;');
    assert.include(html, 'a &lt;file&gt; of readings');
  });

  it('draws each slot of the grid once', () => {
    const from = html.indexOf('<svg class="grid"');
    const grid = html.slice(from, html.indexOf('</svg>', from));
    const drawn = [...grid.matchAll(/h(\d+)/g)].reduce((total, [, length]) => total + Number(length), 0);
    const marked = result.grid.flatMap((row) => [...row]).filter((outcome) => outcome !== 0).length;
    assert.equal(drawn, marked);
  });

  it('draws every device of the network once', () => {
    const from = html.indexOf('<svg class="topology"');
    const picture = html.slice(from, html.indexOf('</svg>', from));
    assert.lengthOf(picture.match(/<circle class="meter"/g) ?? [], 3);
    assert.lengthOf(picture.match(/<rect class="device /g) ?? [], 4);
  });

  it('says so when the account does not close', () => {
    assert.include(reportHtml(spoil(result), facts), 'The account does not close');
    assert.include(reportHtml(spoil(result), facts), 'house 2: &lt;lost&gt;');
    assert.match(accountText(spoil(result), facts), /DOES NOT CLOSE: 30 problems[\s\S]*and 29 more/);
  });

  it('gives the sums of the account as text', () => {
    const text = accountText(result, facts);
    assert.match(text, /^3 meters, 1 router, 1 local manager and 1 concentrator for 4\.2 days/);
    assert.match(text, /Every due reading is accounted for/);
    assert.match(text, /bytes on the radios/);
  });
});
