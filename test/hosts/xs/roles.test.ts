import { assert } from 'chai';
import { startRole as startConcentrator } from '../../../hosts/xs/concentratorHost.js';
import { startRole as startManager } from '../../../hosts/xs/managerHost.js';
import { startRole as startMeter } from '../../../hosts/xs/meterHost.js';
import { startRole as startRouter } from '../../../hosts/xs/routerHost.js';
import { identify, Status, type StoreId } from '../../../lib/limfs/index.js';
import { Operation } from '../../../src/commands/operation.js';
import { Bench, type BenchBoard, bootSeconds, intervalSeconds } from './bench.js';
import { BenchServer } from './benchServer.js';

const meterAddress = 101;
const managerAddress = 1;
const routerAddress = 11;
const concentratorAddress = 2;

function createMeter(bench: Bench, route = `${managerAddress}`): BenchBoard {
  return bench.board({ address: meterAddress, route });
}

function createManager(bench: Bench): BenchBoard {
  return bench.board({ address: managerAddress, route: '0' });
}

function storeIdOf(board: BenchBoard): StoreId {
  const identity = identify(board.medium);
  assert(identity.kind === 'ours');
  return identity.superblock.storeId;
}

function nameOf(meter: BenchBoard): string {
  return meter.ask('status')[1]!.replace(/^store +/, '');
}

describe('a meter on a board', () => {
  it('formats a blank chip and stores a reading at every whole interval', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    bench.now += 250_400;
    meter.powerUp(startMeter);
    bench.run(3 * intervalSeconds);
    assert.deepEqual(meter.stored(), [
      [900, 0, 1000],
      [1800, 0, 1000],
      [2700, 0, 1000],
    ]);
  });

  it('goes on after a power cut, from the last value, and tells what it missed', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.powerUp(startMeter);
    bench.run(intervalSeconds + 1);
    meter.powerOff();
    bench.run(3 * intervalSeconds);
    for (let cut = 0; cut < 2; cut += 1) {
      meter.powerUp(startMeter);
      assert.equal(meter.registerStart, 1000);
    }
    bench.run(intervalSeconds);
    assert.deepEqual(meter.stored(), [
      [0, 0, 1000],
      [900, 0, 1000],
      [1800, Status.powerFailed, undefined],
      [3600, Status.powerFailed, undefined],
      [4500, Status.powerFailed, 1000],
    ]);
  });

  it('works without ports, and says so', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.hasPorts = false;
    meter.powerUp(startMeter);
    bench.run(2 * intervalSeconds);
    assert.lengthOf(meter.stored(), 3);
    assert.deepEqual(meter.log, [
      'no serial port for the link: no such device',
      'no serial port for the service: no such device',
    ]);
  });

  it('answers at its console', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.powerUp(startMeter);
    bench.run(intervalSeconds);
    meter.value = 1234;
    assert.deepEqual(meter.ask('read now').slice(-3), [
      'status   onDemand',
      'value    1.0.1.8.0.255 1234 Wh',
      'ok',
    ]);
    assert.include(meter.ask('status'), 'readings 3, sequences 0..2');
    assert.lengthOf(meter.ask('dump'), 1 + 3 + 1);
  });

  it('leaves a chip with foreign contents untouched, and makes a new store on it when told to', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.medium.image.forEach((_, index, image) => {
      image[index] = index * 7;
    });
    const before = meter.medium.image.slice();
    meter.powerUp(startMeter);
    bench.run(2 * intervalSeconds);
    assert.match(meter.ask('read').at(-1)!, /'format erase-everything' makes a new store on it$/);
    assert.deepEqual(meter.medium.image, before);
    assert.equal(meter.ask('format erase-everything').at(-1), 'ok');
    bench.run(intervalSeconds);
    assert.equal(meter.ask('status').at(-2), 'fault    none');
    assert.lengthOf(meter.stored(), 2);
  });

  it('waits for a chip that does not answer, and starts when it does', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.chipIsThere = false;
    meter.powerUp(startMeter);
    bench.run(100);
    assert.include(meter.ask('status'), 'fault    FM24V10: read at 0 failed: no acknowledge');
    assert.match(meter.ask('read now').at(-1)!, /^error: FM24V10/);
    meter.chipIsThere = true;
    bench.run(intervalSeconds);
    assert.include(meter.ask('status'), 'fault    none');
    assert.lengthOf(meter.stored(), 1);
  });

  for (const nextWrite of ['fails', 'done, but fails'] as const) {
    it(`has a reading once when the write of it ${nextWrite}`, () => {
      const bench = new Bench();
      const meter = createMeter(bench);
      meter.powerUp(startMeter);
      bench.run(intervalSeconds - 1);
      meter.medium.nextWrite = nextWrite;
      bench.run(intervalSeconds + 1);
      assert.deepEqual(
        meter.stored().map(([seconds, , value]) => [seconds, value]),
        [
          [0, 1000],
          [900, 1000],
          [1800, 1000],
        ],
      );
    });
  }

  it('tells of the readings that its chip did not take', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.powerUp(startMeter);
    bench.run(intervalSeconds + 1);
    meter.medium.isLoose = true;
    bench.run(5 * intervalSeconds);
    assert.include(meter.ask('status'), 'fault    no acknowledge');
    meter.medium.isLoose = false;
    bench.run(intervalSeconds);
    assert.deepEqual(meter.stored(), [
      [0, 0, 1000],
      [900, 0, 1000],
      [1800, Status.powerFailed, undefined],
      [5400, Status.powerFailed, undefined],
      [6300, Status.powerFailed, 1000],
    ]);
  });

  it('stores seconds since power-up until its clock is set, and UTC from then on', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.clockStartsSet = false;
    meter.powerUp(startMeter);
    bench.run(intervalSeconds + 5);
    assert.deepEqual(meter.ask('time'), ['not set, 905 s since power-up', 'ok']);
    meter.ask(`time ${bootSeconds + 905}`);
    bench.run(intervalSeconds);
    assert.deepEqual(meter.stored(), [
      [-bootSeconds, Status.timeSinceBoot, 1000],
      [900 - bootSeconds, Status.timeSinceBoot, 1000],
      [1800, Status.clockStepped, 1000],
    ]);
  });

  it('slews its clock when it is set a little', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.powerUp(startMeter);
    meter.ask(`time ${bootSeconds + 30}`);
    bench.run(intervalSeconds);
    assert.deepEqual(
      meter.stored().map(([, status]) => status),
      [0, 0],
    );
  });

  it('goes on when its clock is set back', () => {
    const bench = new Bench();
    const meter = createMeter(bench);
    meter.powerUp(startMeter);
    bench.run(10 * intervalSeconds);
    meter.ask(`time ${bootSeconds}`);
    bench.run(intervalSeconds);
    assert.deepEqual(meter.stored().at(-1), [900, 0, 1000]);
    assert.include(
      meter.stored().map(([, status]) => status),
      Status.clockStepped,
    );
  });
});

