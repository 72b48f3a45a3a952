import { loadConfig } from '../../src/config/config.ts';
import { examine } from '../../src/config/examine.ts';
import { type EndReason, type ExitCode, usualReasons } from '../../src/fault.ts';
import type { Fields, Level } from '../../src/log/log-events.ts';
import { jsonLine, openLog } from '../../src/log/log.ts';
import { explain, type Failure } from './failure.ts';
import type { Job, JobContext } from './job.ts';
import type { OptionSet, ValuesOf } from './options.ts';
import type { ProcessEnvironment } from './process-environment.ts';

interface JobEnvironment extends ProcessEnvironment {
  readonly envFiles: readonly string[];
  readonly start: JobContext['start'];
}

/** Runs a job with its context, prints the error that it throws, and logs how it ended. */
export async function runJob(
  name: string,
  job: Job,
  options: ValuesOf<OptionSet>,
  processEnvironment: JobEnvironment,
): Promise<ExitCode> {
  const { environment, envFiles, signal, start } = processEnvironment;
  // The log must speak before the job has asked for its configuration, and may not fail over a setting's fault.
  const { values, warnings, doubts } = examine(environment, { envFiles, requires: new Set() });
  const level = values.LOG_LEVEL;
  const isHuman = processEnvironment.stderr.isTTY === true;
  const isDumb = environment['TERM'] === 'dumb';
  const { log, makeRoom, close } = openLog({ level, stream: processEnvironment.stderr, isHuman, isDumb });
  const announceShutdown = (): void => {
    log('shutdown_requested', { signal: String(signal.reason) });
  };
  if (processEnvironment.isInner !== true) {
    for (const { name, nearest } of warnings) log('setting_unknown', { name, nearest });
    for (const { name, says } of doubts) log('setting_doubtful', { name, doubt: says });
    signal.addEventListener('abort', announceShutdown, { once: true });
    processEnvironment.onAbandon?.((exitCode) => {
      if (!isHuman) logEnd(processEnvironment.stderr, { job: name, exitCode, reason: usualReasons[exitCode] });
      return exitCode;
    });
  }
  const noted: { reason?: EndReason } = {};
  const context: JobContext = {
    config: (...parts) => loadConfig(environment, { requires: parts, envFiles }),
    log,
    signal,
    print: (line) => {
      makeRoom();
      processEnvironment.stdout.write(`${line}\n`);
    },
    isHuman,
    stdout: processEnvironment.stdout,
    start,
    environment,
    envFiles,
    allowShutdown: (ms) => processEnvironment.allowShutdown?.(ms),
    noteReason: (reason) => {
      noted.reason = reason;
    },
  };
  const ending = await endingOf(job.run(context, options), level);
  signal.removeEventListener('abort', announceShutdown);
  await close();
  const { exitCode, reason, text } =
    typeof ending === 'number' ? { exitCode: ending, reason: noted.reason ?? usualReasons[ending], text: '' } : ending;
  if (text !== '') processEnvironment.stderr.write(text);
  if (!isHuman) logEnd(processEnvironment.stderr, { job: name, exitCode, reason });
  return exitCode;
}

/** The last line, for programs: written under every LOG_LEVEL. People have read the sentence of the error. */
function logEnd(stream: NodeJS.WritableStream, fields: Fields<'job_ended'>): void {
  stream.write(`${jsonLine('job_ended', fields)}\n`);
}

async function endingOf(run: Promise<ExitCode>, level: Level): Promise<ExitCode | Failure> {
  try {
    return await run;
  } catch (error) {
    return explain(error, level);
  }
}
