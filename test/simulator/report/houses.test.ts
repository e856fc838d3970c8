import { assert } from 'chai';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { exampleTariff, type Houses, housesOf, unsplitShare } from '../../../simulator/report/houses.js';
import { housesSection, housesText } from '../../../simulator/report/housesSection.js';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { type FaultRates, noFaults } from '../../../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../../../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../../../simulator/world/scenarios.js';
import { splitByPeriod, totalOf } from '../../../src/tariff/consumption.js';

const meters = 3;
const slots = 24 * 16;

function sourceOf(holeMillionths: number) {
  return generateReadings({ seed: 9, meters, slots, holeMillionths });
}

function run(holeMillionths: number, faults: FaultRates): NetworkResult {
  const radio = ordinaryRadio(10);
  return new NetworkWorld({
    ...usualDevices,
    topology: generateTopology({ meters, routers: 1, managers: 1, radio, wire: ordinaryWire }),
    source: sourceOf(holeMillionths),
    slots,
    seed: 9,
    faults,
    driftMillionths: 0,
  }).run(() => {});
}

describe('What the houses used', () => {
  let whole: NetworkResult;
  let houses: Houses;

  before(() => {
    whole = run(0, noFaults);
    houses = housesOf(whole);
  });

  it('is what the registers say, split to the watt hour when no reading is missing', () => {
    const { source } = whole.options;
    houses.houses.forEach((house, meter) => {
      const values = Array.from({ length: slots }, (_, slot) => ({
        timeSeconds: source.firstTimeSeconds + slot * source.intervalSeconds,
        value: source.value(meter, slot)!,
      }));
      assert.deepEqual(house.consumption, splitByPeriod(values, exampleTariff));
      assert.isEmpty(house.consumption.unsplit);
      assert.equal(house.cost.least, house.cost.most);
      assert.isDefined(house.saving);
      assert.lengthOf(house.came, 24);
    });
    assert.equal(unsplitShare(houses.consumption), 0);
    assert.isAbove(houses.forecastError, 0);
    assert.isBelow(houses.forecastError, 1);
  });

  it('is the same in sum with holes, and says how much they keep from being split', () => {
    const result = run(60_000, noFaults);
    const holed = housesOf(result);
    assert.isAbove(unsplitShare(holed.consumption), 0);
    assert.isBelow(unsplitShare(holed.consumption), 0.2);
    assert.isBelow(holed.cost.least, holed.cost.most);
    holed.houses.forEach(({ consumption }, meter) => {
      const known = Array.from({ length: slots }, (_, slot) =>
        result.options.source.value(meter, slot),
      ).filter((value) => value !== undefined);
      assert.equal(totalOf(consumption), known.at(-1)! - known[0]!);
    });
  });

  it('goes on when meters are replaced', () => {
    const replaced = run(0, { ...noFaults, meterReplaced: 100 });
    assert.isAbove(replaced.coverage['meter replaced'] ?? 0, 0);
    const { consumption } = housesOf(replaced);
    assert.isAbove(totalOf(consumption), 0.9 * totalOf(houses.consumption));
    assert.isAtMost(totalOf(consumption), totalOf(houses.consumption));
  });

  it('stands in the report and on the terminal', () => {
    const html = housesSection(whole);
    assert.include(html, 'What the houses used');
    assert.equal(html.match(/<tr>/g)!.length, meters + 1);
    assert.include(housesText(whole).join(' '), '0.0 % from being split');
  });
});
