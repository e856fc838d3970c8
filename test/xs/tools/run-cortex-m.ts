/** Builds the bare-metal image around each bench, runs it under QEMU and prints what it measured. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.js';
import { type BytecodeSize, bytecodeOfMeter, bytecodeOfStore } from './bytecode.js';
import {
  buildFolder,
  buildHost,
  compileTarget,
  isInstalled,
  link,
  packageFolder,
  runMain,
  UsageError,
} from './engine.js';

/** Every file of bench/ but the helpers. */
const benches = readdirSync(join(packageFolder, 'bench'))
  .map((name) => name.replace('.ts', ''))
  .filter((name) => name !== 'measure' && name !== 'role');
/** Not run, but compiled. */
const sizeBench = 'bytecode';
const storeLimitBytes = 60 * 1024;
const meterLimitBytes = 72 * 1024;
const usage = `Usage: npm run cortex-m -- [options]       (in test/xs)
  --only NAME   one of ${[sizeBench, ...benches].join(', ')}
  --json        write the results as JSON
  --help`;

const compiler = 'arm-none-eabi-gcc';
const emulator = 'qemu-system-arm';
const cpuFlags = ['-mcpu=cortex-m4', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'];
const folder = join(buildFolder, 'cortex-m');
const timeoutMilliseconds = 600_000;
/** What is no XS heap: .data, .bss, the C heap and the C stack. */
const otherRamBytes = 48 * 1024;
const deviceRamBytes = 256 * 1024;
/**
 * Engine and code lie in RAM here and in flash on a device: beside a whole role, or a local manager's store with its
 * bench, they need more than a device has. What these benches open has a limit of its own.
 */
const roleBenches = ['meter', 'router', 'manager', 'concentrator'];
const largeBenches = [...roleBenches, 'manager-store'];
const largeRamBytes = 1024 * 1024;
/** The FM24V10 answers at two addresses, a bank of 64 KiB behind each. */
const banks = [0x50, 0x51];
const bankBytes = 0x1_0000;

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: number;
  readonly target?: number;
}

interface BenchRun {
  readonly bench: string;
  readonly flashBytes?: number;
  readonly results: readonly Result[];
}

