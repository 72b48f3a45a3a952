/**
 * The closed list of everything that the log may say. A new event is one entry here: its level, its fields, its sentence.
 *
 * Fields are ids, counts, codes, times and paths of the site's own files. There is no kind for free text but
 * `advice`, which is about the site's SQL and settings and how much it gives, or sums a run up, so no patient's value and no secret has a place to go; what a person is told in words
 * comes from the sentences below.
 */
export type Level = 'error' | 'warn' | 'info' | 'debug';

/** What a field can hold. A `code` comes from a closed list (a job, a step, a reason); a `path` is one of the site's. */
interface Kinds {
  readonly id: string | null;
  readonly code: string | null;
  readonly count: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly ms: number;
  readonly time: Date | null;
  readonly path: string;
  /** A sentence of our own about the site's SQL, settings, extracts or schedule, or about a run: names of files, tables and columns, counts and times; never a value. */
  readonly advice: string;
}
type Kind = keyof Kinds;

export interface Event {
  readonly level: Level;
  readonly fields: Readonly<Record<string, Kind>>;
  /** Only a person at a terminal wants to know: nobody watches cron. */
  readonly onlyForPeople?: true;
  /** Shown in the one line at the bottom that is written over (`log-screen.ts`). */
  readonly isLive?: true;
  /** For a person; `{name}` stands for a field. */
  readonly sentence: string;
}

/** Keeps the type of each event while the list is checked. */
const list = <const T extends Readonly<Record<string, Event>>>(events: T): T => events;

