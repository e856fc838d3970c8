import { assert } from 'chai';
import {
  formatMeterStore,
  LimfsError,
  type MeterStore,
  mountMeterStore,
  Status,
} from '../../../lib/limfs/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { Console } from '../../../src/console/console.js';
import { type ConsoleMeter, meterConsole } from '../../../src/console/meterConsole.js';

const noon = Date.UTC(2026, 0, 31, 12) / 1000;
const channels = [
  { obis: '1.0.1.8.0.255', unit: 30, scale: 0 },
  { obis: '1.0.32.7.0.255', unit: 35, scale: -1 },
];

/** A meter that holds still: what a command does to it can be looked at. */
class StillMeter implements ConsoleMeter {
  store: MeterStore | undefined;
  fault: string | undefined;
  clockIsSet = true;
  time = noon;
  formatted = false;

  timeSeconds(): number {
    return this.time;
  }

  setClock(timeSeconds: number): void {
    this.time = timeSeconds;
    this.clockIsSet = true;
  }

  secondsToNextReading(): number {
    return 900 - (this.time % 900);
  }

  takeReading(): void {
    if (this.fault !== undefined) throw new LimfsError('medium-failed', this.fault);
    this.store!.append(this.time, [5000, 2299], Status.onDemand);
  }

  format(): void {
    this.formatted = true;
    this.store = createStore(0);
  }
}

function createStore(readings: number, sizeBytes = 0x2_0000): MeterStore {
  const medium = new RamMedium(sizeBytes);
  formatMeterStore(medium, { storeId: [0x1234_5678, 0x9abc_def0], channels, intervalSeconds: 900 });
  const store = mountMeterStore(medium);
  for (let index = 0; index < readings; index += 1)
    store.append(noon + index * 900, [1000 + index, 2300 - index]);
  return store;
}

function createConsole(store: MeterStore | undefined) {
  const meter = new StillMeter();
  meter.store = store;
  return { meter, console: new Console<ConsoleMeter>(meterConsole, meter) };
}

function type(console: Console<ConsoleMeter>, text: string): void {
  for (const character of text) console.receive(character.charCodeAt(0));
}

function linesOf(console: Console<ConsoleMeter>): string[] {
  const lines: string[] = [];
  for (let line = console.nextLine(); line !== undefined; line = console.nextLine()) lines.push(line);
  return lines;
}

function ask(console: Console<ConsoleMeter>, command: string): string[] {
  type(console, `${command}\r`);
  return linesOf(console);
}

