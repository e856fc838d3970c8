/** Whether a network does the same under XS as under Node, to the last packet and the last byte of every chip. */
import { assert } from 'chai';
import { runSmallWorld, type SmallWorld } from './smallWorld.js';

/** What Node has just computed, in the order of the seeds; tools/run-tests.ts puts it there. */
const { worldsOfNode } = globalThis as unknown as { worldsOfNode: readonly SmallWorld[] };

/** Each of them strikes in at least one of the worlds. */
const faults = [
  'meter: power cut',
  'meter cut in append',
  'local manager: power cut',
  'concentrator: power cut',
  'router dead',
  'jammed',
  'server away',
  'meter replaced',
  'local manager replaced',
];

describe('a network under XS', () => {
  for (const world of worldsOfNode) {
    it(`gives the trace and the account of Node: seed ${world.seed}, trace ${world.traceHash}`, () => {
      const here = runSmallWorld(world.seed);
      assert.equal(here.traceHash, world.traceHash);
      // Through JSON, because Node's came that way.
      assert.deepEqual(JSON.parse(JSON.stringify(here)), world);
      assert.deepEqual(here.problems, []);
    });
  }

  it('has met faults of every device, and its packets were lost', () => {
    for (const fault of faults) {
      assert.isTrue(
        worldsOfNode.some(({ coverage }) => (coverage[fault] ?? 0) > 0),
        `never struck: ${fault}`,
      );
    }
    for (const { packets, seed } of worldsOfNode) assert.isAbove(packets.lost, 50, `seed ${seed}`);
  });
});
