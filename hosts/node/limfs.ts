import { Command } from 'commander';
import { runCommandLine } from './commandLine.js';
import { addCheckCommand } from './inspect/checkCommand.js';
import { addExportCommand } from './inspect/exportCommand.js';
import { addInspectCommand } from './inspect/inspectCommand.js';
import { addPlanCommand } from './inspect/planCommand.js';
import { addRescueCommand } from './inspect/rescueCommand.js';

const program = new Command('limfs')
  .description(
    'Looks into images of LIMFS chips: meters on FRAM and NOR flash, local managers, concentrators, event logs. ' +
      'Nothing is ever written to an image. Every command tells more with --help.',
  )
  .addHelpText(
    'after',
    `
Examples:
  npm exec limfs -- inspect out/meter-01.img
  npm exec limfs -- inspect --html meter.html out/meter-01.img
  npm exec limfs -- inspect --json out/meter-01.img | jq .findings
  npm exec limfs -- check out/meter-01.img
  npm exec limfs -- export out/meter-01.img > readings.csv
  npm exec limfs -- rescue broken.img > readings.csv
  npm exec limfs -- plan --meters 50 --window 24 --burst 30

Exit codes: 0 whole, 1 damage was found, 2 wrong option, or no image.`,
  );
addInspectCommand(program);
addCheckCommand(program);
addRescueCommand(program);
addExportCommand(program);
addPlanCommand(program);
await runCommandLine(program, process.argv);
