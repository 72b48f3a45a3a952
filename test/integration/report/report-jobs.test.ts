import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import { exitCodes } from '../../../src/fault.ts';
import type { Secret } from '../../../src/secret.ts';
import { freshDatabase } from '../support/database.ts';
import { callRow, type CraftedLedger, craftLedger, runRow } from '../support/report/report-ledger.ts';
import { fillLedger, night } from '../support/report/report-night.ts';
import { withoutEnd } from '../../command-line.ts';

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A job as the command line runs it, on the given ledger. */
async function run(ledger: Secret, argv: readonly string[], reportDir = tmpdir()): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await runCommandLine(argv, {
    jobs,
    environment: { LEDGER_URL: ledger.reveal(), REPORT_DIR: reportDir },
    stdout,
    stderr,
    signal: new AbortController().signal,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { exitCode, stdout: out, stderr: err };
}

let ledger: CraftedLedger;

beforeAll(async () => {
  ledger = await craftLedger();
  await fillLedger(ledger);
});

afterAll(() => ledger.close());

describe('report', () => {
  test("writes a run's reports again and prints its result", async () => {
    const reportDir = await mkdtemp(join(tmpdir(), 'reports-'));
    const { exitCode, stdout, stderr } = await run(ledger.database.url, ['report', night.id], reportDir);
    expect([exitCode, withoutEnd(stderr)]).toEqual([exitCodes.done, '']);
    expect(stdout).toContain(`Run ${night.id} (sweep) is done after 1 min 30 s, exit code 2.`);
    expect(stdout).toContain(`Reports: ${join(reportDir, night.id)}\n`);
    expect(await readdir(join(reportDir, night.id))).toContain('summary.json');
  });

  test('names the newest runs for an unknown one, and writes nothing', async () => {
    const reportDir = await mkdtemp(join(tmpdir(), 'reports-'));
    const { exitCode, stderr } = await run(ledger.database.url, ['report', '../nightly'], reportDir);
    expect(exitCode).toBe(exitCodes.usage);
    expect(stderr).toContain('knows no run "../nightly"');
    expect(stderr).toContain(night.id);
    expect(await readdir(reportDir)).toEqual([]);
  });
});

describe('status', () => {
  test('shows the last clean night, the watermark, open calls and runs', async () => {
    await ledger.insert('watermark', { through: '2026-01-31T07:15:00Z', run_number: night.number });
    const { exitCode, stdout } = await run(ledger.database.url, ['status']);
    expect(exitCode).toBe(exitCodes.done);
    expect(stdout).toMatch(/^Last clean night {2}.+ ago \(20260131T081500Z-nightly-3f2a\)$/m);
    expect(stdout).toMatch(/^Watermark {9}2026-01-31 07:15 UTC$/m);
    expect(stdout).toMatch(/^VisitPush +rejected +4 +2026-01-31 08:15 UTC$/m);
    expect(stdout).toMatch(/^20260130T200000Z-nightly-0003 +sweep, plan only +done +0 +1 min 30 s$/m);
    expect(stdout.split('\n').length).toBeLessThan(40);
  });

  test('is refused without a ledger, and names migrate', async () => {
    const database = await freshDatabase();
    const { exitCode, stderr } = await run(database.url, ['status']);
    expect(exitCode).toBe(exitCodes.refused);
    expect(stderr).toContain('redox-reconcile migrate');
    await database.drop();
  });
});

describe('a first load that takes several nights', () => {
  test("has an estimated end in status, at the stopped nights' pace", async () => {
    const crafted = await craftLedger();
    const night = (id: string, status: string, exit_code: number): Parameters<CraftedLedger['insert']>[1] =>
      runRow(id, '2026-01-31T08:15:00Z', { status, exit_code, accepted_calls: status === 'stopped' ? 2 : 1 });
    await crafted.insert('run', night('a', 'done', 0), night('b', 'stopped', 3), night('c', 'stopped', 3));
    const call = (run: number, state: string, entity_id: string): Parameters<CraftedLedger['insert']>[1] =>
      callRow(run, state, { event_type: 'NewPatient', entity_id });
    await crafted.insert('call', call(1, 'accepted', '0'), call(2, 'accepted', '1'), call(2, 'accepted', '2'));
    await crafted.insert('call', call(3, 'accepted', '3'), call(3, 'accepted', '4'));
    await crafted.insert('call', ...['5', '6', '7', '8', '9'].map((id) => call(3, 'planned', id)));
    const { stdout } = await run(crafted.database.url, ['status']);
    expect(stdout).toContain(
      'All will be sent  in about 3 nights: 5 calls wait, at the pace of the last 2 nights (2 a night)\n',
    );
    await crafted.close();
  });
});

describe('migrate', () => {
  test('creates a ledger in an empty database, and keeps a current one', async () => {
    const database = await freshDatabase();
    const first = await run(database.url, ['migrate']);
    expect([first.exitCode, first.stdout]).toEqual([
      0,
      expect.stringMatching(/^The ledger went from version 0 to \d+\.\n$/),
    ]);
    const second = await run(database.url, ['migrate']);
    expect([second.exitCode, second.stdout]).toEqual([
      0,
      expect.stringMatching(/^The ledger is at version \d+, as before\.\n$/),
    ]);
    await database.drop();
  });
});
