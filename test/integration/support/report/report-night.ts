import { callRow, type CraftedLedger, runRow } from './report-ledger.ts';

/** The night that the golden files show: every kind and every state, after a sweep, an intraday and a plan that was not sent. */
export const night = { number: 4, id: '20260131T081500Z-nightly-3f2a', job: 'nightly' };

/** Ids as EHRs have them, and as somebody may have made them who means harm. */
export const trickyIds: readonly string[] = [
  "=cmd|' /C calc'!A0",
  '@SUM(1)',
  '-1',
  '+49 1',
  "'=quoted",
  '＝wide',
  'with "quotes", commas',
  'two\nlines',
  'two\r\nlines',
  '\ttab',
  "O'Neil/Ünïcödé 患者",
];

const counts = {
  patient: { read: 12, unchanged: 4, due: 6, not_due: 1, invalid: 1, orphan: 0, held: 0, new: 4, changed: 2, gone: 1 },
  merge: { read: 3, unchanged: 0, due: 1, not_due: 1, invalid: 1, orphan: 0, held: 0, new: 1, changed: 0, gone: 0 },
  encounter: {
    read: 20,
    unchanged: 9,
    due: 5,
    not_due: 2,
    invalid: 1,
    orphan: 2,
    held: 1,
    new: 4,
    changed: 1,
    gone: 1,
  },
};

export async function fillLedger(ledger: CraftedLedger): Promise<void> {
  await ledger.insert(
    'run',
    runRow('20260130T081500Z-nightly-0001', '2026-01-30T08:15:00Z', { exit_code: 2 }),
    runRow('20260130T160000Z-intraday-0002', '2026-01-30T16:00:00Z', { job: 'intraday', mode: 'changes' }),
    runRow('20260130T200000Z-nightly-0003', '2026-01-30T20:00:00Z', { plan_only: true }),
    runRow(night.id, '2026-01-31T08:15:00.5Z', {
      exit_code: 2,
      watermark_from: '2026-01-30T07:15:00Z',
      watermark_to: '2026-01-31T07:15:00.123Z',
      counts,
    }),
    runRow('20260131T160000Z-intraday-0005', '2026-01-31T16:00:00Z', { job: 'intraday', mode: 'changes' }),
    runRow('20260131T180000Z-intraday-0006', '2026-01-31T18:00:00Z', { job: 'intraday', mode: 'changes' }),
  );
  await whatOtherRunsHad(ledger);
  await discrepancies(ledger);
  await calls(ledger);
  await dataQuality(ledger);
  await matchKeys(ledger);
}

/** Of three lines of the night the sweep before had the first, an intraday the second, and a plan that was not sent the third. */
async function whatOtherRunsHad(ledger: CraftedLedger): Promise<void> {
  const orphan = { entity: 'encounter', patient_id: 'P-404', kind: 'orphan', detail: 'missing_patient' };
  await ledger.insert(
    'discrepancy',
    { run_number: 1, entity_id: 'E-known', ...orphan },
    { run_number: 2, entity_id: 'E-since', ...orphan },
    { run_number: 3, entity_id: 'E-planned', ...orphan },
    { run_number: 4, entity_id: 'E-known', ...orphan },
    { run_number: 4, entity_id: 'E-since', ...orphan },
    { run_number: 4, entity_id: 'E-planned', ...orphan },
    { run_number: 5, entity_id: 'E-known', ...orphan },
    { run_number: 5, entity_id: 'E-since', ...orphan },
    { run_number: 6, entity_id: 'E-since', ...orphan },
    { run_number: 6, entity_id: 'E-late', ...orphan },
  );
  await ledger.insert(
    'call',
    callRow(1, 'rejected', { event_type: 'VisitPush', entity_id: 'E-rejected', reason: 'http_413' }),
  );
}

const updated = { row_updated_at: '2026-01-30T16:20:11.9876+00' };

/** Those without a call. */
async function discrepancies(ledger: CraftedLedger): Promise<void> {
  const found = (entity: string, entityId: string, kind: string, more: object = {}): Record<string, unknown> => ({
    run_number: night.number,
    entity,
    entity_id: entityId,
    patient_id: entity === 'patient' ? entityId : 'P-1',
    kind,
    ...more,
  });
  await ledger.insert(
    'discrepancy',
    found('patient', 'P-gone', 'gone'),
    found('patient', 'P-twice', 'duplicate_key'),
    found('patient', '', 'invalid', { patient_id: null, detail: 'missing_key' }),
    found('patient', 'P-shared', 'invalid', { detail: 'shared_mrn' }),
    found('merge', 'P-undone', 'merge_undone'),
    found('merge', 'P-undone-gone', 'merge_undone', { detail: 'retired_row_gone' }),
    found('merge', 'P-repointed-gone', 'merge_repointed', { detail: 'retired_row_gone' }),
    found('merge', 'P-cycle', 'merge_cycle', { patient_id: null }),
    found('merge', 'P-nobody', 'merge_without_survivor', { patient_id: null }),
    found('merge', 'P-half', 'invalid', { patient_id: null, detail: 'missing_survivor' }),
    found('encounter', 'E-orphan', 'orphan', { detail: 'merge_cycle' }),
    found('encounter', 'E-cancelled', 'cancelled_after_push', updated),
    found('encounter', 'E-lonely', 'invalid', { patient_id: null, detail: 'missing_patient' }),
    found('encounter', 'E-status', 'invalid', { detail: 'unreadable_status' }),
    found('encounter', 'E-held', 'held'),
    found('encounter', 'E-gone', 'gone'),
  );
}

