import { assert } from 'chai';
import { EnvironmentArea, type Threshold } from '../../../lib/limfs/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import { NullSeal } from '../../../src/link/seal.js';
import { openMeterChip } from '../../../src/meter/meterChip.js';
import { MeterFirmware } from '../../../src/meter/meterFirmware.js';
import { Node } from '../../../src/network/node.js';
import { hour, noon } from './rig.js';

const METER = 5;
const storeId = [7, 8] as const;
const channels = [
  { obis: '1.0.1.8.0.255', unit: 30, scale: 0 },
  { obis: '1.0.32.7.0.255', unit: 35, scale: -1 },
];
/** The supply is too low below 207 V, and well again from 210 V on. */
const lowVoltage = [1, 0, 2070, 2100];
const consumption = [0, 1, 500, 100];
const builtIn: Threshold = { channel: 0, of: 'growth', raise: 900, clear: 800 };

/** A meter as it is flashed, whose chip outlives it, and a concentrator next to it that acknowledges nothing. */
class House {
  readonly medium = new RamMedium(65_536);
  /** Of each channel, for the readings to come. */
  values: readonly number[] = [1000, 2300];
  now = noon;
  meter!: MeterFirmware;
  readonly #concentrator: Node;
  readonly #arrived: Message[] = [];
  readonly #waiting: (() => void)[] = [];
  #number = 0;

  constructor() {
    this.#concentrator = new Node({
      address: CONCENTRATOR_ADDRESS,
      networkId: 1,
      payloadBytes: 128,
      route: [],
      seal: new NullSeal(),
      firstCounter: 1,
      port: this.#port((packet) => this.meter.receive(this.now, packet, packet.length)),
      peers: 4,
    });
    this.#concentrator.onMessage = (_source, message) => this.#arrived.push(message);
    this.start();
  }

  /** Power is back: nothing is left but the chip. */
  start(): void {
    const host = {
      port: this.#port((packet) => this.#concentrator.receive(this.now, packet, packet.length)),
      seal: new NullSeal(),
      payloadBytes: 128,
      bitsPerSecond: 19_200,
      clock: { step: () => {}, slew: () => {} },
      clockIsSet: true,
      random: () => this.now,
      register: {
        read: (_: number, values: number[]) => {
          this.values.forEach((value, channel) => {
            values[channel] = value;
          });
          return true;
        },
      },
      output: () => true,
      batteryMillivolts: () => null,
    };
    const environment = {
      ...{
        networkId: 1,
        address: METER,
        route: [CONCENTRATOR_ADDRESS],
        alternateRoute: [],
        windowReadings: 0,
        lastCommand: 0,
      },
      dutyCyclePermille: 1000,
    };
    const chip = openMeterChip(this.medium, { storeId, channels, intervalSeconds: hour });
    this.meter = new MeterFirmware(chip, host, { environment, thresholds: [builtIn] }, this.now);
  }

  /** The next reading shows this. */
  read(...values: number[]): void {
    this.values = values;
    const end = this.now + hour;
    while (this.meter.wakeSeconds <= end) {
      this.now = Math.max(this.now, this.meter.wakeSeconds);
      this.meter.wake(this.now);
      this.#deliver();
    }
    this.now = end;
  }

  set(...argument: number[]): number {
    this.#number += 1;
    const number = this.#number;
    this.#concentrator.send(METER, {
      ...{ kind: MessageKind.command, number, storeId, notAfterSeconds: this.now + hour },
      ...{ operation: Operation.setThresholds, argument: numbers(...argument) },
    });
    this.#deliver();
    const result = this.#arrived.findLast((message) => message.kind === MessageKind.result);
    if (result?.kind !== MessageKind.result || result.number !== number) throw new Error('no result');
    return result.code;
  }

  /** What the meter's event log says about limits: code, which, value. */
  told(): number[][] {
    const log = openMeterChip(this.medium, { storeId, channels, intervalSeconds: hour }).events!;
    const codes: readonly number[] = [EventCode.thresholdExceeded, EventCode.thresholdCleared];
    const told: number[][] = [];
    for (let event = log.read(0); event !== null; event = log.read(event.sequence + 1)) {
      if (codes.includes(event.code)) told.push([event.code, ...readNumbers(event.payload)]);
    }
    return told;
  }

  /** A port does not call back while somebody sends: packets wait. */
  #port(take: (packet: Uint8Array) => void) {
    return {
      send: (_neighbour: number, packet: Uint8Array, length: number) => {
        const copy = packet.slice(0, length);
        this.#waiting.push(() => take(copy));
      },
    };
  }

  #deliver(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next();
  }
}

describe('The limits that a meter watches', () => {
  it('are those of its firmware until a command sets others, which hold over a restart', () => {
    const house = new House();
    house.read(1000, 2300);
    house.read(2000, 2000);
    assert.deepEqual(house.told(), [[EventCode.thresholdExceeded, 0, 1000]]);
    assert.equal(house.set(...lowVoltage), ResultCode.done);
    // Nobody watches consumption any more: what was exceeded is over.
    assert.deepEqual(house.told().at(-1), [EventCode.thresholdCleared, 0]);
    house.start();
    house.read(9000, 2069);
    assert.deepEqual(house.told().at(-1), [EventCode.thresholdExceeded, 0, 2069]);
    house.read(9001, 2099);
    house.read(9002, 2100);
    assert.deepEqual(house.told().at(-1), [EventCode.thresholdCleared, 0, 2100]);
    assert.lengthOf(house.told(), 4);
  });

  it('are watched side by side, told by their number', () => {
    const house = new House();
    assert.equal(house.set(...lowVoltage, ...consumption), ResultCode.done);
    house.read(1000, 2300);
    house.read(1600, 2000);
    assert.deepEqual(house.told(), [
      [EventCode.thresholdExceeded, 0, 2000],
      [EventCode.thresholdExceeded, 1, 600],
    ]);
  });

  it('are none when a command says so, and not those of the firmware', () => {
    const house = new House();
    assert.equal(house.set(), ResultCode.done);
    house.start();
    house.read(1000, 2300);
    house.read(5000, 10);
    assert.isEmpty(house.told());
    assert.deepEqual(new EnvironmentArea(house.medium, storeId).load()!.thresholds, []);
  });

  it('stay as they were when a command is wrong', () => {
    const house = new House();
    house.set(...lowVoltage);
    for (const wrong of [
      [2, 0, 1, 1],
      [0, 2, 1, 1],
      [0, 0, 2 ** 31, 1],
      [0, 0, 1],
      [...lowVoltage, ...lowVoltage, ...lowVoltage, ...lowVoltage, 0],
    ]) {
      assert.equal(house.set(...wrong), ResultCode.argument, wrong.join());
    }
    const { thresholds } = new EnvironmentArea(house.medium, storeId).load()!;
    assert.deepEqual(thresholds, [{ channel: 1, of: 'value', raise: 2070, clear: 2100 }]);
  });

  it('keep negative limits, and four of them', () => {
    const house = new House();
    const frost = [1, 0, -50, -2_147_483_648];
    assert.equal(house.set(...frost, ...consumption, ...lowVoltage, ...frost), ResultCode.done);
    const { thresholds, lastCommand } = new EnvironmentArea(house.medium, storeId).load()!;
    assert.lengthOf(thresholds!, 4);
    assert.deepEqual(thresholds![3], { channel: 1, of: 'value', raise: -50, clear: -2_147_483_648 });
    assert.equal(lastCommand, 1);
  });
});
