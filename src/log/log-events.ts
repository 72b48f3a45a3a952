/**
 * The closed list of log events. An event has a level, fields and a sentence for people.
 *
 * Fields are ids, counts, codes, times and paths of the site's own files. `advice` is the only free text: the project's
 * own sentences about SQL, settings, extracts and runs. Patient values and secrets therefore stay out of the log.
 */
import { fleetEvents } from './fleet-events.ts';
import { jobEvents } from './job-events.ts';
import { type Kind, type Kinds, list } from './log-event.ts';

export type { Event, Level } from './log-event.ts';

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
    // The live line adds the pace and the time left.
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
      'Could not write the reports of run {runId}. Fix the error below, then run `redox-reconcile report {runId}`.',
  },

  plan_refused: {
    level: 'warn',
    fields: { runId: 'id', refusal: 'advice' },
    sentence: 'The plan is stored, but sending it needs --allow-large-change: {refusal}.',
  },
  rows_rebuilt: { level: 'warn', fields: { runId: 'id', words: 'advice' }, sentence: 'In this run {words}.' },
  listed_row_unknown: {
    level: 'warn',
    fields: { runId: 'id', entity: 'code', entityId: 'id' },
    sentence: 'The listed {entity} {entityId} is neither in the EHR nor in the ledger.',
  },
  listed_rows_unknown: {
    level: 'warn',
    fields: { runId: 'id', count: 'count' },
    sentence: '{count} of the listed rows are neither in the EHR nor in the ledger; the job skips them.',
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
      '{eventType} of {entityId} (call {callId}) was not sent, {reason}: check its {section}; open-actions.csv shows the field and the fault.',
  },

  rate_budget_away: {
    level: 'warn',
    fields: { ms: 'ms' },
    sentence: 'The rate budget (RATE_BUDGET_URL) is away. Calls wait for it, {ms} at most.',
  },
  clock_off: {
    level: 'warn',
    fields: { seconds: 'count', direction: 'code' },
    sentence:
      "This machine's clock is {seconds} seconds {direction} Redox's: synchronise it (NTP). Redox refuses a token when the clock is more than ten seconds ahead or five minutes behind.",
  },

  // Around the ledger and the EHR
  interrupted_run_recovered: {
    level: 'warn',
    fields: { runId: 'id', calls: 'count' },
    sentence: 'Run {runId} was interrupted; its {calls} in-flight calls are now marked unknown.',
  },
  calls_wait: {
    level: 'info',
    fields: { runId: 'id', persons: 'count', ms: 'ms' },
    sentence:
      'The calls of {persons} persons wait up to {ms}: an interrupted run may still have a call for them in flight.',
  },
  calls_alone: {
    level: 'warn',
    fields: { runId: 'id', persons: 'count', patientId: 'id' },
    sentence:
      'A run was interrupted while it built the calls of {persons} persons, so these go last, one person at a time. If this run is interrupted too, check the rows of the last person, patient {patientId}.',
  },
  ledger_awaited: {
    level: 'info',
    fields: { holder: 'advice', ms: 'ms' },
    sentence: 'Another run holds the ledger: {holder}. This start takes over if it ends or dies within {ms}.',
  },
  ledger_migrated: {
    level: 'info',
    fields: { from: 'count', to: 'count' },
    sentence: 'Migrated the ledger from version {from} to {to}.',
  },
  ledger_position_differs: {
    level: 'info',
    fields: { how: 'code' },
    sentence:
      'The ledger differs from the position recorded in REPORT_DIR ({how}). It shows no lost commits, so the run continues.',
  },
  rows_in_doubt: {
    level: 'warn',
    fields: { runId: 'id', since: 'time', forgottenRuns: 'count', patients: 'count', encounters: 'count' },
    sentence:
      'The ledger is reliable up to {since} and has lost {forgottenRuns} runs. Patients in doubt: {patients}, visits: {encounters}. This run sends them again.',
  },
  restored_without_reports: {
    level: 'warn',
    fields: { runId: 'id' },
    sentence:
      'REPORT_DIR lacks calls.csv of runs that the ledger has lost. Rows that those runs sent may still be wrong at Redox if they have since been deleted, cancelled, un-merged or given another MRN without a newer updated_at. OPERATING.md explains the check under "After a restore".',
  },
  ledger_position_unkept: {
    level: 'warn',
    fields: { runId: 'id' },
    sentence:
      'Could not save the ledger position to REPORT_DIR, so a later job may miss a restored ledger. Run {runId} continues; make REPORT_DIR writable.',
  },
  same_keys: {
    level: 'warn',
    fields: { runId: 'id', patients: 'count', pairs: 'count', examples: 'id' },
    sentence: '{patients} patients share match keys, in {pairs} pairs, so no search finds them: {examples}.',
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
      'LEDGER_URL and EHR_URL name the same database. The job writes to the ledger, and restoring the EHR would also restore the ledger: give the ledger its own database.',
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
    sentence: 'Left out {count} lines of the extracts; data-quality.csv lists them.',
  },
  confirmed: {
    level: 'info',
    fields: { runId: 'id', asked: 'count', succeeded: 'count', pending: 'count' },
    sentence: 'Redox has confirmed {succeeded} of {asked} accepted messages; {pending} are on their way.',
  },
  directory_differs: {
    level: 'warn',
    fields: { oid: 'id', fields: 'count' },
    sentence:
      'The Carequality directory has {oid} otherwise than ORGANIZATION_FILE, in {fields} fields; open-actions.csv names them.',
  },
  directory_unread: { level: 'warn', fields: { advice: 'advice' }, sentence: '{advice}' },
  audit_seed: {
    level: 'info',
    fields: { runId: 'id', seed: 'id' },
    sentence: 'The sample is drawn with the seed {seed}; --seed {seed} draws the same patients again.',
  },
  audit_waits: {
    level: 'info',
    fields: {},
    sentence: 'The audit waits: another run has the ledger. It goes on when that run ends.',
  },
  audit_repaired: {
    level: 'info',
    fields: { runId: 'id', count: 'count' },
    sentence: '{count} rows are owed again; the next nightly sends them.',
  },
  logs_unread: { level: 'warn', fields: { advice: 'advice' }, sentence: '{advice}' },
  sweep_instead: {
    level: 'warn',
    fields: { reason: 'code' },
    sentence: 'This run reads every row, not only the changes: {reason}.',
  },
  ...jobEvents,
  ...fleetEvents,
});

export type EventName = keyof typeof events;
export type Fields<E extends EventName> = {
  readonly [Name in keyof (typeof events)[E]['fields']]: (typeof events)[E]['fields'][Name] extends Kind
    ? Kinds[(typeof events)[E]['fields'][Name]]
    : never;
};