describe('the console, asked for', () => {
  it('help, lists every command', () => {
    const { console } = createConsole(createStore(0));
    const lines = ask(console, 'help');
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['help', 'status', 'read', 'dump', 'time', 'format', 'ok'],
    );
  });

  it('status, says what the store holds and when the next reading is due', () => {
    const { console } = createConsole(createStore(3));
    assert.deepEqual(ask(console, 'status'), [
      'time     2026-01-31T12:00:00Z',
      'store    123456789abcdef0',
      'readings 3, sequences 0..2',
      'interval 900 s, next reading in 900 s',
      'fault    none',
      'ok',
    ]);
  });

  it('status, works without a store and says why there is none', () => {
    const { console, meter } = createConsole(undefined);
    meter.clockIsSet = false;
    meter.time = 42;
    meter.fault = 'FM24V10: read at 0 failed: no acknowledge';
    assert.deepEqual(ask(console, 'status'), [
      'time     not set, 42 s since power-up',
      'fault    FM24V10: read at 0 failed: no acknowledge',
      'ok',
    ]);
  });

  it('status, lists what is wrong with the store', () => {
    const medium = new RamMedium(0x2_0000);
    formatMeterStore(medium, { storeId: [1, 2], channels, intervalSeconds: 900 });
    medium.image[0]! ^= 0xff;
    const { console } = createConsole(mountMeterStore(medium));
    assert.include(ask(console, 'status'), 'finding  superblock-copy-damaged');
  });

  it('read, shows the newest reading in its units', () => {
    const { console } = createConsole(createStore(3));
    assert.deepEqual(ask(console, 'read'), [
      'sequence 2',
      'time     2026-01-31T12:30:00Z',
      'status   ok',
      'value    1.0.1.8.0.255 1002 Wh',
      'value    1.0.32.7.0.255 229.8 V',
      'ok',
    ]);
  });

  it('read now, takes a reading and shows it', () => {
    const { console } = createConsole(createStore(0));
    assert.include(ask(console, 'read now'), 'status   onDemand');
  });

  it('read with a time, shows the newest reading of then or before', () => {
    const { console } = createConsole(createStore(5));
    assert.equal(ask(console, 'read 2026-01-31T12:29:59Z')[0], 'sequence 1');
    assert.equal(ask(console, `read ${noon + 2700}`)[0], 'sequence 3');
  });

  it('read, says that a hole has no value', () => {
    const store = createStore(1);
    store.appendHole(noon + 900, Status.readingError);
    assert.deepEqual(ask(createConsole(store).console, 'read').slice(2), [
      'status   readingError',
      'value    none: the reading was due but could not be taken',
      'ok',
    ]);
  });

  it('dump, gives every reading as CSV over many batches and pages', () => {
    const { console } = createConsole(createStore(500));
    const lines = ask(console, 'dump');
    assert.equal(lines[0], 'sequence,run,time,status,1.0.1.8.0.255,1.0.32.7.0.255');
    assert.equal(lines[1], '0,0,2026-01-31T12:00:00Z,ok,1000,2300');
    assert.equal(lines[500], '499,0,2026-02-05T16:45:00Z,ok,1499,1801');
    assert.deepEqual(lines.slice(501), ['ok']);
    const sequences = lines.slice(1, 501).map((line) => Number(line.split(',')[0]));
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index),
    );
  });

  it('dump with a sequence, begins there', () => {
    const { console } = createConsole(createStore(40));
    const lines = ask(console, 'dump 38');
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(',')[0]),
      ['38', '39', 'ok'],
    );
  });

  it('dump, shows holes without values and times since boot as such', () => {
    const store = createStore(1);
    store.appendHole(noon + 900, Status.readingError);
    store.append(7, [1, 2], Status.timeSinceBoot);
    assert.deepEqual(ask(createConsole(store).console, 'dump 1').slice(1), [
      '1,0,2026-01-31T12:15:00Z,readingError,',
      '2,1,boot+7s,timeSinceBoot,1,2',
      'ok',
    ]);
  });

  it('dump of what is overwritten, says so instead of leaving it out', () => {
    const { console, meter } = createConsole(createStore(3000, 2048));
    const oldest = meter.store!.oldestSequence;
    assert.isAbove(oldest, 10);
    const lines = ask(console, 'dump 10');
    assert.equal(lines[1], `# gone: 10..${oldest - 1}, overwritten or damaged`);
    assert.equal(lines[2]!.split(',')[0], `${oldest}`);
    assert.equal(lines.at(-2)!.split(',')[0], '2999');
  });

  it('dump of an empty store, gives the heading only', () => {
    assert.lengthOf(ask(createConsole(createStore(0)).console, 'dump'), 2);
  });

  it('dump, ends at the reading that was the newest when it began', () => {
    const { console, meter } = createConsole(createStore(2));
    type(console, 'dump\r');
    console.nextLine();
    meter.store!.append(noon + 1800, [1, 2]);
    assert.lengthOf(linesOf(console), 3);
  });

  it('time, shows and sets the clock', () => {
    const { console, meter } = createConsole(createStore(0));
    meter.clockIsSet = false;
    meter.time = 9;
    assert.deepEqual(ask(console, 'time'), ['not set, 9 s since power-up', 'ok']);
    assert.deepEqual(ask(console, 'time 2026-02-01T00:00:00Z'), ['2026-02-01T00:00:00Z', 'ok']);
  });

  it('format, asks for a confirmation and makes a new store', () => {
    const { console, meter } = createConsole(undefined);
    assert.deepEqual(ask(console, 'format'), [
      "error: say 'format erase-everything' to lose what the medium holds",
    ]);
    assert.isFalse(meter.formatted);
    assert.deepEqual(ask(console, 'format erase-everything'), ['store    123456789abcdef0', 'ok']);
  });

  it('format, refuses while the store works', () => {
    const { console, meter } = createConsole(createStore(1));
    assert.match(ask(console, 'format erase-everything')[0]!, /^error: the store works/);
    assert.isFalse(meter.formatted);
  });
});

