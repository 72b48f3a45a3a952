/** One row a difference: a call carries the discrepancy that it is to end, so only a discrepancy without a call is stored by itself. */
import type { Decision, Discrepancy, PlannedCall } from '../difference.ts';

export interface CausedCall extends PlannedCall {
  /** None for a row's further calls, and for a row that is sent again unchanged. */
  readonly cause?: Pick<Discrepancy, 'kind' | 'detail' | 'rowUpdatedAt'> | null;
}

/** The calls of a row. The one that sends the row itself carries its discrepancy; of MRNs alone, the last. */
export function callsWithCause({ discrepancy, calls }: Decision): readonly CausedCall[] {
  const isOwn = ({ eventType, mrn }: PlannedCall): boolean => eventType !== 'PatientMerge' && mrn === null;
  const own = calls.findIndex(isOwn);
  const carrier = own === -1 ? calls.length - 1 : own;
  return calls.map((call, index) => ({ ...call, cause: index === carrier ? discrepancy : null }));
}

export const discrepancyAlone = ({ discrepancy, calls }: Decision): readonly Discrepancy[] =>
  discrepancy === null || calls.length > 0 ? [] : [discrepancy];
