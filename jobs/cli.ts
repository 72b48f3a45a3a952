#!/usr/bin/env node
import { exitCodes } from '../src/core/fault.ts';
import { jobs } from './all.ts';
import { runCommandLine } from './frame/command-line.ts';
import { explain } from './frame/failure.ts';

/** The command `redox-reconcile`: ties the process (signals, streams, exit code) to the job it runs. */
const shutdown = new AbortController();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait: the next start settles the calls that were under way.
    if (shutdown.signal.aborted) process.exit(exitCodes.stopped);
    shutdown.abort(signal);
  });
}

/** What nobody awaited. The state of the program is unknown, so nothing is finished; the ledger knows what was begun. */
const crash = (error: unknown): void => {
  const { text, exitCode } = explain(error, 'debug');
  process.stderr.write(text, () => process.exit(exitCode));
};
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

for (const stream of [process.stdout, process.stderr]) {
  // The reader of a pipe may leave (`| head`); the work goes on without one.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') crash(error);
  });
}

const exitCode = await runCommandLine(process.argv.slice(2), {
  jobs,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: shutdown.signal,
});

// Not left to an empty event loop: a pooled socket somewhere must not keep a finished job alive.
const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((done) =>
    stream.write('', () => {
      done();
    }),
  );
await Promise.all([flush(process.stdout), flush(process.stderr)]);
process.exit(exitCode);
