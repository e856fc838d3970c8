import { assert } from 'chai';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { accountText } from '../../../simulator/report/accountText.js';
import { reportHtml } from '../../../simulator/report/reportHtml.js';
import { World, type WorldResult } from '../../../simulator/world/world.js';

const facts = { readings: 'a <file> of readings', lossPercent: 20, seed: 11 };
const names = ['<script>alert(1)</script>', 'house 2'];

function runOnce(): WorldResult {
  const source = { ...generateReadings({ seed: 11, meters: 2, slots: 100 }), meters: names };
  return new World({
    source,
    meters: 2,
    slots: 100,
    seed: 11,
    line: {
      lossMillionths: 200_000,
      meanBurstPackets: 4,
      duplicateMillionths: 0,
      corruptMillionths: 0,
      reorderMillionths: 0,
      delaySeconds: 5,
      heldUpSeconds: 1,
    },
    powerCuts: 4,
    outagesPerMeter: 0,
    windowReadings: 24,
    storeBytes: 8192,
  }).run(() => {});
}

/** A run whose ledger found something. */
function spoil(result: WorldResult): WorldResult {
  const account = { ...result.account, problems: ['house 2: <lost>'], problemCount: 30 };
  return { ...result, account };
}

describe('report', () => {
  const result = runOnce();

  it('is one page that fetches nothing', () => {
    const html = reportHtml(result, facts);
    assert.match(html, /^<!doctype html>/);
    assert.notMatch(html, /(src|href)=|url\(|@import|<script/i);
    assert.include(html, 'Every reading is accounted for');
    assert.include(html, `trace <code>${result.trace}</code>`);
  });

  it('shows names as text, whatever they contain', () => {
    const html = reportHtml(result, facts);
    assert.include(html, '&lt;script&gt;alert(1)&lt;/script&gt;');
    assert.include(html, 'a &lt;file&gt; of readings');
  });

  it('draws each reading once', () => {
    const html = reportHtml(result, facts);
    const from = html.indexOf('<svg class="grid"');
    const grid = html.slice(from, html.indexOf('</svg>', from));
    const drawn = [...grid.matchAll(/h(\d+)/g)].reduce((sum, [, length]) => sum + Number(length), 0);
    assert.equal(drawn, result.account.due);
  });

  it('says loudly when the account does not close', () => {
    const html = reportHtml(spoil(result), facts);
    assert.include(html, 'The account does not close');
    assert.include(html, 'house 2: &lt;lost&gt;');
    const text = accountText(spoil(result), facts);
    assert.match(text, /THE ACCOUNT DOES NOT CLOSE: 30 problems/);
    assert.match(text, /and 29 more/);
  });

  it('gives the account as text in few lines', () => {
    const text = accountText(result, facts);
    assert.isBelow(text.split('\n').length, 20);
    assert.match(text, /due +200\n/);
    assert.include(text, 'Every due reading is accounted for');
  });
});
