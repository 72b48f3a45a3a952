import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';
import type { Call } from '../ledger/record/calls.ts';
import type { Known } from './prepare-call.ts';

/**
 * Says of a call whether its row is still the one that the plan saw: both are fingerprints of the same bytes (decision 2). A merge
 * has no fingerprint; whether the EHR still has it is asked of its merges. A row that is gone or stands twice is not judged
 * here: the preparer says more of it.
 */
export const isAsPlanned =
  (fingerprints: Fingerprints) =>
  (call: Call, { rows }: Known): boolean => {
    const line = lineOf(call, rows);
    if (call.scanned_fingerprint === null || line === undefined) return true;
    const entity = call.entity === 'encounter' ? 'encounter' : 'patient';
    return fingerprints.row(entity, Buffer.from(line)) === call.scanned_fingerprint;
  };

function lineOf({ entity, entity_id }: Call, { patients, encounters }: Known['rows']): string | undefined {
  const [row, another] = (entity === 'encounter' ? encounters : patients).get(entity_id) ?? [];
  return another === undefined ? row?.line : undefined;
}
