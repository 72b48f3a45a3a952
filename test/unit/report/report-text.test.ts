import { nightsLeft } from '../../../src/report/backlog.ts';
import { matchFaults } from '../../../src/message/fingerprint/findability.ts';
import { describe, expect, test } from 'vitest';
import { noAuditCounts } from '../../../src/decide/audit/counts.ts';
import { emptyRowCounts } from '../../../src/decide/change.ts';
import { describeRun } from '../../../src/report/text/describe-run.ts';
import { describeFindability, type Findability } from '../../../src/report/text/findability.ts';
import { counted, lasting, table } from '../../../src/plain-text.ts';
import { describeStatus } from '../../../src/report/text/status.ts';
import type { CallCount, Summary } from '../../../src/report/summary.ts';

const count = (counts: Partial<CallCount>): CallCount => ({
  planned: 0,
  accepted: 0,
  unneeded: 0,
  superseded: 0,
  rejected: 0,
  failed: 0,
  unknown: 0,
  blocked: 0,
  not_started: 0,
  ...counts,
});

const noOne: Findability = {
  patients: 0,
  findable: 0,
  share: null,
  faults: Object.fromEntries(matchFaults.map((fault) => [fault, 0])) as Findability['faults'],
  not_judged: 0,
};

const none = emptyRowCounts();
const quiet: Summary = {
  run_id: '20260131T081500Z-nightly-3f2a',
  job: 'nightly',
  mode: 'sweep',
  status: 'done',
  started_at: '2026-01-31T08:15:00.000Z',
  finished_at: '2026-01-31T08:18:12.000Z',
  exit_code: 0,
  patients: { ...none.patient, read: 12_000 },
  merges: { ...none.merge, read: 1 },
  encounters: { ...none.encounter, read: 48_000 },
  calls: { NewPatient: count({}), PatientUpdate: count({}), PatientMerge: count({}), VisitPush: count({}) },
  waiting: { NewPatient: 0, PatientUpdate: 0, PatientMerge: 0, VisitPush: 0 },
  preflight: { checked: 0, failed: 0 },
  watermark: { from: null, to: null, missed: 0 },
  findability: noOne,
  source: { files: [], lines: 0, left_out: {} },
};

describe('a run in a few lines', () => {
  test('says that a quiet night had nothing to send', () => {
    expect(describeRun(quiet, '/reports/x')).toEqual([
      'Run 20260131T081500Z-nightly-3f2a (sweep) is done after 3 min 12 s, exit code 0.',
      '12,000 patients, 1 merge and 48,000 encounters read; nothing to send.',
      'Reports: /reports/x',
    ]);
  });

  test.each([
    ['sweep', 'wait for their turn'],
    ['only', 'still wait for their turn; this run left them alone'],
  ])('says what a run of mode %s leaves waiting', (mode, verb) => {
    const waiting = { ...quiet.waiting, NewPatient: 300, VisitPush: 1_200 };
    expect(describeRun({ ...quiet, mode, waiting }, '/reports/x')).toContain(
      `1,500 rows ${verb} (300 NewPatient, 1,200 VisitPush): later nights plan them.`,
    );
  });

  test('names what is left open before the calls', () => {
    const calls = {
      ...quiet.calls,
      NewPatient: count({ planned: 3, accepted: 2, rejected: 1 }),
      VisitPush: count({ planned: 1200, accepted: 1198, unneeded: 1, not_started: 1 }),
    };
    const watermark = { ...quiet.watermark, missed: 2 };
    expect(describeRun({ ...quiet, status: 'stopped', exit_code: 3, calls, watermark }, '/x').slice(1, -1)).toEqual([
      '12,000 patients, 1 merge and 48,000 encounters read; 1,203 calls planned, 1,200 accepted by Redox; left open: 1 rejected, 1 not started.',
      '  NewPatient     2 accepted, 1 rejected',
      '  VisitPush      1,198 accepted, 1 unneeded, 1 not started',
      '2 rows changed without a newer updated_at, so --mode changes would have missed them.',
    ]);
  });

  test.each<[string, Partial<Findability>]>([
    ['1,946 of 2,000 patients (97.30 %) by name, birth date and ZIP', { patients: 2000, findable: 1946, share: 0.973 }],
    [
      '0 of 1 patient (0.00 %) by name, birth date and ZIP; 1,200 not assessed',
      { patients: 1, share: 0, not_judged: 1200 },
    ],
    ['12 not assessed', { not_judged: 12 }],
  ])('says who is findable: %s', (sent, findability) => {
    expect(describeFindability({ ...noOne, ...findability })).toBe(sent);
    const summary = { ...quiet, findability: { ...noOne, ...findability } };
    expect(describeRun(summary, '/x')).toContain(`Others can find ${sent}.`);
  });

  test('invents no end for a run that continues', () => {
    const going = { ...quiet, status: 'running', finished_at: null, exit_code: null };
    expect(describeRun(going, '/x')[0]).toBe('Run 20260131T081500Z-nightly-3f2a (sweep) is running.');
  });
});

