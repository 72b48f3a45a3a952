import type { Fingerprints } from '../message/fingerprint/fingerprint.ts';
import type { Call } from '../ledger/record/calls.ts';
import type { Known } from './prepared.ts';

/**
 * Compares the fingerprint of a call's row with the planned one: both are of the same bytes (decision 2). Merges, missing rows
 * and duplicate rows always pass here; the preparer handles them.
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
