import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/package-root.ts';

export interface EndedJob {
  /** Null where it was killed. */
  readonly exitCode: number | null;
  readonly ms: number;
  /** The run that it opened, if it came so far, and the folder of its reports. */
  readonly runId: string | null;
  readonly reports: string | null;
  /** Its output for people: the lines outside its log. */
  readonly complaint: string;
}

export interface RunningJob {
  readonly ended: Promise<EndedJob>;
  /** `kill -9`. */
  kill(): void;
}

/** The command line of this program: the source in a checkout, the built file in `dist/`. */
const cli = join(packageRoot, extname(import.meta.filename) === '.ts' ? 'jobs/cli.ts' : 'dist/jobs/cli.js');

/** A clean environment: the caller's settings would win over the file. */
const inherited = ['PATH', 'HOME', 'TMPDIR'];

/** Starts a job as cron would: in a process of its own, with no settings but those of its environment file, and these. */
export function startJob(
  argv: readonly string[],
  envFile: string,
  signal: AbortSignal,
  settings: Readonly<Record<string, string>>,
): RunningJob {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, '--', cli, ...argv, '--env-file', envFile], {
    // Out of reach of Ctrl-C at the terminal: the demo passes it on, once.
    detached: true,
    env: { ...Object.fromEntries(inherited.flatMap((name) => [[name, process.env[name]]])), ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  const kill = (): void => void child.kill('SIGKILL');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  process.once('exit', kill);
  const ended = endOf(child, startedAt).finally(() => {
    signal.removeEventListener('abort', stop);
    process.off('exit', kill);
  });
  return { ended, kill };
}

async function endOf(child: ChildProcess, startedAt: number): Promise<EndedJob> {
  if (child.stderr === null) throw new Error('the job has no stderr to read');
  const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  const lines = said.split('\n');
  const logged = lines.flatMap(logLineIn);
  return {
    exitCode,
    ms: performance.now() - startedAt,
    runId: logged.find(({ event }) => event === 'run_started')?.run_id ?? null,
    reports: logged.find(({ event }) => event === 'run_finished')?.reports ?? null,
    complaint: lines.filter((line) => line !== '' && !line.startsWith('{')).join('\n'),
  };
}

/** As `src/log/log-events.ts` has it. */
interface LogLine {
  readonly event: string;
  readonly run_id?: string;
  readonly reports?: string;
}

function logLineIn(line: string): LogLine[] {
  if (!line.startsWith('{')) return [];
  try {
    return [JSON.parse(line) as LogLine];
  } catch {
    // The last line of a process that was killed while it wrote it.
    return [];
  }
}
