/** What the journal writes while calls go out: how its statements find their rows, and what is left where one of them fails. */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PlannedCall } from '../../../src/decide/difference.ts';
import type { CallResult } from '../../../src/ledger/record/call-result.ts';
import { Journal } from '../../../src/ledger/record/journal.ts';
import { storeCalls } from '../../../src/ledger/plan/plan.ts';
import type { Run } from '../../../src/ledger/run/run.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { craftLedger, type CraftedLedger, startNight } from '../support/report/report-ledger.ts';

let ledger: CraftedLedger;
let run: Run;

beforeAll(async () => {
  ledger = await craftLedger();
  run = await startNight(ledger);
  await storeCalls(ledger.session, run, Array.from({ length: 5_000 }, plannedCall), false);
});

afterAll(() => ledger.close());

const plannedCall = (_: unknown, index: number): PlannedCall => ({
  eventType: 'NewPatient',
  entity: 'patient',
  entityId: `p-${index}`,
  patientId: `p-${index}`,
  rowPatientId: null,
  mrn: null,
  plannedMrn: `m-${index}`,
  lane: `p-${index}`,
  rank: 0,
  scannedFingerprint: null,
  openSince: null,
  reason: null,
});

const supersededCall = (callId: number, reason: string | null = 'row_gone'): CallResult => ({
  callId,
  entity: 'patient',
  entityId: `p-${callId}`,
  patientId: `p-${callId}`,
  state: 'superseded',
  reason,
  stillOpen: false,
  attempts: [],
  finishedAt: new Date(),
  mrn: null,
  formerMrns: [],
  rowPatientId: null,
  synced: null,
  refused: null,
  changedGroups: null,
  findings: [],
  objection: null,
});

async function planOf(name: string, parameters: readonly string[]): Promise<string> {
  const { rows } = await ledger.session.query('a plan', `EXPLAIN EXECUTE ${name} (${parameters.join(', ')})`);
  return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
}

