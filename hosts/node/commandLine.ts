import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { LimfsError } from '../../lib/limfs/index.js';
import { InputError } from '../../simulator/readings/inputError.js';

export const ExitCode = { good: 0, bad: 1, usage: 2 } as const;

/**
 * Runs a program with its arguments and leaves its exit code. What is wrong with options, files or images becomes one
 * line that names cause and cure; a reader of the output that goes away (`| head`) ends the program quietly.
 */
export async function runCommandLine(program: Command, argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(ExitCode.good);
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      outputError: (text, write) => write(`${text.trimEnd().replaceAll('\n', ' ')}\n`),
    });
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? ExitCode.good : ExitCode.usage;
    } else if (error instanceof InputError || error instanceof LimfsError || isSystemError(error)) {
      process.stderr.write(`error: ${error.message}\n`);
      const isDamage = error instanceof LimfsError && error.code === 'damaged';
      process.exitCode = isDamage ? ExitCode.bad : ExitCode.usage;
    } else throw error;
  }
}

/** A file that cannot be read or written; the message names it. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

/** A parser of options that are whole numbers. */
export function integerBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** A parser of options in percent. */
export function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('Expected a number from 0 to 100.');
}
