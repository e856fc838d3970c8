import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { openConcentratorChip } from '../../src/concentrator/concentratorChip.js';
import { ConcentratorFirmware } from '../../src/concentrator/concentratorFirmware.js';
import { NullSeal } from '../../src/link/seal.js';
import { ExitCode, integerBetween, runCommandLine } from './commandLine.js';
import { FileMedium } from './fileMedium.js';
import { Dialler } from './link/dialler.js';
import { FirmwareRunner, HostClock } from './link/firmwareRunner.js';
import { openSerialLink } from './link/serialLink.js';

interface Options {
  readonly image: string;
  readonly serial: string;
  readonly baud: number;
  readonly server: { readonly host: string; readonly port: number };
  readonly network: number;
  readonly address: number;
  readonly manager: readonly number[];
}

const chipBytes = 131_072;
const reportBytes = 1600;
const payloadBytes = 128;

const program = new Command('npm run concentrator --')
  .description(
    'A concentrator on this computer: local managers on a serial line, all reports in an image file until the server has ' +
      'them. It dials the server, which never dials; without a connection it collects on.',
  )
  .requiredOption('--image <file>', 'where the reports are kept; made if it is missing')
  .requiredOption('--serial <path>', 'the line to the local managers, such as /dev/ttyUSB0')
  .requiredOption('--server <host:port>', 'whom to dial', hostAndPort)
  .option('--baud <n>', 'of the serial line', integerBetween(300, 4_000_000), 115_200)
  .option('--network <n>', 'logical network', integerBetween(1, 0xffff_ffff), 1)
  .option('--address <n>', 'this concentrator on the uplink', integerBetween(1, 0xfffd), 1)
  .option('--manager <addresses...>', 'local managers to be polled; the server can name more', integersOf, [])
  .action(start);

await runCommandLine(program, process.argv);

async function start(options: Options): Promise<void> {
  const { image, network, address, server, manager } = options;
  const clock = new HostClock();
  const medium = new FileMedium({ path: image, sizeBytes: chipBytes });
  const chip = openConcentratorChip(medium, { storeId: [word(), word()], reportBytes });
  for (const one of manager) {
    const place = chip.roster.placeOf(one) < 0 ? chip.roster.freePlace() : -1;
    if (place >= 0) chip.roster.put(place, { address: one, reportHours: 1, silent: false });
  }
  let runner: FirmwareRunner<ConcentratorFirmware> | undefined;
  const field = await openSerialLink(
    options.serial,
    options.baud,
    (packet, length) => runner?.run((role, now) => role.receive(now, packet, length)),
    () => {
      process.stderr.write(`error: ${options.serial}: the line is gone: plug it in and start again\n`);
      medium.close();
      process.exit(ExitCode.bad);
    },
  );
  const uplink = new Dialler({
    ...server,
    random: word,
    deliver: (packet, length) => runner?.run((role, now) => role.receiveFromServer(now, packet, length)),
    connected: () => {
      console.log(`connected to ${server.host}:${server.port}`);
      runner?.run((role, now) => role.connected(now));
    },
  });
  const seal = new NullSeal();
  const host = {
    field: { port: field, seal, payloadBytes },
    uplink: { port: uplink, seal, payloadBytes },
    clock,
    clockIsSet: true,
    random: word,
  };
  const place = { networkId: network, address, route: [], alternateRoute: [], dutyCyclePermille: 1000 };
  const settings = { ...place, windowReadings: 0, lastCommand: 0 };
  runner = new FirmwareRunner(new ConcentratorFirmware(chip, host, settings, clock.seconds), clock);
  console.log(`collecting from ${options.serial} into ${image}; Ctrl-C ends it`);
  // Whatever was promised is in the image already; only its lock is given free.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      medium.close();
      process.exit(ExitCode.good);
    });
  }
}

function word(): number {
  return randomBytes(4).readUInt32LE();
}

function hostAndPort(text: string): Options['server'] {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined) throw new InvalidArgumentError('Expected HOST:PORT.');
  return { host, port: integerBetween(1, 65_535)(port ?? '') };
}

function integersOf(text: string, before: readonly number[] = []): number[] {
  return [...before, integerBetween(1, 0xfffd)(text)];
}
