import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';

// It starts processes.
vi.setConfig({ testTimeout: 60_000 });

/** Compiled beforehand: a compiler beside the process shares its stderr, and makes writes to it wait. */
let job = '';
beforeAll(async () => {
  const folder = await mkdtemp(join(packageRoot, 'node_modules/.job-'));
  job = join(folder, 'job.mjs');
  await build({
    entryPoints: [join(packageRoot, 'test/unit/jobs/working-job.ts')],
    outfile: job,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  return () => rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script of the shell in which `"$@"` is the job. A bash whose stdin is a socket would read the user's .bashrc first. */
async function shell(script: string): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  try {
    const ended = await promisify(execFile)(
      '/bin/bash',
      ['--norc', '-c', script, 'job', process.execPath, job, 'work'],
      {
        cwd: packageRoot,
        env,
      },
    );
    return { code: 0, ...ended };
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'stdout' in error) return error as unknown as Ended;
    throw error;
  }
}

/** A pipe that is full already, because nobody reads it. */
const fullPipe = 'exec 3> >(exec sleep 60 >/dev/null 2>&1); timeout 2 head -c 1048576 /dev/zero >&3;';

describe('a job continues and ends normally', () => {
  test.concurrent.for([
    ['whose log is on a full disk', 'exec "$@" 2>/dev/full'],
    ['whose stdout is on a full disk', 'exec "$@" >/dev/full'],
    ['that has no stdin, stdout and stderr', 'exec "$@" <&- >&- 2>&-'],
    ['whose log nobody reads any more', 'exec "$@" 2> >(exec true)'],
    ['whose log goes into a pipe that nobody reads', `${fullPipe} exec "$@" 2>&3`],
  ] as const)('%s', async ([, script]) => {
    expect(await shell(script)).toMatchObject({ code: 2 });
  });

  test.concurrent('and reports that output was lost', async () => {
    const { stderr } = await shell('exec "$@" >/dev/full');
    expect(stderr).toContain('Not everything could be printed: writing to stdout failed (ENOSPC).');
  });
});
