import { assert } from 'chai';
import { generateReadings } from '../../../simulator/readings/generator.js';
import type { RegisterSource } from '../../../simulator/readings/registerSource.js';

function columnOf(source: RegisterSource, meter: number): (number | undefined)[] {
  return Array.from({ length: source.slots }, (_, slot) => source.value(meter, slot));
}

const yearSlots = 365 * 24;

describe('generated readings', () => {
  it('are the same for ever for one seed', () => {
    const source = generateReadings({ seed: 1, meters: 2, slots: 4 });
    assert.deepEqual(columnOf(source, 0), columnOf(generateReadings({ seed: 1, meters: 2, slots: 4 }), 0));
    assert.deepEqual(columnOf(source, 1), [15968070, 15968206, 15969100, 15969228]);
  });

  it('do not depend on the order in which they are asked for, nor on the number of meters', () => {
    const source = generateReadings({ seed: 3, meters: 5, slots: 50 });
    const last = source.value(4, 49);
    assert.equal(generateReadings({ seed: 3, meters: 9, slots: 60 }).value(4, 49), last);
  });

  it('are whole numbers that never fall', () => {
    for (const intervalSeconds of [60, 900, 3600]) {
      const source = generateReadings({ seed: 2, meters: 3, slots: 2000, intervalSeconds });
      for (let meter = 0; meter < 3; meter++) {
        let before = 0;
        for (const value of columnOf(source, meter)) {
          if (value === undefined) continue;
          assert.isTrue(Number.isSafeInteger(value));
          assert.isAtLeast(value, before);
          before = value;
        }
      }
    }
  });

  it('are those of households: a year between 1,000 and 9,000 kWh, more in winter and in the evening', () => {
    const source = generateReadings({ seed: 4, meters: 12, slots: yearSlots, holeMillionths: 0 });
    let winter = 0;
    let summer = 0;
    let evening = 0;
    let night = 0;
    for (let meter = 0; meter < 12; meter++) {
      const column = columnOf(source, meter) as number[];
      const yearWattHours = column.at(-1)! - column[0]!;
      assert.isAbove(yearWattHours, 1_000_000, `meter ${meter}`);
      assert.isBelow(yearWattHours, 9_000_000, `meter ${meter}`);
      for (let slot = 1; slot < yearSlots; slot++) {
        const used = column[slot]! - column[slot - 1]!;
        const day = slot / 24;
        if (day < 60) winter += used;
        if (day > 170 && day < 230) summer += used;
        if (slot % 24 === 18) evening += used;
        if (slot % 24 === 2) night += used;
      }
    }
    assert.isAbove(winter, summer * 1.2);
    assert.isAbove(evening, night * 2);
  });

  it('have holes as often as asked, none at the first slot', () => {
    const source = generateReadings({ seed: 5, meters: 20, slots: 2000, holeMillionths: 10_000 });
    let holes = 0;
    for (let meter = 0; meter < 20; meter++) {
      assert.isDefined(source.value(meter, 0));
      holes += columnOf(source, meter).filter((value) => value === undefined).length;
    }
    // A hole lasts two slots in the mean.
    assert.approximately(holes / 40_000, 0.02, 0.005);
  });
});
