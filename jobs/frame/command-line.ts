import { Argument, Command, CommanderError, Option } from 'commander';
import { exitCodes, type ExitCode, UsageFault } from '../../src/fault.ts';
import { packageVersion } from '../../src/package-root.ts';
import { explain } from './failure.ts';
import type { Job, ListedJob } from './job.ts';
import { manualText } from './manual-text.ts';
import type { JobOption, OptionSet, ValuesOf } from './options.ts';
import type { ProcessEnvironment } from './process-environment.ts';

/** Reads a command line, runs its job and returns the exit code. Every failure is printed; the promise never rejects. */
export async function runCommandLine(
  argv: readonly string[],
  processEnvironment: ProcessEnvironment,
): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.usage;
  const program = describeProgram(processEnvironment, async (name, job, options, { envFile: envFiles, ok }) => {
    const { runJob } = await import('./run-job.ts');
    const exitCodeOf = (ended: ExitCode): ExitCode => (ok.includes(ended) ? exitCodes.done : ended);
    const { onAbandon } = processEnvironment;
    const ended = await runJob(name, job, options, {
      ...processEnvironment,
      envFiles,
      start: (inner) => startInner(inner, processEnvironment, envFiles),
      onAbandon: (abandon) => onAbandon?.((ended) => exitCodeOf(abandon(ended))),
    });
    exitCode = exitCodeOf(ended);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed the fault; help and version arrive here too, with 0.
    if (error instanceof CommanderError) {
      processEnvironment.stderr.write(await whoseOption(error, processEnvironment.jobs));
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    const failure = explain(error, 'info');
    processEnvironment.stderr.write(failure.text);
    return failure.exitCode;
  }
}

/** Names the jobs that accept a flag unknown to this one; empty for a misspelt flag, which commander reports. */
async function whoseOption({ code, message }: CommanderError, jobs: readonly ListedJob[]): Promise<string> {
  if (code !== 'commander.unknownOption') return '';
  const flag = /^error: unknown option '([^'=]+)/.exec(message)?.[1];
  if (flag === undefined) return '';
  const has = ({ options }: Job): boolean => Object.values(options).some(({ syntax }) => syntax.split(' ')[0] === flag);
  const loaded = await Promise.all(jobs.map(async ({ name, load }) => ({ name, job: await load() })));
  const owners = loaded.filter(({ job }) => has(job)).map(({ name }) => name);
  return owners.length === 0 ? '' : `${flag} belongs to ${owners.join(', ')}.\n`;
}

const startInner = (
  argv: readonly string[],
  processEnvironment: ProcessEnvironment,
  envFiles: readonly string[],
): Promise<ExitCode> =>
  runCommandLine([...argv, ...envFiles.flatMap((file) => ['--env-file', file])], {
    ...processEnvironment,
    isInner: true,
  });

interface Global {
  readonly envFile: readonly string[];
  /** Exit codes that the process replaces by 0. */
  readonly ok: readonly ExitCode[];
}

const noFlags: Global = { envFile: [], ok: [] };

type Start = (name: string, job: Job, options: ValuesOf<OptionSet>, global: Global) => Promise<void>;

function describeProgram(processEnvironment: ProcessEnvironment, start: Start): Command {
  const program = new Command('redox-reconcile')
    .description("Reconciles Redox's copy of your patients and documents with your EHR, every night.")
    .version(packageVersion, '--version', 'print the version')
    .option(
      '--env-file <FILE>',
      'read settings from a dotenv file; the environment wins over it. May be given again: the later file wins',
      (file: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), file],
    )
    .option(
      '--ok <CODES>',
      'end with 0 instead of these exit codes: 2, 3 or both (2,3). The log keeps the real one',
      readOk,
    )
    .helpOption('-h, --help', 'print this manual')
    .helpCommand(false)
    .showHelpAfterError('`redox-reconcile --help` lists the jobs.')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void processEnvironment.stdout.write(text),
      writeErr: (text) => void processEnvironment.stderr.write(text),
    })
    .exitOverride();
  for (const { name, summary } of processEnvironment.jobs) program.command(name).summary(summary);
  // The list needs no more; what a job imports is read when it is called.
  program.hook('preSubcommand', async (_, command) => {
    const job = await processEnvironment.jobs.find(({ name }) => name === command.name())?.load();
    if (job === undefined) return;
    describeJob(command, job, (options) =>
      start(command.name(), job, options, { ...noFlags, ...program.opts<Partial<Global>>() }),
    );
  });
  return program;
}

/** Only what is no failure: the other codes need somebody who sees them. */
const excusable: readonly ExitCode[] = [exitCodes.needsPerson, exitCodes.stopped];

function readOk(text: string): ExitCode[] {
  return text.split(',').map((word) => {
    const code = excusable.find((one) => String(one) === word.trim());
    if (code !== undefined) return code;
    throw new UsageFault(`--ok takes 2, 3 or 2,3, not ${JSON.stringify(text)}; the other exit codes are failures.`);
  });
}

function describeJob(command: Command, job: Job, start: (options: ValuesOf<OptionSet>) => Promise<void>): void {
  command.description(job.manual.what);
  command.showHelpAfterError(`\`redox-reconcile ${command.name()} --help\` is its manual.`);
  const readers = Object.entries(job.options).map(([name, option]) => {
    const read = describeOption(command, option);
    return () => [name, read()] as const;
  });
  command.addHelpText('after', () => manualText(job.manual, command.createHelp()));
  command.action(() => start(Object.fromEntries(readers.map((read) => read()))));
}

/** Adds an option or an argument to the command; what it returns reads its value once the command line is parsed. */
function describeOption(command: Command, option: JobOption<unknown>): () => unknown {
  const { kind, syntax, description, choices, absent } = option;
  if (kind === 'argument') {
    const position = command.registeredArguments.length;
    const argument = new Argument(syntax, description);
    if (choices !== null) argument.choices(choices);
    // commander itself makes a list of them.
    else if (!argument.variadic) argument.argParser(option.read);
    command.addArgument(argument);
    return () => (command.processedArgs[position] as unknown) ?? absent;
  }
  const described = new Option(syntax, description).default(absent === false ? undefined : (absent ?? undefined));
  if (choices !== null) described.choices(choices);
  else if (kind === 'value') described.argParser(option.read);
  command.addOption(described);
  return () => (command.getOptionValue(described.attributeName()) as unknown) ?? absent;
}
