import { matchFaults } from '../../../src/message/fingerprint/findability.ts';
import type { Findability } from '../../../src/report/text/findability.ts';
import { eventTypes, type EventType } from '../../../src/decide/call.ts';
import { emptyRowCounts } from '../../../src/decide/change.ts';
import type { NightTally, OpenLine, Pace, PageFacts, PageRun } from '../../../src/report/page/facts.ts';
import { type CallCount, callKinds, type Summary } from '../../../src/report/summary.ts';

/** What a page tells, made up; what is left out is that of a quiet night. */
export interface Wanted {
  readonly summary?: Partial<Summary>;
  readonly run?: Partial<PageRun>;
  readonly calls?: Partial<Record<EventType, Partial<CallCount>>>;
  /** `[new, unchanged, changed]` of patients and of visits. */
  readonly rows?: readonly [isNew: number, unchanged: number, changed: number];
  readonly openLines?: readonly OpenLine[];
  readonly facts?: Partial<PageFacts>;
}

export function pageFacts({ summary, run, calls = {}, rows = [0, 100, 0], openLines = [], facts }: Wanted): PageFacts {
  const none = emptyRowCounts();
  const [isNew, unchanged, changed] = rows;
  const count = { read: isNew + unchanged + changed, unchanged, new: isNew, changed, due: isNew + changed };
  return {
    summary: {
      run_id: '20260131T081500Z-nightly-3f2a',
      job: 'nightly',
      mode: 'sweep',
      status: 'done',
      started_at: '2026-01-31T08:15:00.000Z',
      finished_at: '2026-01-31T08:18:12.000Z',
      exit_code: 0,
      patients: { ...none.patient, ...count },
      merges: none.merge,
      encounters: { ...none.encounter, ...count },
      calls: {
        NewPatient: callCount(calls.NewPatient),
        PatientUpdate: callCount(calls.PatientUpdate),
        PatientMerge: callCount(calls.PatientMerge),
        VisitPush: callCount(calls.VisitPush),
      },
      waiting: { NewPatient: 0, PatientUpdate: 0, PatientMerge: 0, VisitPush: 0 },
      preflight: { checked: 0, failed: 0 },
      watermark: { from: null, to: null, missed: 0 },
      source: { files: [], lines: 0, left_out: {} },
      findability: { patients: 100, findable: 97, share: 0.97, faults: { ...noFaults, zip_missing: 3 }, not_judged: 2 },
      ...summary,
    },
    run: {
      plan_only: false,
      failure: null,
      refusal: null,
      has_updated_at: true,
      site_time_zone: null,
      directory_result: null,
      ...run,
    },
    found: [],
    changedGroups: [],
    openLines,
    pace: [],
    nights: [],
    audits: [],
    knownSince: null,
    plan: null,
    timeZone: null,
    ...facts,
  };
}

const noFaults = Object.fromEntries(matchFaults.map((fault) => [fault, 0])) as Findability['faults'];

/** Planned are as many as all others together. */
function callCount(counts: Partial<CallCount> = {}): CallCount {
  const all = {
    accepted: 0,
    unneeded: 0,
    superseded: 0,
    rejected: 0,
    failed: 0,
    unknown: 0,
    blocked: 0,
    not_started: 0,
    ...counts,
  };
  return { ...all, planned: callKinds.reduce((sum, kind) => sum + all[kind], 0) };
}

/** Lines of one sort that say of themselves how many they are. */
export function openLines(count: number, more: Partial<OpenLine> = {}): OpenLine[] {
  return Array.from({ length: count }, (_, index) => ({
    entity: 'encounter',
    entity_id: `E-${index + 1}`,
    patient_id: `P-${index + 1}`,
    kind: 'rejected',
    reason: 'http_400',
    needs: 'person',
    is_new: false,
    what_to_do: 'Correct the row in the EHR.',
    open_since: new Date('2026-01-28T08:15:00Z'),
    event_type: 'VisitPush',
    redox_log_id: null,
    detail: 'The field *** is not valid',
    lines: count,
    person_lines: (more.needs ?? 'person') === 'person' ? (more.lines ?? count) : 0,
    new_person_lines: more.sort_new_lines ?? 0,
    sort_lines: count,
    sort_new_lines: 0,
    sort_open_since: new Date('2026-01-28T08:15:00Z'),
    ...more,
  }));
}

const minute = (count: number): Date => new Date(Date.parse('2026-01-31T08:15:00Z') + count * 60_000);

/** A busy night of ten days of work, one of which failed, and with changes that `updated_at` did not show. */
export function busyNight(lines: readonly OpenLine[]): PageFacts {
  const pace: Pace[] = Array.from({ length: 30 }, (_, index) => ({
    began_at: minute(index),
    seconds: 60,
    posts: 200 + ((index * 37) % 90),
    median_ms: 80 + ((index * 13) % 30),
    p95_ms: 200 + ((index * 41) % 300),
    longest_ms: 2_400,
  }));
  const nights: NightTally[] = Array.from({ length: 30 }, (_, index) => ({
    run_id: `night-${index}`,
    mode: 'sweep',
    status: index === 17 ? 'failed' : 'done',
    exit_code: index === 17 ? 69 : 0,
    started_at: new Date(Date.parse('2026-01-02T08:15:00Z') + index * 86_400_000),
    finished_at: new Date(Date.parse('2026-01-02T08:20:00Z') + index * 86_400_000),
    accepted_calls: index === 0 ? 58_198 : index === 4 ? 0 : 15 + ((index * 53) % 120),
    open_calls: index % 6 === 5 ? 12 : 0,
    changed_rows: 60,
    silent_rows: index % 9 === 3 ? 4 : 0,
  }));
  return pageFacts({
    summary: { exit_code: 2 },
    rows: [40, 20_000, 180],
    calls: Object.fromEntries(eventTypes.map((event) => [event, { accepted: 120, rejected: 2, unneeded: 3 }])),
    openLines: lines,
    facts: {
      found: [
        { entity: 'patient', kind: 'changed', discrepancies: 180 },
        { entity: 'encounter', kind: 'silent_change', discrepancies: 4 },
      ],
      changedGroups: [
        { entity: 'patient', field_group: 'birth_and_sex', changed: 12 },
        { entity: 'patient', field_group: 'address', changed: 90 },
      ],
      pace: [...pace, { began_at: null, seconds: 60, posts: 7_300, median_ms: 92, p95_ms: 310, longest_ms: 2_400 }],
      nights,
    },
  });
}

/** Ids that would be markup, script, another direction, or too wide, if a page let them. */
export const harmfulIds: readonly string[] = [
  '<script>document.title = "owned"</script>',
  '"><img src=x onerror="document.title = \'owned\'">',
  "' onmouseover='alert(1)",
  '</td></tr></table><style>body { display: none }</style>',
  '&lt;not&amp;escaped&gt;',
  '\u202Eright to left',
  'עברית 12 العربية',
  'x'.repeat(2_000),
  '患'.repeat(600),
  'bell\u0007 and escape\u001b[31m',
  '👩‍👩‍👧‍👦'.repeat(60),
];
