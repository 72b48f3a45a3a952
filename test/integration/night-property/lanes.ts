/**
 * The lane rule (decision 15) as a model: which calls of a person may start after what became of the others, in which order, and never
 * two at a time.
 */
import type { Session } from '../../../src/postgres/session.ts';

interface Done {
  readonly lane: string;
  readonly event_type: string;
  readonly entity: string;
  readonly entity_id: string;
  readonly row_patient_id: string | null;
  /** Of a merge: in whose record Redox may still have the retired patient, after the run. */
  readonly inside: string | null;
  readonly state: string;
  readonly reason: string | null;
  /** Of its POSTs, by the clock of this process. */
  readonly started: readonly Date[] | null;
  readonly finished: readonly Date[] | null;
}

const callsInOrder = `
  SELECT
    lane, event_type, entity, entity_id, row_patient_id, state, reason,
    (SELECT merged_into FROM patient p WHERE c.entity = 'merge' AND p.patient_id = c.entity_id) AS inside,
    (SELECT array_agg(started_at ORDER BY number) FROM attempt a WHERE a.call_id = c.call_id) AS started,
    (SELECT array_agg(finished_at ORDER BY number) FROM attempt a WHERE a.call_id = c.call_id) AS finished
  FROM call c
  WHERE run_number = (SELECT run_number FROM run WHERE run_id = $1)
  ORDER BY lane, position, call_id`;

/** What a run's calls say against the lane rule, each a sentence. */
export async function laneFaults(ledger: Session, runId: string): Promise<string[]> {
  const calls = (await ledger.query('the calls of a run', callsInOrder, [runId])).rows as Done[];
  const lanes = new Set(calls.map(({ lane }) => lane));
  return [...lanes].flatMap((lane) => faultsIn(calls.filter((call) => call.lane === lane)));
}

function faultsIn(calls: readonly Done[]): string[] {
  const faults: string[] = [];
  const failedMerges = new Set<string>();
  let hasNewPatientFailed = false;
  let hasEnded = false;
  let lastFinished = new Date(0);
  for (const call of calls) {
    const say = (what: string): void => void faults.push(`${call.event_type} of ${call.entity_id} ${what}`);
    if (call.state === 'planned') {
      hasEnded = true;
      continue;
    }
    const waitsFor = call.row_patient_id ?? call.inside;
    const mergeFailed = waitsFor !== null && failedMerges.has(waitsFor) ? 'merge_failed' : null;
    const due = hasNewPatientFailed ? 'new_patient_failed' : mergeFailed;
    const isHeldBack = call.state === 'blocked' && (call.reason ?? '').endsWith('_failed');
    if (isHeldBack && call.reason !== due) say(`was held back (${call.reason}) and need not be`);
    if (call.started !== null && due !== null) say(`was sent in spite of ${due}`);
    if (call.started !== null && hasEnded) say('was sent after a call that was not started');
    for (const [number, started] of (call.started ?? []).entries()) {
      if (started < lastFinished) say('was sent before the call before it was over');
      lastFinished = call.finished?.[number] ?? started;
    }
    if (call.state === 'accepted' || call.state === 'unneeded') continue;
    if (call.event_type === 'NewPatient') hasNewPatientFailed = true;
    if (call.entity === 'merge') failedMerges.add(call.entity_id);
  }
  return faults;
}
