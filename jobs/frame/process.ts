import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, type ExitCode } from '../../src/fault.ts';
import type { ListedJob } from './job.ts';
import type { Abandon } from './process-environment.ts';
import { runCommandLine } from './command-line.ts';
import { explain } from './failure.ts';
import { leaveNoDumps } from './no-dumps.ts';

/** Ties the process (command line, environment, signals, streams, exit code) to the job it runs, and ends it. */
export async function runProcess(jobs: readonly ListedJob[]): Promise<never> {
  leaveNoDumps();
  let abandon: Abandon = (exitCode) => exitCode;
  const exit = (exitCode: ExitCode): never => process.exit(abandon(exitCode));
  const crash = (error: unknown): void => {
    endAfterBug(error, exit);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  const printing = outliveReaders();
  if (!('WebAssembly' in globalThis)) {
    process.stderr.write(noWebAssembly);
    process.exit(exitCodes.usage);
  }
  const patience = { ms: shutdownPatienceMs };
  const exitCode = await runCommandLine(process.argv.slice(2), {
    jobs,
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: shutdownSignal(exit, patience),
    allowShutdown: (ms) => {
      patience.ms = ms;
    },
    onAbandon: (end) => {
      abandon = end;
    },
  });
  const unprinted = printing();
  if (unprinted !== null) process.stderr.write(unprinted);
  await Promise.race([Promise.all([flush(process.stdout), flush(process.stderr)]), sleep(flushPatienceMs)]);
  // Exits explicitly, because a pooled socket could keep a finished job alive.
  process.exit(exitCode);
}

const noWebAssembly =
  'Node needs WebAssembly to read answers of Redox. Remove --jitless from NODE_OPTIONS, then start again.\n';

type Exit = (exitCode: ExitCode) => never;

/**
 * The longest time from the signal to the exit, even if a neighbour hangs. Docker kills after ten seconds. The next start
 * recovers everything unrecorded, as after a crash.
 */
export const shutdownPatienceMs = 8_500;

const overdue =
  'Shutdown took longer than ten seconds, so the process exited before everything was recorded. Nothing is lost: the next ' +
  'start recovers the rest, and `redox-reconcile report <run id>` writes missing reports.\n';

/**
 * Aborted by the first signal. A second signal exits at once, and the next start recovers the rest. SIGHUP is the exception: a
 * terminal that hangs up may send it twice, once itself and once through its shell.
 */
function shutdownSignal(exit: Exit, patience: { readonly ms: number }): AbortSignal {
  const shutdown = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
    process.on(signal, () => {
      if (shutdown.signal.aborted && signal === 'SIGHUP') return;
      if (shutdown.signal.aborted) exit(exitCodes.stopped);
      setTimeout(() => {
        process.stderr.write(overdue);
        exit(exitCodes.stopped);
      }, patience.ms).unref();
      shutdown.abort(signal);
    });
  }
  return shutdown.signal;
}

/** Unhandled errors. The program's state is unknown, so it exits at once; the ledger has recorded the calls in flight. */
function endAfterBug(error: unknown, exit: Exit): void {
  const { text, exitCode } = explain(error, 'debug');
  process.stderr.write(text, () => exit(exitCode));
  setTimeout(() => exit(exitCode), flushPatienceMs);
}

/**
 * The log's disk may be full, the reader of a pipe may leave (`| head`), a terminal may hang up: the work goes on without them. Returns
 * an error text if output was lost; null if all was written or the reader closed the pipe.
 */
function outliveReaders(): () => string | null {
  let lost: string | null = null;
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') lost = `Not everything could be printed: writing to stdout failed (${code ?? 'no code'}).\n`;
  });
  return () => lost;
}

/** A full pipe without a reader accepts no data; the process exits without waiting for it. */
const flushPatienceMs = 1_000;

const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((done) => {
    stream.write('', () => {
      done();
    });
  });