async function buildImage(bench: string, host: string): Promise<string> {
  const script = join(folder, `${bench}.js`);
  const bytecode = join(folder, 'script.c');
  await bundle(join(packageFolder, 'bench', `${bench}.ts`), script, false);
  const compiled = spawnSync(host, ['compile', bytecode, script], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(`${bench}.ts does not compile to bytecode:\n${compiled.stderr}`);
  const objects = await compileTarget({
    name: 'cortex-m',
    compiler,
    flags: [...cpuFlags, '-Os', '-ffunction-sections', '-fdata-sections'],
    sources: [
      'engine/machine.c',
      ...['startup', 'board', 'i2c', 'host', 'native'].map((name) => `cortex-m/${name}.c`),
      'build/cortex-m/script.c',
    ],
    withoutXsSources: ['xsSnapshot.c'],
  });
  const image = join(folder, `${bench}.elf`);
  const ramBytes = largeBenches.includes(bench) ? largeRamBytes : deviceRamBytes;
  const sizes = {
    _ramBytes: ramBytes,
    _xsHeapBytes: ramBytes - otherRamBytes,
    _xsStackSlots: roleBenches.includes(bench) ? 2048 : 1024,
  };
  const layout = [
    ...Object.entries(sizes).map(([name, size]) => `-Wl,--defsym=${name}=${size}`),
    '-T',
    join(packageFolder, 'cortex-m/image.ld'),
    '-Wl,--gc-sections',
  ];
  link(compiler, [
    ...cpuFlags,
    '--specs=nano.specs',
    '-nostartfiles',
    ...layout,
    '-o',
    image,
    ...objects,
    '-lm',
  ]);
  return image;
}

/** Each run starts with zeros in the FRAM. */
function framArguments(bench: string): string[] {
  return banks.flatMap((address) => {
    const file = join(folder, `${bench}-${address.toString(16)}.fram`);
    writeFileSync(file, new Uint8Array(bankBytes));
    const drive = `bank${address}`;
    return [
      '-drive',
      `if=none,id=${drive},format=raw,file=${file}`,
      '-device',
      `at24c-eeprom,address=${address},rom-size=${bankBytes},drive=${drive}`,
    ];
  });
}

/** `-icount shift=6` ties the emulated clock to the instructions executed, so that every run counts the same. */
function emulate(bench: string, image: string): string {
  const machine = ['-M', 'mps2-an386', '-kernel', image, '-icount', 'shift=6'];
  const console = ['-display', 'none', '-monitor', 'none', '-serial', 'stdio'];
  const semihosting = ['-semihosting-config', 'enable=on,target=native'];
  const run = spawnSync(emulator, [...machine, ...console, ...semihosting, ...framArguments(bench)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMilliseconds,
  });
  if (run.status !== 0)
    throw new Error(`${bench} failed on the emulated Cortex-M:\n${run.stdout}${run.stderr}`);
  return run.stdout;
}

function flashBytes(image: string): number {
  const { stdout } = spawnSync('arm-none-eabi-size', [image], { encoding: 'utf8' });
  const [text, data] = stdout.split('\n')[1]!.trim().split(/\s+/).map(Number);
  return text! + data!;
}

function printTable({ bench, flashBytes, results }: BenchRun): void {
  const image = flashBytes === undefined ? '' : `: image of ${flashBytes.toLocaleString('en')} bytes`;
  process.stdout.write(`\n${bench}${image}\n`);
  for (const { name, value, unit, limit, target } of results) {
    const bounds =
      (limit === undefined ? '' : `, at most ${limit.toLocaleString('en')}`) +
      (target === undefined
        ? ''
        : `, target ${target.toLocaleString('en')}${value > target ? ' MISSED' : ''}`);
    process.stdout.write(
      `  ${name.padEnd(60)} ${value.toLocaleString('en').padStart(12)} ${unit}${bounds}\n`,
    );
  }
}

async function measure(bench: string, host: string): Promise<BenchRun> {
  const image = await buildImage(bench, host);
  const results = emulate(bench, image)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Result => JSON.parse(line));
  return { bench, flashBytes: flashBytes(image), results };
}

async function measureBytecode(host: string): Promise<BenchRun> {
  const store = sizeResults('lib/limfs, the meter store alone', await bytecodeOfStore(host), storeLimitBytes);
  const meter = sizeResults('lib/limfs of a networked meter', await bytecodeOfMeter(host), meterLimitBytes);
  return { bench: sizeBench, results: [...store, ...meter] };
}

function sizeResults(what: string, { modules, codeBytes, nameBytes }: BytecodeSize, limit: number): Result[] {
  return [
    { name: `${what}, ${modules} modules: bytecode`, value: codeBytes, unit: 'bytes' },
    { name: '  names, each once', value: nameBytes, unit: 'bytes' },
    { name: '  together', value: codeBytes + nameBytes, unit: 'bytes', limit },
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const chosen = [sizeBench, ...benches].filter((name) => values.only === undefined || name === values.only);
  if (chosen.length === 0) throw new UsageError(`There is no bench "${values.only}".\n${usage}`);
  if (!isInstalled(emulator)) {
    throw new UsageError(`${emulator} is missing: run \`npm run setup\` in test/xs, or install it yourself.`);
  }
  mkdirSync(folder, { recursive: true });
  const host = await buildHost();
  const runs: BenchRun[] = [];
  for (const bench of chosen) {
    runs.push(bench === sizeBench ? await measureBytecode(host) : await measure(bench, host));
    if (!values.json) printTable(runs.at(-1)!);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(runs, null, 2)}\n`);
  const exceeded = runs
    .flatMap(({ results }) => results)
    .filter(({ value, limit }) => value > (limit ?? Infinity));
  for (const { name, value, limit } of exceeded) {
    process.stderr.write(`${name}: ${value} is above the limit of ${limit}.\n`);
  }
  return exceeded.length === 0 ? 0 : 1;
}

await runMain(main);