export const events = list({
  // The night
  run_started: {
    level: 'info',
    fields: { runId: 'id', job: 'code', mode: 'code' },
    sentence: 'Run {runId} of {job} started, mode {mode}.',
  },
  step_started: { level: 'debug', fields: { runId: 'id', step: 'code' }, sentence: 'Step {step} started.' },
  step_finished: {
    level: 'info',
    fields: { runId: 'id', step: 'code', ms: 'ms' },
    sentence: 'Step {step} took {ms}.',
  },
  progress: {
    level: 'info',
    fields: { runId: 'id', step: 'code', done: 'count', total: 'count', ms: 'ms' },
    onlyForPeople: true,
    isLive: true,
    // With the pace and what is left.
    sentence: 'Step {step}: {done} of {total} after {ms}.',
  },
  run_finished: {
    level: 'info',
    fields: { runId: 'id', status: 'code', exitCode: 'count', ms: 'ms', reports: 'path' },
    sentence: 'Run {runId} is {status} after {ms}, exit code {exitCode}. Reports: {reports}',
  },
  run_summary: {
    level: 'info',
    fields: { words: 'advice' },
    onlyForPeople: true,
    sentence: '{words}',
  },
  reports_failed: {
    level: 'error',
    fields: { runId: 'id' },
    sentence:
      'The reports of run {runId} could not be written; mend what is said below, then `redox-reconcile report {runId}` writes them.',
  },

  plan_refused: {
    level: 'warn',
    fields: { runId: 'id', refusal: 'advice' },
    sentence: 'The plan is stored; it would not be sent without --allow-large-change: {refusal}.',
  },
  listed_row_unknown: {
    level: 'warn',
    fields: { runId: 'id', entity: 'code', entityId: 'id' },
    sentence: 'The listed {entity} {entityId} is neither in the EHR nor in the ledger.',
  },
  listed_rows_unknown: {
    level: 'warn',
    fields: { runId: 'id', count: 'count' },
    sentence: '{count} of the listed rows are neither in the EHR nor in the ledger; nothing is done about them.',
  },

  // Calls
  call_failed: {
    level: 'warn',
    fields: {
      runId: 'id',
      callId: 'id',
      eventType: 'code',
      entityId: 'id',
      outcome: 'code',
      reason: 'code',
      httpStatus: 'count',
      attempts: 'count',
    },
    sentence:
      '{eventType} of {entityId} (call {callId}) is {outcome}: {reason}, HTTP {httpStatus}, attempts: {attempts}.',
  },
  message_not_sent: {
    level: 'warn',
    fields: {
      runId: 'id',
      callId: 'id',
      eventType: 'code',
      entityId: 'id',
      reason: 'code',
      section: 'code',
      fault: 'code',
    },
    sentence:
      '{eventType} of {entityId} (call {callId}) was not sent, {reason}: look at its {section}; open-actions.csv says where and what.',
  },

  clock_off: {
    level: 'warn',
    fields: { seconds: 'count', direction: 'code' },
    sentence:
      "This machine's clock is {seconds} seconds {direction} Redox's: set it right (NTP). Redox gives no token to a clock that is more than ten seconds ahead or five minutes behind.",
  },

  // Around the ledger and the EHR
  interrupted_run_recovered: {
    level: 'warn',
    fields: { runId: 'id', calls: 'count' },
    sentence: 'Run {runId} died; the outcome of {calls} calls that were under way is noted as unknown.',
  },
  calls_wait: {
    level: 'info',
    fields: { runId: 'id', persons: 'count', ms: 'ms' },
    sentence:
      'The calls of {persons} persons wait for at most {ms}: a run that died may still have a call for them under way.',
  },
  calls_alone: {
    level: 'warn',
    fields: { runId: 'id', persons: 'count', patientId: 'id' },
    sentence:
      'A run died while it built the calls of {persons} persons, so these go last, one person at a time; if this run dies too, look at the rows of the last one, patient {patientId}.',
  },
  ledger_migrated: {
    level: 'info',
    fields: { from: 'count', to: 'count' },
    sentence: 'The ledger was brought from version {from} to {to}.',
  },
  ledger_position_differs: {
    level: 'info',
    fields: { how: 'code' },
    sentence:
      'The ledger is not as REPORT_DIR knew it ({how}). Nothing shows that it lost commits, so the run goes on.',
  },
  rows_in_doubt: {
    level: 'warn',
    fields: { runId: 'id', since: 'time', forgottenRuns: 'count', patients: 'count', encounters: 'count' },
    sentence:
      'The ledger is certain up to {since} and has forgotten {forgottenRuns} runs. Patients in doubt: {patients}, visits: {encounters}. They are sent again.',
  },
  restored_without_reports: {
    level: 'warn',
    fields: { runId: 'id' },
    sentence:
      'REPORT_DIR lacks calls.csv of runs that the ledger has forgotten. Rows that those runs sent, and that were deleted, cancelled, un-merged or given another MRN since without a newer updated_at, may still be wrong at Redox; OPERATING.md says how to look, under "After a restore".',
  },
  ledger_position_unkept: {
    level: 'warn',
    fields: { runId: 'id' },
    sentence:
      'How far the ledger has come could not be kept in REPORT_DIR, so a later job may not notice a restored ledger. Run {runId} goes on; see that REPORT_DIR can be written.',
  },
  contract_warning: {
    level: 'warn',
    fields: { file: 'path', warning: 'advice' },
    sentence: '{warning}',
  },
  ledger_in_ehr: {
    level: 'warn',
    fields: {},
    sentence:
      'LEDGER_URL names the database of EHR_URL. The EHR is only read, but the ledger is written, and a restore of the one takes the other with it: give the ledger a database of its own.',
  },
  extract_read: {
    level: 'info',
    fields: { file: 'path', remark: 'advice' },
    sentence: '{remark}',
  },
  extract_warning: {
    level: 'warn',
    fields: { file: 'path', remark: 'advice' },
    sentence: '{remark}',
  },
  lines_left_out: {
    level: 'warn',
    fields: { count: 'count' },
    sentence: 'Lines of the extracts that were left out: {count}. data-quality.csv lists them.',
  },
  sweep_instead: {
    level: 'warn',
    fields: { reason: 'code' },
    sentence: 'Every row is read instead of the changes only: {reason}.',
  },

  // Who is told
  alert_sent: {
    level: 'info',
    fields: { job: 'code', state: 'code', before: 'code' },
    sentence: 'The webhook was told: {state}, before {before}.',
  },
  alert_failed: {
    level: 'warn',
    fields: { job: 'code', state: 'code', reason: 'code' },
    sentence:
      'ALERT_WEBHOOK_URL could not be told that the site is {state}: {reason}. The run is as it is; the next one tells it.',
  },
  heartbeat_failed: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence: 'HEARTBEAT_URL could not be reached: {reason}. The run is as it is, but the switch may call somebody.',
  },
  health_record_failed: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence:
      'The state of the site could not be judged from the ledger ({reason}); how {job} ended is kept in REPORT_DIR.',
  },
  health_record_lost: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence: 'How {job} ended could not be kept in REPORT_DIR either ({reason}), so the next job may tell it again.',
  },
  metrics_failed: {
    level: 'warn',
    fields: { job: 'code', reason: 'code' },
    sentence:
      'The metrics could not be written: {reason}. Look at METRICS_FILE and at the ledger; the run is as it is.',
  },
  metrics_served: {
    level: 'info',
    fields: { host: 'code', port: 'count' },
    sentence: '/metrics and /healthz are served at {host}, port {port}.',
  },

  // Around the job
  setting_unknown: {
    level: 'warn',
    fields: { name: 'code', nearest: 'code' },
    sentence: 'The environment has {name}, which resembles {nearest} but is not a name of redox-reconcile; ignored.',
  },
  setting_doubtful: {
    level: 'warn',
    fields: { name: 'code', doubt: 'advice' },
    sentence: 'Of {name}: {doubt}.',
  },
  shutdown_requested: {
    level: 'warn',
    fields: { signal: 'code' },
    sentence: '{signal}: nothing new is started, what is under way is finished. A second one ends at once.',
  },
  job_scheduled: {
    level: 'info',
    fields: { job: 'code', next: 'time', words: 'advice' },
    sentence: '{job} starts next: {words}.',
  },
  scheduled_job_started: { level: 'info', fields: { job: 'code', due: 'time' }, sentence: '{job} starts, due {due}.' },
  scheduled_job_finished: {
    level: 'info',
    fields: { job: 'code', exitCode: 'count', ms: 'ms' },
    sentence: '{job} ended with exit code {exitCode} after {ms}.',
  },
  scheduled_job_failed: {
    level: 'error',
    fields: { job: 'code', exitCode: 'count', ms: 'ms' },
    sentence: '{job} ended with exit code {exitCode} after {ms}; the schedule goes on.',
  },
  scheduled_job_skipped: {
    level: 'warn',
    fields: { job: 'code', due: 'time', reason: 'code' },
    sentence: '{job} that was due {due} did not start: {reason}.',
  },
});

export type EventName = keyof typeof events;
export type Fields<E extends EventName> = {
  readonly [Name in keyof (typeof events)[E]['fields']]: (typeof events)[E]['fields'][Name] extends Kind
    ? Kinds[(typeof events)[E]['fields'][Name]]
    : never;
};