async function calls(ledger: CraftedLedger): Promise<void> {
  const call = (state: string, eventType: string, entityId: string, more: object = {}): Record<string, unknown> =>
    callRow(night.number, state, { event_type: eventType, entity_id: entityId, ...more });
  const logId = { redox_log_id: '7b1f6c9e-0f3a-4c55-9e0c-2d4c1a9a1f10' };
  await ledger.insert(
    'call',
    ...trickyIds.map((id) => call('accepted', 'NewPatient', id, { http_status: 200, found_kind: 'new' })),
    call('rejected', 'NewPatient', 'P-new', {
      reason: 'http_400',
      http_status: 400,
      ...logId,
      attempts: 2,
      found_kind: 'new',
      ...updated,
    }),
    call('blocked', 'VisitPush', 'E-after', { lane: 'P-new', patient_id: 'P-new', reason: 'new_patient_failed' }),
    call('accepted', 'PatientUpdate', 'P-changed', {
      http_status: 200,
      ...logId,
      found_kind: 'changed',
      ...updated,
      changed_groups: ['address', 'contact'],
    }),
    call('accepted', 'PatientMerge', 'P-changed', { http_status: 200 }),
    call('unneeded', 'PatientUpdate', 'P-unneeded', { found_kind: 'changed', ...updated, changed_groups: [] }),
    call('failed', 'PatientUpdate', 'P-silent', {
      reason: 'connection_refused',
      attempts: 5,
      found_kind: 'silent_change',
      row_updated_at: '2025-12-01T00:00:00Z',
    }),
    call('unknown', 'PatientUpdate', 'P-far', {
      reason: 'timeout',
      attempts: 3,
      open_since: '2026-01-28T08:15:00Z',
      found_kind: 'changed',
      row_updated_at: 'infinity',
    }),
    call('accepted', 'PatientMerge', 'P-merged', {
      entity: 'merge',
      patient_id: 'P-1',
      http_status: 200,
      found_kind: 'merged',
    }),
    call('superseded', 'NewPatient', 'P-undone', { reason: 'row_gone', is_open: false }),
    call('failed', 'NewPatient', 'P-repointed', { lane: 'P-1', reason: 'http_429', http_status: 429, attempts: 5 }),
    call('blocked', 'PatientMerge', 'P-repointed', {
      lane: 'P-1',
      entity: 'merge',
      patient_id: 'P-1',
      reason: 'new_patient_failed',
      found_kind: 'merge_repointed',
    }),
    call('planned', 'VisitPush', 'E-moved', {
      lane: 'P-1',
      patient_id: 'P-1',
      forced: true,
      found_kind: 'changed',
      found_detail: 'owner',
    }),
    call('superseded', 'VisitPush', 'E-left', { reason: 'newer_plan', is_open: false }),
    call('rejected', 'VisitPush', 'E-rejected', { reason: 'http_413', http_status: 413 }),
    call('rejected', 'VisitPush', 'E-forbidden', { reason: 'http_403', http_status: 403 }),
    call('rejected', 'VisitPush', 'E-nowhere', { reason: 'http_404', http_status: 404 }),
    call('blocked', 'VisitPush', 'E-nobody', { reason: 'patient_gone' }),
    call('blocked', 'VisitPush', 'E-double', { reason: 'duplicate_key' }),
  );
  const attempt = { started_at: '2026-01-31T08:15:42.3Z', finished_at: '2026-01-31T08:15:42.9Z', result: 'rejected' };
  const { call_id } = await ledger.session.one<{ call_id: number }>({
    name: 'the rejected call',
    text: "SELECT call_id FROM call WHERE entity_id = 'P-new'",
  });
  await ledger.insert(
    'attempt',
    {
      call_id,
      number: 1,
      ...attempt,
      result: 'ambiguous',
      http_status: 502,
      reason: 'http_502',
      detail: 'Bad gateway',
    },
    {
      call_id,
      number: 2,
      ...attempt,
      http_status: 400,
      reason: 'http_400',
      detail: '=*** is not valid, see "Patient"\nline 2',
    },
  );
}

async function dataQuality(ledger: CraftedLedger): Promise<void> {
  const found = { run_number: night.number, patient_id: 'P-1' };
  await ledger.insert(
    'data_quality',
    { ...found, entity: 'patient', entity_id: 'P-1', kind: 'unmapped', column_name: 'marital_status' },
    { ...found, entity: 'encounter', entity_id: '-E', kind: 'missing_time', column_name: 'started_at' },
    { run_number: night.number, entity: 'file', entity_id: 'patients.csv', kind: 'too_few_fields', line: 20_931 },
    { run_number: 1, entity: 'file', entity_id: 'patients.csv', kind: 'not_utf8', line: 1 },
  );
}

/** Of those whom Redox holds: one without a fault, one with all that one can have, one with an odd id, one not judged. */
async function matchKeys(ledger: CraftedLedger): Promise<void> {
  const held = { presence: 'present', mrn: '1' };
  const faults = ['last_name_malformed', 'first_name_missing', 'birth_date_malformed', 'zip_missing', 'mrn_missing'];
  await ledger.insert(
    'patient',
    { ...held, patient_id: 'P-sound', match_faults: [] },
    { ...held, patient_id: 'P-faulty', match_faults: faults },
    { ...held, patient_id: '-1', match_faults: ['zip_malformed'] },
    { ...held, patient_id: 'P-1', match_faults: ['mrn_missing'] },
    { ...held, patient_id: 'P-unassessed' },
    { ...held, patient_id: 'P-uncertain', presence: 'uncertain', match_faults: ['zip_missing'] },
    { ...held, patient_id: 'P-merged', presence: 'merged', merged_into: 'P-1', sent_into: 'P-1' },
  );
}