describe('the console refuses', () => {
  const refusals: readonly (readonly [command: string, answer: string])[] = [
    ['foo', "error: unknown command 'foo'; 'help' lists the commands"],
    ['constructor', "error: unknown command 'constructor'; 'help' lists the commands"],
    ['status now', "error: 'status' takes nothing behind it"],
    ['read yesterday', "error: 'yesterday' is no time; write UTC as 2026-01-31T12:00:00Z"],
    ['read 2026-13-01', "error: '2026-13-01' is no time; write UTC as 2026-01-31T12:00:00Z"],
    ['read 2020-01-01', 'error: the store holds no reading of that time or earlier'],
    ['time 4294967296', "error: '4294967296' is no time; write UTC as 2026-01-31T12:00:00Z"],
    ['dump -1', "error: '-1' is no sequence number; say 'dump' or 'dump 123'"],
  ];
  for (const [command, answer] of refusals) {
    it(`'${command}' in one line`, () => {
      assert.deepEqual(ask(createConsole(createStore(1)).console, command), [answer]);
    });
  }

  for (const command of ['read', 'read now', 'dump']) {
    it(`'${command}' without a store, with the reason why there is none`, () => {
      const { console, meter } = createConsole(undefined);
      meter.fault = 'the medium is foreign';
      assert.deepEqual(ask(console, command), ['error: the medium is foreign']);
    });
  }

  it('a reading that the medium did not take, with the reason', () => {
    const { console, meter } = createConsole(createStore(1));
    meter.fault = 'no acknowledge';
    assert.deepEqual(ask(console, 'read now'), ['error: no acknowledge']);
  });

  it('a line that is too long, and takes the next one', () => {
    const { console } = createConsole(createStore(0));
    assert.deepEqual(ask(console, 'x'.repeat(81)), ['error: a line holds at most 80 characters']);
    assert.equal(ask(console, 'time').at(-1), 'ok');
  });

  it('a fifth command that waits', () => {
    const { console } = createConsole(createStore(0));
    type(console, 'time\rtime\rtime\rtime\rtime\r');
    const lines = linesOf(console);
    assert.lengthOf(
      lines.filter((line) => line === 'ok'),
      4,
    );
    assert.include(lines, 'error: busy: wait for the answer, or press Ctrl-C');
  });

  it('more than it can remember, when nobody takes its lines away', () => {
    const { console } = createConsole(createStore(0));
    for (let count = 0; count < 1000; count += 1) {
      type(console, `${'x'.repeat(90)}\r`);
      console.announce('still here');
    }
    assert.lengthOf(linesOf(console), 32);
  });
});

describe('the line of the console', () => {
  for (const end of ['\r', '\n', '\r\n']) {
    it(`ends with ${JSON.stringify(end)}`, () => {
      const { console } = createConsole(createStore(0));
      type(console, `time${end}time${end}`);
      assert.lengthOf(linesOf(console), 4);
    });
  }

  it('takes back a character, and drops noise', () => {
    const { console } = createConsole(createStore(0));
    type(console, '  TImx\u007fxx\b\be\u0000\u00ff \r');
    assert.equal(linesOf(console).at(-1), 'ok');
  });

  it('is forgotten after Ctrl-C', () => {
    const { console } = createConsole(createStore(0));
    type(console, 'foo\u0003time\r');
    assert.equal(linesOf(console).at(-1), 'ok');
  });

  it('stops a dump at Ctrl-C and drops the commands that wait', () => {
    const { console } = createConsole(createStore(100));
    type(console, 'dump\rstatus\r');
    console.nextLine();
    console.nextLine();
    console.receive(3);
    assert.deepEqual(linesOf(console), ['error: cancelled']);
    assert.equal(ask(console, 'time').at(-1), 'ok');
  });
});

describe('the console by itself', () => {
  it('says news as a comment', () => {
    const { console } = createConsole(undefined);
    console.announce('the store works');
    assert.deepEqual(linesOf(console), ['# the store works']);
  });
});