describe('boards on one link', () => {
  it('a meter and a local manager: what the line or a cut kept back is asked for', () => {
    const bench = new Bench();
    const [meter, manager] = [createMeter(bench), createManager(bench)];
    meter.powerUp(startMeter);
    manager.powerUp(startManager);
    assert.deepEqual(manager.ask(`add ${nameOf(meter)} ${meterAddress}`), ['ok']);
    bench.run(5 * intervalSeconds);
    manager.powerOff();
    bench.run(40 * intervalSeconds);
    manager.powerUp(startManager);
    bench.run(3 * intervalSeconds);
    meter.powerUp(startMeter);
    bench.run(3 * intervalSeconds + 90);
    const next = meter.stored().length;
    assert.deepEqual(manager.ask('meters'), [
      `${nameOf(meter)} address ${meterAddress}, next sequence ${next}, 0 gaps`,
      'ok',
    ]);
  });

  it('a meter without a clock: its local manager tells it the time', () => {
    const bench = new Bench();
    const [meter, manager] = [createMeter(bench), createManager(bench)];
    meter.clockStartsSet = false;
    meter.powerUp(startMeter);
    manager.powerUp(startManager);
    bench.run(120);
    assert.equal(meter.ask('time')[0], new Date(bench.now).toISOString().replace('.000Z', 'Z'));
  });

  it('a meter whose clock somebody set back by a year: it asks for the time all the same', () => {
    const bench = new Bench();
    const [meter, manager] = [createMeter(bench), createManager(bench)];
    meter.powerUp(startMeter);
    bench.run(120);
    meter.ask(`time ${bootSeconds - 365 * 86_400}`);
    manager.powerUp(startManager);
    bench.run(2 * 3600);
    assert.equal(meter.ask('time')[0], new Date(bench.now).toISOString().replace('.000Z', 'Z'));
  });

  it('all roles and a server: every reading of the meter is booked once, whoever was cut off', () => {
    const bench = new Bench();
    const meter = createMeter(bench, `${routerAddress},${managerAddress}`);
    const router = bench.board({ address: routerAddress, route: `${managerAddress}` });
    const manager = createManager(bench);
    const concentrator = bench.board({ address: concentratorAddress, route: '' }, 131_072);
    const server = new BenchServer(1, concentratorAddress, () => concentrator.ports.get('service'));
    const powerUps = [
      () => meter.powerUp(startMeter),
      () => router.powerUp(startRouter),
      () => manager.powerUp(startManager),
      () => concentrator.powerUp(startConcentrator),
    ];
    const run = (seconds: number) => {
      for (let passed = 0; passed < seconds; passed += 5) {
        bench.run(5);
        server.listen(Math.floor(bench.now / 1000));
      }
    };
    for (const powerUp of powerUps) powerUp();
    manager.ask(`add ${nameOf(meter)} ${meterAddress}`);
    run(10);
    server.command(storeIdOf(concentrator), Operation.addManager, managerAddress);
    run(4 * 3600);
    for (const powerUp of powerUps) {
      powerUp();
      run(2 * 3600);
    }
    router.powerOff();
    run(3 * 3600);
    router.powerUp(startRouter);
    run(4 * 3600);
    const storeId = storeIdOf(meter);
    // What was taken since the last report is under way.
    const stored = meter.stored().filter(([seconds]) => bench.now / 1000 - bootSeconds - seconds > 2 * 3600);
    assert.isAbove(stored.length, 40);
    assert.deepEqual(
      stored.map((_, sequence) => server.readings.get(`${storeId},${sequence}`) ?? 'missing'),
      stored.map(([, , value]) => value ?? 'missing'),
    );
    assert.equal(server.conflicts, 0);
    assert.equal(server.lost, 0);
    assert.equal(server.results[0]?.code, 0);
  });
});

