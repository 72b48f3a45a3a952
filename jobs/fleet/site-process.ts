/** A job of a site in a process of its own. Its settings are the two files; of the worker's environment it gets what is named here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type NightEnd, readReason } from '../../src/decide/fleet/night-end.ts';
import { packageRoot } from '../../src/package-root.ts';

export interface SiteProcess {
  readonly ended: Promise<SiteProcessEnd>;
  /** Ends it in an orderly way. */
  stop(): void;
}

export interface SiteProcessEnd extends NightEnd {
  readonly tookMs: number;
  /** The run that it opened, if it came so far, and the folder of its reports. */
  readonly runId: string | null;
  readonly reports: string | null;
}

interface Asked {
  readonly argv: readonly string[];
  readonly envFiles: readonly string[];
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Receives each line of its log and of its result. */
  readonly onLine: (line: string) => void;
  /** At a terminal Ctrl-C would reach it twice: by itself and through the worker. */
  readonly isAtTerminal: boolean;
}

const cli = join(packageRoot, extname(import.meta.filename) === '.ts' ? 'jobs/cli.ts' : 'dist/jobs/cli.js');
const inherited = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'];

export function startSiteProcess({ argv, envFiles, folder, settings, onLine, isAtTerminal }: Asked): SiteProcess {
  const startedAt = performance.now();
  const files = envFiles.flatMap((file) => ['--env-file', file]);
  try {
    const child = spawn(process.execPath, [...loaders(), '--', cli, ...argv, ...files], {
      cwd: folder,
      detached: isAtTerminal,
      env: { ...Object.fromEntries(inherited.flatMap((name) => [[name, process.env[name]]])), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = (): void => void child.kill('SIGTERM');
    return { ended: endOf(child, startedAt, onLine), stop };
  } catch (error) {
    return { ended: Promise.resolve(notStarted(error)), stop: () => undefined };
  }
}

/** No memory, no process, no folder: another worker may have it. */
const notStarted = (error: unknown): SiteProcessEnd => ({
  ...{ exitCode: null, reason: null, runId: null, reports: null, tookMs: 0 },
  notStarted: (error as NodeJS.ErrnoException).code ?? 'unknown error',
});

/** A checkout runs by tsx, which is not found from the folder of sites. */
const loaders = (): string[] =>
  process.execArgv.map((word) => (word === 'tsx' ? import.meta.resolve('tsx') : word)).filter((word) => word !== '--');

async function endOf(child: ChildProcess, startedAt: number, onLine: (line: string) => void): Promise<SiteProcessEnd> {
  const closed = once(child, 'close') as Promise<[number | null]>;
  const found: { reason: string | null; runId: string | null; reports: string | null } = {
    reason: null,
    runId: null,
    reports: null,
  };
  onLines(child.stdout, onLine);
  onLines(child.stderr, (line) => {
    const logged = logLineIn(line);
    if (logged?.event === 'run_started') found.runId = logged.run_id ?? null;
    if (logged?.event === 'run_finished') found.reports = logged.reports ?? null;
    if (logged?.event === 'job_ended') found.reason = logged.reason ?? null;
    onLine(line);
  });
  try {
    const [exitCode] = await closed;
    const { runId, reports } = found;
    return { exitCode, reason: readReason(found.reason ?? ''), runId, reports, tookMs: performance.now() - startedAt };
  } catch (error) {
    return notStarted(error);
  }
}

/** A process that the system refused for want of file handles has no output; its error says why. */
function onLines(output: Readable | null, onLine: (line: string) => void): void {
  if (output) createInterface({ input: output }).on('line', onLine);
}

/** As `src/log/log-events.ts` has it. */
interface LogLine {
  readonly event: string;
  readonly run_id?: string;
  readonly reports?: string;
  readonly reason?: string;
}

function logLineIn(line: string): LogLine | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    // Cut off, where it was killed.
    return null;
  }
}

/** The line with the name of its site: as a field of a log line, else in front. */
export const lineOf = (site: string, line: string): string =>
  line.startsWith('{') && line.endsWith('}') && line.length > 2
    ? `{"site":${JSON.stringify(site)},${line.slice(1)}`
    : `${site}: ${line}`;
