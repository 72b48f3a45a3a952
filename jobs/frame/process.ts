import { exitCodes } from '../../src/core/fault.ts';
import type { ListedJob } from '../job.ts';
import { runCommandLine } from './command-line.ts';
import { explain } from './failure.ts';

/** Ties the process (command line, environment, signals, streams, exit code) to the job it runs, and ends it. */
export async function runProcess(jobs: readonly ListedJob[]): Promise<never> {
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  outliveReaders();
  const exitCode = await runCommandLine(process.argv.slice(2), {
    jobs,
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: shutdownSignal(),
  });
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  // Not left to an empty event loop: a pooled socket somewhere must not keep a finished job alive.
  process.exit(exitCode);
}

/**
 * A job has ended so long after it was told to, whatever it waits for: a neighbour that hangs, or one that cannot even be asked
 * to stop. Docker kills after ten seconds. What was not recorded by then the next start settles, as after a crash.
 */
const patienceMs = 8_500;

const overdue =
  'Not everything had come to its end within ten seconds of the signal, so the process ended without it. Nothing is lost: the ' +
  'next start settles what this one left, and `redox-reconcile report <run id>` writes reports that are missing.\n';

/** Aborted by the first SIGTERM or SIGINT. Whoever asks twice does not want to wait: the next start settles the rest. */
function shutdownSignal(): AbortSignal {
  const shutdown = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (shutdown.signal.aborted) process.exit(exitCodes.stopped);
      setTimeout(() => {
        process.stderr.write(overdue);
        process.exit(exitCodes.stopped);
      }, patienceMs).unref();
      shutdown.abort(signal);
    });
  }
  return shutdown.signal;
}

/** What nobody awaited. The state of the program is unknown, so nothing is finished; the ledger knows what was begun. */
function crash(error: unknown): void {
  const { text, exitCode } = explain(error, 'debug');
  process.stderr.write(text, () => process.exit(exitCode));
}

/** The reader of a pipe may leave (`| head`); the work goes on without one. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') crash(error);
    });
  }
}

const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((done) => {
    stream.write('', () => {
      done();
    });
  });