describe('the console of a local manager', () => {
  function createAsked(): BenchBoard {
    const manager = createManager(new Bench());
    manager.powerUp(startManager);
    return manager;
  }

  it('adds and removes meters', () => {
    const manager = createAsked();
    assert.deepEqual(manager.ask('add 0123456789abcdef 7 42'), ['ok']);
    assert.deepEqual(manager.ask('meters'), ['0123456789abcdef address 7, next sequence 42, 0 gaps', 'ok']);
    assert.deepEqual(manager.ask('remove 0123456789abcdef'), ['ok']);
    assert.deepEqual(manager.ask('meters'), ['ok']);
  });

  it('sets its clock', () => {
    const manager = createManager(new Bench());
    manager.clockStartsSet = false;
    manager.powerUp(startManager);
    assert.deepEqual(manager.ask('time'), ['not set, 0 s since power-up', 'ok']);
    assert.deepEqual(manager.ask('time 2026-02-01T00:00:00Z'), ['2026-02-01T00:00:00Z', 'ok']);
  });

  it('shows its store', () => {
    const lines = createAsked().ask('status');
    assert.match(lines[1]!, /^store {4}[0-9a-f]{16}, at most 10 meters and 24 readings a window$/);
    assert.deepEqual(lines.slice(-2), ['fault    none', 'ok']);
  });

  const refusals: readonly (readonly [command: string, answer: string])[] = [
    ['add', "error: say 'add STORE ADDRESS' or 'add STORE ADDRESS SEQUENCE'"],
    ['add 0123456789abcdef 0', "error: say 'add STORE ADDRESS' or 'add STORE ADDRESS SEQUENCE'"],
    ['add 12 7', "error: '12' names no store; the meter's 'status' shows its name"],
    ['remove 0123456789abcdef', "error: no meter 0123456789abcdef is managed here; 'meters' lists them"],
  ];
  for (const [command, answer] of refusals) {
    it(`refuses '${command}' in one line, and works on`, () => {
      const manager = createAsked();
      assert.deepEqual(manager.ask(command), [answer]);
      assert.equal(manager.ask('status').at(-1), 'ok');
    });
  }

  it('refuses a meter that it has, and works on', () => {
    const manager = createAsked();
    manager.ask('add 0123456789abcdef 7');
    assert.deepEqual(manager.ask('add 0123456789abcdef 7'), ['error: this meter is managed here already']);
    assert.equal(manager.ask('status').at(-2), 'fault    none');
  });
});
