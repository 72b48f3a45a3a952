import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/package-root.ts';
import type { Settings } from './site.ts';

export interface Measured {
  /** From the start of the process to its exit. */
  readonly ms: number;
  readonly peakMb: number;
  /** User and system. */
  readonly cpuMs: number;
  readonly exitCode: number | null;
  readonly steps: ReadonlyMap<string, number>;
  readonly runId: string | null;
}

/** Written to a pipe of its own, because only the process itself knows its peak on every system. */
const tellUsage = `data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>{const u=process.resourceUsage();writeSync(3,JSON.stringify([u.maxRSS,u.userCPUTime+u.systemCPUTime]))})`;

const command = join(packageRoot, 'dist/jobs/cli.js');

/** With which flags of Node's, and variables of the environment, a file says in its first line that it is to be run. */
function asSaid(file: string): { readonly flags: readonly string[]; readonly variables: Settings } {
  const [firstLine = ''] = readFileSync(file, 'utf8').split('\n', 1);
  return {
    flags: firstLine.split(' ').filter((word) => word.startsWith('--')),
    variables: Object.fromEntries(
      Array.from(firstLine.matchAll(/export (\w+)=(\w+);/g), ([, name = '', value = '']) => [name, value] as const),
    ),
  };
}

/** The largest so far, and whose it was. */
export const largestPeak = { mb: 0, argv: '' };

/**
 * A job as the Docker image runs it, in a process of its own. Throws where it ends otherwise than done. `stopAfter`: the step after which a
 * signal stops it. `onStart` receives the id of the process.
 */
export async function measure(
  argv: readonly string[],
  settings: Settings,
  ends: readonly number[] = [0],
  stopAfter: string | null = null,
  onStart: (pid: number) => void = () => undefined,
): Promise<Measured> {
  const profile = process.env['BENCH_PROFILE'];
  const flags =
    profile === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${argv.join('_')}-${Date.now()}.cpuprofile`];
  const said = asSaid(command);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...said.flags, ...flags, '--import', tellUsage, command, ...argv], {
    cwd: packageRoot,
    env: { PATH: process.env['PATH'], ...said.variables, ...settings },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const { stderr, stdio, pid } = child;
  if (pid !== undefined) onStart(pid);
  const usagePipe = stdio[3];
  if (stderr === null || !(usagePipe instanceof Readable)) throw new Error('the process has no pipes');
  if (stopAfter !== null) {
    stderr.on('data', (piece: Buffer) => {
      if (
        piece
          .toString()
          .split('\n')
          .flatMap(stepIn)
          .some(([step]) => step === stopAfter)
      )
        child.kill('SIGTERM');
    });
  }
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [log, usage, [exitCode]] = await Promise.all([text(stderr), text(usagePipe), closed]);
  const ms = performance.now() - startedAt;
  if (!ends.includes(exitCode ?? -1))
    throw new Error(`${argv.join(' ')} ended with ${String(exitCode)}:\n${log.slice(-4000)}`);
  const [peakKb = 0, cpuUs = 0] = JSON.parse(usage) as number[];
  if (peakKb / 1024 > largestPeak.mb) Object.assign(largestPeak, { mb: peakKb / 1024, argv: argv.join(' ') });
  const steps = new Map(log.split('\n').flatMap(stepIn));
  const runId = /"run_id":"([^"]+)"/.exec(log)?.[1] ?? null;
  return { ms, peakMb: peakKb / 1024, cpuMs: cpuUs / 1000, exitCode, steps, runId };
}

function stepIn(line: string): [string, number][] {
  // A piece of the log may end within a line.
  if (!line.includes('"step_finished"') || !line.endsWith('}')) return [];
  const { step, ms } = JSON.parse(line) as { step: string; ms: number };
  return [[step, ms]];
}

/** The best of so many: whatever else the machine does only ever makes it slower. */
export async function best<T extends { readonly ms: number }>(rounds: number, once: () => Promise<T>): Promise<T> {
  let found = await once();
  for (let round = 1; round < rounds; round += 1) {
    const next = await once();
    if (next.ms < found.ms) found = next;
  }
  return found;
}

export async function timed(work: () => Promise<unknown>): Promise<{ readonly ms: number }> {
  const startedAt = performance.now();
  await work();
  return { ms: performance.now() - startedAt };
}
