/** Installs the programs that the XS runs need and that npm cannot bring: with apt-get, only what is missing. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isInstalled, runMain, UsageError } from './engine.js';

interface Need {
  readonly packageName: string;
  readonly purpose: string;
  readonly present: () => boolean;
}

const needs: readonly Need[] = [
  { packageName: 'gcc', purpose: 'XS on the PC', present: () => isInstalled('gcc') },
  { packageName: 'libc6-dev', purpose: 'XS on the PC', present: () => existsSync('/usr/include/stdio.h') },
  {
    packageName: 'gcc-arm-none-eabi',
    purpose: 'the Cortex-M image',
    present: () => isInstalled('arm-none-eabi-gcc'),
  },
  {
    packageName: 'libnewlib-arm-none-eabi',
    purpose: 'the Cortex-M image',
    present: () => existsSync('/usr/lib/arm-none-eabi/newlib') || existsSync('/usr/arm-none-eabi/lib'),
  },
  {
    packageName: 'qemu-system-arm',
    purpose: 'running the image',
    present: () => isInstalled('qemu-system-arm'),
  },
];

/** Without root, sudo asks for the password itself. */
function aptGet(...args: string[]): void {
  const command = ['apt-get', ...args];
  if (process.getuid?.() !== 0) command.unshift('sudo');
  process.stdout.write(`> ${command.join(' ')}\n`);
  const { status } = spawnSync(command[0]!, command.slice(1), { stdio: 'inherit' });
  if (status !== 0) throw new UsageError(`${command.join(' ')} failed: install these packages yourself.`);
}

async function main(): Promise<number> {
  const missing = needs.filter((need) => !need.present());
  for (const need of needs) {
    const state = missing.includes(need) ? 'missing' : 'present';
    process.stdout.write(`${state}  ${need.packageName} (${need.purpose})\n`);
  }
  if (missing.length === 0) return 0;
  const names = missing.map(({ packageName }) => packageName);
  if (!isInstalled('apt-get')) throw new UsageError(`No apt-get here: install ${names.join(', ')} yourself.`);
  aptGet('update');
  aptGet('install', '--yes', '--no-install-recommends', ...names);
  return 0;
}

await runMain(main);