describe('a plan of thousands of calls without statistics', () => {
  test('is paged from the last call on', async () => {
    const buffersOf = async (after: string): Promise<number> => {
      const page = `planned_calls_after(${run.number}, ${after}, '{}', false, 500)`;
      const { rows } = await ledger.session.query(
        'a page',
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM ${page}`,
      );
      const [{ Plan }] = rows[0]?.['QUERY PLAN'] as [{ Plan: Record<string, number> }];
      expect(Plan['Actual Rows']).toBe(500);
      return (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0);
    };
    const first = await buffersOf('NULL, NULL, NULL, NULL');
    const { rows } = await ledger.session.query(
      'a late call',
      'SELECT rank, lane, position, call_id FROM call ORDER BY rank, lane, position, call_id OFFSET 4000 LIMIT 1',
    );
    const [late = {}] = rows;
    const last = `${late['rank']}, '${late['lane']}', ${late['position']}::smallint, ${late['call_id']}`;
    expect(await buffersOf(last)).toBeLessThan(first * 1.5);
  });

  test.each([
    ['ledger/outcomes/record_outcomes', 'outcomes', "'[]'"],
    ['ledger/sending/mark_sending', 'mark_sending', "'{1,2}', '{a,b}', '{null,null}', '{null,null}'"],
    ['ledger/sending/note_try', 'note_try', "'{1,2}'"],
  ])('is read by index in %s', async (file, name, parameters) => {
    await ledger.session.query('preparing', "SET plan_cache_mode = 'force_generic_plan'");
    await ledger.session.query('preparing', `PREPARE ${name} AS ${statement(file).text}`);
    const plan = await planOf(name, [parameters]);
    expect(plan).toMatch(/Index Scan (using|on) call_(pkey|sending)\b/);
    expect(plan).not.toMatch(/Seq Scan on call\b/);
  });
});

test('Postgres plans again after the tables have grown', async () => {
  const { session } = ledger;
  const planned = (): Promise<string> => planOf('"ledger/outcomes/record_outcomes"', ["'[]'"]);
  await session.query('what a first load finds', 'ANALYZE patient');
  const journal = new Journal(session, run, 'UTC');
  await journal.record(supersededCall(4_000));
  await session.query(
    'what it has brought',
    "INSERT INTO patient (patient_id, presence, mrn) SELECT 'q-' || n, 'uncertain', 'm-' || n FROM generate_series(1, 8000) AS n",
  );
  expect(await planned()).toMatch(/Seq Scan on patient\b/);
  await Promise.all(Array.from({ length: 64 }, (_, n) => journal.record(supersededCall(4_001 + n))));
  const replanned = await planned();
  expect(replanned).toMatch(/Index Scan using patient_pkey on patient\b/);
  expect(replanned).not.toMatch(/Seq Scan on patient\b/);
});

describe('a batch of entries', () => {
  const states = async (ids: readonly number[]): Promise<string[]> => {
    const { rows } = await ledger.session.query(
      'the calls',
      `SELECT state FROM call WHERE call_id IN (${ids.join(', ')}) ORDER BY call_id`,
    );
    return rows.map((row) => String(row['state']));
  };

  test('loses a bad entry alone', async () => {
    const journal = new Journal(ledger.session, run, 'UTC');
    const first = 20;
    // A superseded call has a reason: the ledger takes none without.
    const entries = [
      journal.record(supersededCall(first)),
      journal.record(supersededCall(first + 1, null)),
      journal.record(supersededCall(first + 2)),
      journal.proofFor({ callId: first + 3, mrn: 'M', documentVersion: null }).renew(),
    ];
    const statuses = (await Promise.allSettled(entries)).map(({ status }) => status);
    expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await states([20, 21, 22, 23])).toEqual(['superseded', 'planned', 'superseded', 'sending']);
  });

  test('is stored as a whole', async () => {
    const commits: number[] = [];
    const journal = new Journal(ledger.session, run, 'UTC', { onCommit: (count) => void commits.push(count) });
    await Promise.all([
      journal.record(supersededCall(25)),
      journal.proofFor({ callId: 26, mrn: 'M', documentVersion: null }).renew(),
    ]);
    expect(await states([25, 26])).toEqual(['superseded', 'sending']);
    expect(commits).toHaveLength(1);
  });

  test('fails without failing other statements', async () => {
    const journal = new Journal(ledger.session, run, 'UTC');
    const refused = [journal.record(supersededCall(30)), journal.record(supersededCall(31, null))];
    // The batch begins in the next turn of the loop.
    await setImmediate();
    const beside = ledger.session.query('beside', 'UPDATE call SET rank = 7 WHERE call_id = 32');
    expect((await Promise.allSettled([...refused, beside])).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await states([30, 31, 32])).toEqual(['superseded', 'planned', 'planned']);
  });

  test('throws for a call that somebody else has touched', async () => {
    const journal = new Journal(ledger.session, run, 'UTC');
    const [touched, beside] = await Promise.allSettled([
      journal.record(supersededCall(20)),
      journal.record(supersededCall(27)),
    ]);
    for (const entry of [touched, beside]) {
      expect(entry).toMatchObject({
        reason: { message: expect.stringContaining('another process works on this run') as string },
      });
    }
    // The batch was committed before it was counted.
    expect(await states([27])).toEqual(['superseded']);
  });
});

describe('a commit of the journal', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const commitsOf = async (
    busyMs: number,
    first: number,
    second: (journal: Journal) => Promise<void>,
  ): Promise<number> => {
    const commits: number[] = [];
    const journal = new Journal(ledger.session, run, 'UTC', {
      onCommit: (count) => void commits.push(count),
      busyMs: () => busyMs,
    });
    const early = journal.record(supersededCall(first));
    await sleep(50);
    await Promise.all([early, second(journal)]);
    return commits.length;
  };

  test('waits for more entries while calls wait for the rate', async () => {
    expect(await commitsOf(10_000, 40, (journal) => journal.record(supersededCall(41)))).toBe(1);
  });

  /** Where only the clock would end the wait, none of these ends. */
  const stopClock = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

  test('waits until a batch of outcomes is full, and no longer', { timeout: 30_000 }, async () => {
    stopClock();
    const batch = Array.from({ length: 32 }, (_, index) => supersededCall(70 + index));
    const others = async (journal: Journal): Promise<void> => {
      await Promise.all(batch.slice(1).map((call) => journal.record(call)));
    };
    expect(await commitsOf(10_000, 70, others)).toBe(1);
  });

  test('waits for nothing while no call waits', async () => {
    expect(await commitsOf(0, 50, (journal) => journal.record(supersededCall(51)))).toBe(2);
  });

  test('takes waiting outcomes along as soon as a call is to leave', { timeout: 30_000 }, async () => {
    stopClock();
    const leaving = (journal: Journal): Promise<void> =>
      journal.proofFor({ callId: 62, mrn: 'M', documentVersion: null }).renew();
    expect(await commitsOf(10_000, 60, leaving)).toBe(1);
  });
});
