/** Plans the rows that Redox never had in SQL, since one decision stands for all of them: most rows of a first load. */
import { classifyEncounter, classifyPatient } from '../decide/classify.ts';
import type { DecisionContext } from '../decide/decision.ts';
import type { Decision } from '../decide/difference.ts';
import { newEncounter, newPatient } from '../decide/plan/new-row.ts';
import { type NewRows, storeNewRows } from '../ledger/plan/new-rows.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';

export interface PlannedNewRows extends NewRows {
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
