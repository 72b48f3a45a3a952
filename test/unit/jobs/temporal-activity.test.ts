import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { packageRoot } from '../../../src/package-root.ts';
import { builtCommand } from '../../built-command.ts';

// Each test starts a process.
vi.setConfig({ testTimeout: 60_000 });

/** As much of Temporal's package as the activity uses. */
const temporal = `
export class ApplicationFailure extends Error {
  static create({ message, type, nonRetryable }) { return Object.assign(new ApplicationFailure(message), { type, nonRetryable }); }
}
const cancellation = new AbortController();
export const cancel = () => cancellation.abort();
export const Context = { current: () => ({ cancellationSignal: cancellation.signal, heartbeat: () => undefined }) };
`;

let folder: string;
const path = process.env['PATH'] ?? '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'temporal-'));
  const installed = join(folder, 'node_modules/@temporalio/activity');
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  await writeFile(join(installed, 'index.js'), temporal);
  await copyFile(join(packageRoot, 'jobs/deploy/temporal-activity.mjs'), join(folder, 'activity.mjs'));
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});

afterAll(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true });
});

/** Puts a command of that name in the way. */
async function command(script: string): Promise<void> {
  const file = join(folder, 'redox-reconcile');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

interface Activity {
  readonly nightly: (envFile: string, due: string) => Promise<{ readonly code: number; readonly reason: string }>;
}

async function nightly(): ReturnType<Activity['nightly']> {
  const { nightly: start } = (await import(pathToFileURL(join(folder, 'activity.mjs')).href)) as Activity;
  // The worker's log gets what the job says.
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return start(join(folder, 'site.env'), '2026-03-02T08:15:00Z').finally(() => {
    stderr.mockRestore();
  });
}

const ending = (code: number, reason: string): string =>
  `echo '{"event":"job_ended","exit_code":${code},"reason":"${reason}"}' >&2; exit ${code}`;

describe('the Temporal activity', () => {
  test.each([
    [0, 'done'],
    [2, 'needs_person'],
    [3, 'max_calls'],
  ])('returns %i', async (code, reason) => {
    await command(ending(code, reason));
    expect(await nightly()).toEqual({ code, reason });
  });

  test.each([
    [69, 'unavailable', false],
    [75, 'ledger_held', false],
    [75, 'guard', true],
    [64, 'usage', true],
    [70, 'bug', true],
  ])('fails with %i for %s, final: %s', async (code, reason, nonRetryable) => {
    await command(ending(code, reason));
    await expect(nightly()).rejects.toMatchObject({ type: reason, nonRetryable });
  });

  test('fails with a killed process, to be tried again', async () => {
    await command('kill -9 $$');
    await expect(nightly()).rejects.toMatchObject({ type: 'killed', nonRetryable: false });
  });

  test('reads the reason of the real command', async () => {
    await writeFile(join(folder, 'site.env'), 'CONCURRENCY=many\n');
    await command(`exec '${process.execPath}' -- '${builtCommand}' "$@"`);
    await expect(nightly()).rejects.toMatchObject({ type: 'usage', nonRetryable: true });
  });
});