describe('the status', () => {
  const now = new Date('2026-01-31T15:00:00Z');
  const backlog = { nights: 0, accepted: 0, planned: 0, waiting: null };
  const linesForPeople = { lines: 0, new_lines: 0, known_since: null, run_id: null };
  const nothing = {
    runs: [],
    open: [],
    watermark: null,
    cleanNight: null,
    findability: noOne,
    backlog,
    linesForPeople,
    source: null,
    confirmation: null,
    lastAudit: null,
    auditProgress: null,
    lastAlert: null,
  };

  test('of a new ledger says that it is empty', () => {
    expect(describeStatus(nothing, now)).toEqual([
      'Last clean night  none yet',
      'Watermark         none yet',
      'Others can find   nobody yet',
      'Needs a person    nothing',
      'Confirmed         not asked (see confirm): accepted by Redox, no more is known',
      'Read back         never: nothing shows that the copy is true (see audit)',
      'Last alert        none yet',
      '',
      'No call is open.',
      '',
      'Nothing has run yet.',
    ]);
  });

  test('fits on one screen', () => {
    const run = {
      run_id: '20260131T081500Z-nightly-3f2a',
      job: 'nightly',
      mode: 'sweep',
      plan_only: false,
      status: 'done',
      exit_code: 2,
      started_at: new Date('2026-01-31T08:15:00Z'),
      finished_at: new Date('2026-01-31T08:18:12Z'),
    };
    const going = { ...run, run_id: 'r2', plan_only: true, status: 'running', exit_code: null, finished_at: null };
    const lines = describeStatus(
      {
        runs: [going, run],
        open: [
          { event_type: 'VisitPush', state: 'rejected', calls: 1234, open_since: new Date('2026-01-30T08:15:00Z') },
        ],
        watermark: new Date('2026-01-31T07:15:00Z'),
        cleanNight: { run_id: run.run_id, finished_at: run.finished_at },
        findability: { ...noOne, patients: 3, findable: 2, share: 0.6666 },
        backlog: {
          nights: 3,
          accepted: 12_360,
          planned: 25_000,
          waiting: {
            new: { patient: 6_000, encounter: 29_000 },
            rebuilt: { patient: 0, encounter: 1_000 },
            summaries: 0,
          },
        },
        linesForPeople: { lines: 12, new_lines: 3, known_since: new Date('2026-01-12T08:15:00Z'), run_id: run.run_id },
        confirmation: { asked: 1210, succeeded: 1204, pending: 6, recorded_at: new Date('2026-01-31T08:16:00Z') },
        lastAudit: {
          run_id: '20260128T081500Z-audit-3f2a',
          started_at: new Date('2026-01-28T08:15:00Z'),
          scope: 'sample',
          counts: { ...noAuditCounts(), assessed: 300, wrong: 1 },
        },
        auditProgress: {
          started_at: new Date('2026-01-28T08:15:00Z'),
          finished_at: null,
          looked_at: 4000,
          patients: 10_000,
        },
        source: { files: [], lines: 60_181, left_out: { no_record: 1, stray_quote: 1_060 } },
        lastAlert: {
          alerted_state: 'needs_person',
          alerted_reasons: ['needs_person'],
          alerted_at: new Date('2026-01-29T08:16:00Z'),
        },
      },
      now,
    );
    expect(lines).toEqual([
      'Last clean night  6 h 41 min ago (20260131T081500Z-nightly-3f2a)',
      'Watermark         2026-01-31 07:15 UTC',
      'Others can find   2 of 3 patients (66.66 %) by name, birth date and ZIP',
      'Needs a person    12 lines, 3 new, known since 2026-01-12 (open-actions.csv)',
      'Lines left out    1,061 of 60,181 lines: stray_quote 1,060, no_record 1',
      'Confirmed         1,204 of 1,210 messages arrived, 6 on their way, 6 h 44 min ago',
      'Read back         1 of 300 random patients wrong (its open-actions.csv), 3 d 6 h ago',
      'So, 95 % sure     at most 1.6 % of all patients at Redox are wrong',
      'Audit --all       4,000 of 10,000 patients looked at since 2026-01-28',
      'Not proved        see report.html of 20260128T081500Z-audit-3f2a',
      'Last alert        needs person (needs_person), 2026-01-29 08:16 UTC',
      'All will be sent  in about 15 nights: 61,000 calls wait, at the pace of the last 3 nights (4,120 a night)',
      'Beyond the plan   6,000 NewPatient, 30,000 VisitPush (PLAN_AHEAD)',
      '',
      'Open       state     calls  the oldest since',
      'VisitPush  rejected  1,234  2026-01-30 08:15 UTC',
      '',
      'Last runs                      mode              status   exit  took',
      'r2                             sweep, plan only  running  -     -',
      '20260131T081500Z-nightly-3f2a  sweep             done     2     3 min 12 s',
    ]);
  });

  test('shows fewer runs beside many open lines, within 24 by 80', () => {
    const run = {
      run_id: '20260131T081500Z-nightly-3f2a',
      job: 'nightly',
      mode: 'sweep',
      plan_only: false,
      status: 'interrupted',
      exit_code: null,
      started_at: new Date('2026-01-31T08:15:00Z'),
      finished_at: new Date('2026-01-31T08:18:12Z'),
    };
    const open = (['rejected', 'failed', 'unknown', 'blocked'] as const).flatMap((state) =>
      (['NewPatient', 'VisitPush'] as const).map((event_type) => ({
        event_type,
        state,
        calls: 1_234_567,
        open_since: new Date('2026-01-30T08:15:00Z'),
      })),
    );
    const status = {
      ...nothing,
      runs: Array.from({ length: 10 }, () => run),
      open,
      watermark: run.started_at,
      cleanNight: { run_id: run.run_id, finished_at: run.finished_at },
    };
    const lines = describeStatus(status, now);
    expect(lines).toHaveLength(23);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(describeStatus({ ...status, open: [...open, ...open, ...open] }, now).slice(-4)[0]).toContain('Last runs');
  });
});

