import { oneLine } from '../../../bench/line.js';
import { formatEventLog, mountEventLog } from '../../../lib/limfs/events/index.js';
import {
  type Batch,
  createBatch,
  type Environment,
  EnvironmentArea,
  InstallArea,
  type MeterFormat,
  type ReadingStore,
} from '../../../lib/limfs/index.js';
import { BlockUnpacker } from '../../../lib/limfs/window/packedBlock.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { CommandGate } from '../../../src/commands/commandGate.js';
import { EnvironmentNumber } from '../../../src/commands/environmentNumber.js';
import { EventSender } from '../../../src/events/eventSender.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { meterCommands } from '../../../src/meter/meterCommands.js';
import { type MeterOptions, MeterRole } from '../../../src/meter/meterRole.js';
import { openMeterStore } from '../../../src/meter/openStore.js';
import { DeviceClock } from '../../../src/time/deviceClock.js';

export const hour = 3600;
export const noon = 1_736_164_800;
export const managerAddress = 1;
export const concentratorAddress = 2;
export const format: MeterFormat = {
  storeId: [0x0badcafe, 0x12345678],
  channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
  intervalSeconds: hour,
};

const commissioned: Environment = {
  networkId: 1,
  address: 5,
  route: [],
  alternateRoute: [],
  dutyCyclePermille: 10,
  windowReadings: 0,
  lastCommand: 0,
};

interface Sent {
  readonly destination: number;
  readonly message: Message;
}

export interface Rig {
  readonly meter: MeterRole;
  readonly store: ReadingStore;
  readonly sent: Sent[];
  /** What the clock was stepped and slewed by. */
  readonly steps: number[];
  readonly slews: number[];
  routesTried: number;
}

export interface RigOptions extends Partial<MeterOptions> {
  /** Values of the register in turn, undefined where it fails; then 1000 for ever. */
  readonly registers?: (number | undefined)[];
  readonly clockIsSet?: boolean;
  readonly roomBytes?: number;
  readonly battery?: () => number | null;
  readonly output?: (output: number, state: number) => boolean;
}

/** Two media that survive a meter: for its store and for its events. */
export function createMedia() {
  const events = new RamMedium(4096);
  formatEventLog(events, format.storeId);
  return { store: new RamMedium(65_536), events };
}

/** A meter with a network that keeps what it sends. */
export function startMeter(
  media: ReturnType<typeof createMedia>,
  timeSeconds: number,
  more: RigOptions = {},
): Rig {
  const { store, firstStart } = openMeterStore(media.store, format);
  const { registers = [], clockIsSet = true, roomBytes = 96, battery = () => null } = more;
  const rig = { store, sent: [] as Sent[], steps: [] as number[], slews: [] as number[], routesTried: 0 };
  const network = {
    send: (destination: number, message: Message) => rig.sent.push({ destination, message }),
    largestBlockBytes: () => roomBytes,
    tryOtherRoute: () => {
      rig.routesTried += 1;
    },
  };
  const register = {
    read: (_time: number, values: number[]) => {
      const value = registers.length > 0 ? registers.shift() : 1000;
      if (value === undefined) return false;
      values[0] = value;
      return true;
    },
  };
  const clock = new DeviceClock(
    { step: (seconds) => rig.steps.push(seconds), slew: (milliseconds) => rig.slews.push(milliseconds) },
    clockIsSet,
  );
  let word = 1;
  const random = () => {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
    return word;
  };
  const log = mountEventLog(media.events, { events: 100, seconds: 60 });
  const events = new EventSender(log, network, concentratorAddress, store.storeId, random);
  const meter = new MeterRole(
    {
      store,
      lines: oneLine(),
      register,
      network,
      clock,
      random,
      events,
      check: { medium: media.store, batteryMillivolts: battery, lowestBatteryMillivolts: 3000 },
    },
    {
      managerAddress,
      firstStart,
      windowReadings: 24,
      checkpointSeconds: 900,
      jitterSeconds: 60,
      thresholds: [],
      ...more,
    },
    timeSeconds,
  );
  const environment = new EnvironmentArea(media.store, store.storeId);
  if (environment.load() === null) environment.store(commissioned);
  const execute = meterCommands({
    meter,
    store,
    environment,
    install: new InstallArea(media.store),
    output: more.output ?? (() => true),
  });
  meter.useCommands(new CommandGate(store.storeId, new EnvironmentNumber(environment), execute));
  return Object.assign(rig, { meter });
}

/** Wakes the meter whenever it wants, up to a time. */
export function runUntil({ meter }: Rig, timeSeconds: number): void {
  while (meter.wakeSeconds <= timeSeconds) meter.wake(meter.wakeSeconds);
}

/** The messages of one kind that were sent. */
export function messagesOf<K extends Message['kind']>(rig: Rig, kind: K): Extract<Message, { kind: K }>[] {
  return rig.sent
    .map(({ message }) => message)
    .filter((message): message is Extract<Message, { kind: K }> => message.kind === kind);
}

export function unpack(block: Uint8Array): Batch {
  const batch = createBatch(128);
  if (block.length > 0) new BlockUnpacker().unpack(block, 0, block.length, batch);
  return batch;
}

export function timesOf(block: Uint8Array): number[] {
  const batch = unpack(block);
  return [...batch.times.slice(0, batch.count)];
}

export function storedReadings(store: ReadingStore) {
  const readings: { time: number; status: number; value: number | undefined }[] = [];
  const batch = createBatch(1000);
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    for (let row = 0; row < batch.count; row += 1) {
      const value = batch.valids[row] === 1 ? batch.values[row] : undefined;
      readings.push({ time: batch.times[row]!, status: batch.statuses[row]!, value });
    }
    next = batch.firstSequence + batch.count;
  }
  return readings;
}

/** The codes of the events that were sent, once each. */
export function eventsOf(rig: Rig): number[] {
  const bySequence = new Map(messagesOf(rig, MessageKind.event).map((event) => [event.sequence, event.code]));
  return [...bySequence.values()];
}

/** Runs, and acknowledges every event as soon as it is sent. */
export function runAcknowledging(rig: Rig, timeSeconds: number): void {
  let seen = 0;
  while (rig.meter.wakeSeconds <= timeSeconds) {
    const now = rig.meter.wakeSeconds;
    rig.meter.wake(now);
    for (; seen < rig.sent.length; seen += 1) {
      const { message } = rig.sent[seen]!;
      if (message.kind !== MessageKind.event) continue;
      const { storeId, sequence } = message;
      rig.meter.take(concentratorAddress, { kind: MessageKind.eventAcknowledgement, storeId, sequence }, now);
    }
  }
}
