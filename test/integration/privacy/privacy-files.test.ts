import { spawn } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { builtCommand } from '../../built-command.ts';
import { tablesOf } from './patient-values.ts';
import { privacySite } from './site.ts';

/** The command line, in a shell that lets everybody in: its exit code, and what it wrote to stderr. */
async function openly(argv: readonly string[], environment: Environment): Promise<string> {
  const script = 'umask 000; exec "$0" "$@"';
  const command = [process.execPath, builtCommand, ...argv];
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn('/bin/sh', ['-c', script, ...command], {
    cwd: packageRoot,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stderr = await text(child.stderr);
  return `${(await code) ?? 'killed'} ${stderr}`;
}

/** Do others than its owner have one of these rights to it? */
const isOpen = (path: string, rights: number): boolean => {
  const found = lstatSync(path);
  return !found.isSymbolicLink() && (found.mode & rights) !== 0;
};

it("a night's files are private under any umask, except the metrics", async () => {
  const site = await privacySite('postgres', tablesOf('well'));
  const said = await openly(['nightly'], site.night.environment);
  expect(said).toMatch(/^[02] /);
  const { reportDir } = site.night;
  const written = readdirSync(reportDir, { recursive: true }).map(String);
  expect(written.length).toBeGreaterThan(5);
  expect(['.', ...written].filter((name) => isOpen(join(reportDir, name), 0o077))).toEqual([]);
  expect(lstatSync(site.night.environment['METRICS_FILE'] ?? '').mode & 0o777).toBe(0o644);
});

it("init's files are writable by their owner alone, secrets readable too", async () => {
  const parent = mkdtempSync(join(tmpdir(), 'open-'));
  onTestFinished(() => {
    rmSync(parent, { recursive: true, force: true });
  });
  const site = join(parent, 'site');
  const said = await openly(
    ['init', site, '--sandbox', '--ehr-url', 'postgres://reader@127.0.0.1:1/ehr', '--ehr-time-zone', 'America/Chicago'],
    {},
  );
  expect(said).toMatch(/^0 /);
  const all = readdirSync(site, { recursive: true }).map(String);
  expect(all.filter((name) => isOpen(join(site, name), 0o022))).toEqual([]);
  const secret = all.filter((name) => /env$|private-key|reports/.test(name));
  expect(secret.length).toBeGreaterThan(1);
  expect(secret.filter((name) => isOpen(join(site, name), 0o077))).toEqual([]);
  expect(isOpen(site, 0o022)).toBe(false);
});
