import { loadConfig } from '../../src/config/config.ts';
import { examine } from '../../src/config/examine.ts';
import type { ExitCode } from '../../src/fault.ts';
import type { Level } from '../../src/log/log-events.ts';
import { openLog } from '../../src/log/log.ts';
import { explain, type Failure } from './failure.ts';
import type { Job, JobContext } from './job.ts';
import type { OptionSet, ValuesOf } from './options.ts';
import type { ProcessEnvironment } from './process-environment.ts';

interface JobEnvironment extends ProcessEnvironment {
  readonly envFile: string | null;
  readonly start: JobContext['start'];
}

/** Runs a job with its context and prints the error that it throws. */
export async function runJob(
  job: Job,
  options: ValuesOf<OptionSet>,
  processEnvironment: JobEnvironment,
): Promise<ExitCode> {
  const { environment, envFile, signal, start } = processEnvironment;
  // The log must speak before the job has asked for its configuration, and may not fail over a setting's fault.
  const { values, warnings, doubts } = examine(environment, { envFile, requires: new Set() });
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
  }
  const context: JobContext = {
    config: (...parts) => loadConfig(environment, { requires: parts, envFile }),
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
    envFile,
  };
  const ending = await endingOf(job.run(context, options), level);
  signal.removeEventListener('abort', announceShutdown);
  await close();
  if (typeof ending === 'number') return ending;
  processEnvironment.stderr.write(ending.text);
  return ending.exitCode;
}

async function endingOf(run: Promise<ExitCode>, level: Level): Promise<ExitCode | Failure> {
  try {
    return await run;
  } catch (error) {
    return explain(error, level);
  }
}
