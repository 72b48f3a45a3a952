/** Plans the rows that Redox never had in SQL, since one decision stands for all of them: most rows of a first load. */
import { classifyEncounter, classifyPatient } from '../decide/classify.ts';
import type { DecisionContext } from '../decide/decision.ts';
import type { Decision, EncounterDifference, PatientDifference } from '../decide/difference.ts';
import { type NewRows, storeNewRows } from '../ledger/plan/new-rows.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';

interface PlannedNewRows extends NewRows {
  /** Of each row. */
  readonly decision: Decision;
}

/** False for a damaged source: any of its rows may lack a line. */
export const canPlanAtOnce = ({ damage, files }: Services['source']): boolean =>
  damage.sections.length + damage.details.length === 0 && files.every(({ damagedFields }) => damagedFields === 0);

/** Page by page, in the transaction of the plan. */
export async function* planNewRows(
  entity: 'patient' | 'encounter',
  context: DecisionContext,
  { ledger: { writer }, run }: Services,
  { forced }: Pick<ScopedPolicy, 'forced'>,
  approved: Date | null,
  afterRank: number | null = null,
): AsyncGenerator<PlannedNewRows> {
  const decision =
    entity === 'patient' ? classifyPatient(newPatient, context) : classifyEncounter(newEncounter, context);
  for await (const rows of storeNewRows(writer, run, entity, { decision, forced, approved, afterRank })) {
    yield { decision, ...rows };
  }
}

/** Without a refusal, a person's decision or a begun call: a decision sees nothing else in such a row. */
const withoutHistory = {
  entity_id: '',
  updated_at: null,
  fingerprint: '',
  asked: true,
  lane: '',
  rank: 0,
  presence: null,
  section_rows: null,
  section_digests: null,
  was_certain: false,
  row_differs: true,
  is_sent_again: false,
  open_since: null,
  open_state: null,
  open_log_status: null,
  rejected_dates: 0,
  is_ignored: false,
} as const;

const newPatient: PatientDifference = {
  ...withoutHistory,
  mrn: '',
  mrn_differs: true,
  has_former_mrns: false,
  doubtful_mrns: [],
};

/** A finished visit of a patient who can be sent. */
const newEncounter: EncounterDifference = {
  ...withoutHistory,
  patient_id: '',
  status: 'finished',
  owner_id: '',
  owner_fault: null,
  patient_waits: null,
  owner_differs: true,
};
