import { assert } from 'chai';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { MessageKind } from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import { NullSeal } from '../../../src/link/seal.js';
import { openManagerChip } from '../../../src/manager/managerChip.js';
import { ManagerFirmware, type ManagerHost } from '../../../src/manager/managerFirmware.js';

const METER = 30;
const start = 1_700_000_000;
const tries = 300;

/** What goes to a meter and up, when a local manager has 300 messages for each. */
function sentBy(
  radio: Pick<NonNullable<ManagerHost['radio']>, 'bitsPerSecond' | 'isUplinkWired'> | undefined,
) {
  const sent = { down: 0, up: 0 };
  const host = {
    port: {
      send: (neighbour: number) => {
        if (neighbour === METER) sent.down += 1;
        else sent.up += 1;
      },
    },
    seal: new NullSeal(),
    payloadBytes: 128,
    clock: { step: () => {}, slew: () => {} },
    clockIsSet: true,
    random: () => 1,
    health: () => ({ rssiDbm: null, batteryMillivolts: null }),
    ...(radio === undefined ? {} : { radio: { payloadBytes: 128, ...radio } }),
  };
  const place = { networkId: 1, address: 10, route: [CONCENTRATOR_ADDRESS], alternateRoute: [] };
  const environment = { ...place, dutyCyclePermille: 1, windowReadings: 0, lastCommand: 0 };
  const chip = openManagerChip(new RamMedium(32_768), { storeId: [2, 1], meters: 4, windowReadings: 24 });
  const { node } = new ManagerFirmware(chip, host, environment, start);
  for (let times = 0; times < tries; times += 1) {
    const time = { kind: MessageKind.time, nonce: times, timeSeconds: start } as const;
    node.send(METER, time);
    node.send(CONCENTRATOR_ADDRESS, time);
  }
  return sent;
}

describe("a local manager's radio", () => {
  it('keeps its duty cycle towards the meters, and not on a cable up', () => {
    const { down, up } = sentBy({ bitsPerSecond: 1200, isUplinkWired: true });
    assert.isAbove(down, 5);
    assert.isBelow(down, 30);
    assert.equal(up, tries);
  });

  it('shares it between both directions when the way up is on the air as well', () => {
    const { down, up } = sentBy({ bitsPerSecond: 1200, isUplinkWired: false });
    assert.isBelow(down + up, 30);
    assert.closeTo(down, up, 1);
  });

  it('has none when there is no radio', () => {
    assert.deepEqual(sentBy(undefined), { down: tries, up: tries });
  });
});
