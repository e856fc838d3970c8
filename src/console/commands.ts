/** What a command may do with its console, and the device that it is about. */
export interface Session<Subject> {
  readonly subject: Subject;
  print(line: string): void;
  /** Sends lines that are made only when there is room for them, until there are no more. */
  follow(source: LineSource): void;
}

export interface LineSource {
  /** Undefined after the last line. */
  nextLine(): string | undefined;
}

/** A command that was refused: the message names the cause and the cure. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export interface Command<Subject> {
  readonly name: string;
  /** What may stand behind it, for `help`; empty when nothing may. */
  readonly argument: string;
  readonly help: string;
  readonly run: (session: Session<Subject>, argument: string) => void;
}

/** A command of a table; tables are constants, and frozen they stay in flash. */
export function command<Subject>(
  name: string,
  argument: string,
  help: string,
  run: Command<Subject>['run'],
): Command<Subject> {
  return Object.freeze({ name, argument, help, run });
}

/** Runs a command line; throws a `Refusal` or a `LimfsError` when it cannot be done. `help` is in every table. */
export function runCommand<Subject>(
  commands: readonly Command<Subject>[],
  line: string,
  session: Session<Subject>,
): void {
  const space = line.indexOf(' ');
  const name = (space < 0 ? line : line.slice(0, space)).toLowerCase();
  const argument = space < 0 ? '' : line.slice(space + 1).trim();
  const found = name === 'help' ? help(commands) : commands.find((each) => each.name === name);
  if (found === undefined) throw new Refusal(`unknown command '${name}'; 'help' lists the commands`);
  if (found.argument === '' && argument !== '') throw new Refusal(`'${name}' takes nothing behind it`);
  found.run(session, argument);
}

function help<Subject>(commands: readonly Command<Subject>[]): Command<Subject> {
  const own: Command<Subject> = command('help', '', 'this list', ({ print }) => {
    for (const { name, argument, help } of [own, ...commands])
      print(`${`${name} ${argument}`.padEnd(16)} ${help}`);
  });
  return own;
}