describe('plain text', () => {
  test.each([
    [0, '0 s'],
    [-5, '0 s'],
    [499, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3_605_000, '1 h'],
    [3_660_000, '1 h 1 min'],
    [86_400_000 * 40 + 3_600_000, '40 d 1 h'],
  ])('%d ms last %s', (ms, text) => {
    expect(lasting(ms)).toBe(text);
  });

  test('counts one in the singular, and thousands with a comma', () => {
    expect([counted(1, 'call'), counted(0, 'call'), counted(1234, 'call')]).toEqual([
      '1 call',
      '0 calls',
      '1,234 calls',
    ]);
  });

  test('aligns columns without trailing blanks', () => {
    expect(
      table([
        ['a', 'b'],
        ['long', ''],
      ]),
    ).toEqual(['a     b', 'long']);
  });
});

test('the nights of a backlog are counted at the pace of recent nights', () => {
  const backlog = { nights: 2, accepted: 100, planned: 101, waiting: null };
  const waiting = { new: { patient: 20, encounter: 30 }, rebuilt: { patient: 0, encounter: 0 }, summaries: 0 };
  expect(nightsLeft(backlog)).toBe(3);
  expect(nightsLeft({ ...backlog, waiting })).toBe(4);
  expect(nightsLeft({ ...backlog, planned: 0 })).toBe(0);
  expect(nightsLeft({ ...backlog, accepted: 0 })).toBe(null);
  expect(nightsLeft({ ...backlog, nights: 0 })).toBe(null);
});
