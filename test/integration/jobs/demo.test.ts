import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readClinic } from '../../../jobs/demo/clinic-rows.ts';
import { exitCodes } from '../../../src/fault.ts';
import { saysNothing } from '../../../src/values/word.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { startEmbeddedPostgres } from '../../../src/sandbox/embedded-postgres.ts';
import { builtCommand } from '../../built-command.ts';
import { withoutEnd } from '../../command-line.ts';

/** Stands for a checkout: with a space in its name, as many a home folder has one, and open to the user of Postgres. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo test '));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo of a clinic smaller than the usual one; `onText` sees what it has told so far. */
async function demo(
  argv: readonly string[],
  place = folder,
  onText: (sent: string, processId: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [...argv, '--patients', '200', '--folder', place], {
    cwd: packageRoot,
    // A group of its own, as a terminal gives it; and settings that would lead astray whoever listened to them.
    detached: true,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: folder,
      CI: 'true',
      REPORT_DIR: '/nowhere',
      LEDGER_URL: 'postgres://nobody@127.0.0.1:1/nowhere',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let sent = '';
  child.stdout.on('data', (chunk: Buffer) => {
    sent += chunk.toString();
    onText(sent, child.pid ?? 0);
  });
  const [stderr, [exitCode]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout: sent, stderr };
}

const byNode = [builtCommand, 'demo'];
const bySources = ['--import', 'tsx', '--', 'jobs/cli.ts', 'demo'];

/** Processes that work in the folder or were told of it. */
function processesIn(path: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        const [command, place] = [readFileSync(`/proc/${id}/cmdline`, 'utf8'), readlinkSync(`/proc/${id}/cwd`)];
        return `${command} ${place}`.includes(path) ? [command.replaceAll('\0', ' ')] : [];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

/** Names, addresses and the like of everybody in the demo's clinic. */
async function patientValues(): Promise<ReadonlySet<string>> {
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), database: 'clinic', durable: false });
  const source = { kind: 'postgres', url: server.url } as const;
  const contractFolder = join(packageRoot, 'sql/ehr/demo');
  const { patients } = await readClinic({ ehr: { source, contractFolder, timeZone: 'America/Chicago' } });
  await server.stop();
  const values = patients.flatMap((row) => [
    ...[row.first_name, row.middle_name, row.last_name, row.birth_date, row.ssn, row.street_address],
    ...[row.home_phone, row.office_phone, row.mobile_phone, row.email],
  ]);
  // Shorter ones stand in ordinary words, and what a desk writes for nothing is nobody's.
  return new Set(
    values.filter((value) => value !== null && value.trim().length >= 4 && !saysNothing(value)) as string[],
  );
}

const isWordOf = (sent: string, value: string): boolean =>
  sent.split(value).some((before, index, parts) => {
    const after = parts[index + 1];
    return after !== undefined && !/\w$/.test(before) && !/^\w/.test(after);
  });

test('the demo lives eight nights, checks itself, and leaves only reports', async () => {
  const { exitCode, stdout, stderr } = await demo(byNode);
  expect([exitCode, withoutEnd(stderr)]).toEqual([exitCodes.done, '']);
  expect(stdout.split('\n').filter((line) => /^[A-Z][\w ]+(:|\?|$)/.test(line) && !line.includes('.'))).toEqual([
    'Saturday: the first night',
    'Sunday: a quiet night',
    'Monday: a day of edits',
    'Tuesday: a merge',
    'Wednesday: a rejected visit',
    'Thursday: a night that is killed, and resumed',
    'Friday: a message that Redox loses',
    'Is it true?',
    'Where to look next',
  ]);
  expect(stdout).toMatch(/Sunday[^]+nothing differs\. +Sent\s+nothing/);
  expect(stdout).toMatch(/Monday[^]+without a newer updated_at[^]+Exit code 2/);
  expect(stdout).toMatch(/Tuesday[^]+PatientMerge/);
  expect(stdout).toMatch(/Wednesday[^]+rejected 1\.[^]+Code is not supported[^]+Exit code 2/);
  expect(stdout).toMatch(/Thursday[^]+kill -9[^]+Resumed[^]+Exit code 0/);
  expect(stdout).toMatch(/Friday[^]+accepted all[^]+Next night[^]+1 failed[^]+Sent 1 VisitPush/);
  expect(stdout).toMatch(/Result +[\d,]+ patients and [\d,]+ of their documents looked at: none wrong/);
  expect(stdout).toMatch(/Where to look next[^]+src\/night\/reconcile\.ts[^]+npm run job -- --help/);
  expect(stdout).not.toContain('\u001B');
  expect(stdout.split('\n').filter((line) => line.length > 80 && !line.includes('demo test'))).toEqual([]);

  const runs = (await readdir(join(folder, 'reports'))).filter((name) => !name.startsWith('ledger-position-'));
  expect(runs).toHaveLength(10);
  const files = runs.flatMap((run) => readdirSync(join(folder, 'reports', run)).map((name) => join(run, name)));
  expect(files.filter((file) => file.endsWith('summary.json'))).toHaveLength(10);
  expect(processesIn(folder)).toEqual([]);

  const sent = [stdout, ...(await Promise.all(files.map((file) => readFile(join(folder, 'reports', file), 'utf8'))))];
  const values = await patientValues();
  expect(values.size).toBeGreaterThan(1000);
  expect([...values].filter((value) => isWordOf(sent.join('\n'), value))).toEqual([]);
});

test('Ctrl-C stops the demo mid-night, and its Postgres with it', async () => {
  // Closed to other users: where root starts the demo, its Postgres moves to where it is let in.
  const closed = await mkdtemp(join(folder, 'closed-'));
  let isAsked = false;
  const { exitCode, stderr } = await demo(bySources, closed, (sent, processId) => {
    if (isAsked || !sent.includes('messages sent so far')) return;
    isAsked = true;
    process.kill(-processId, 'SIGINT');
  });
  expect([exitCode, isAsked]).toEqual([exitCodes.stopped, true]);
  expect(stderr).toContain('The demo was stopped before its end.');
  expect(processesIn(folder)).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.startsWith('redox-reconcile-demo-'))).toEqual([]);
});

test("a demo is refused while its folder's Postgres is in use", async () => {
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), durable: false });
  try {
    const { exitCode, stderr } = await demo(byNode);
    expect([exitCode, stderr]).toEqual([exitCodes.refused, expect.stringContaining('--folder')]);
    expect(existsSync(join(folder, 'postgres', 'data'))).toBe(true);
  } finally {
    await server.stop();
  }
});
