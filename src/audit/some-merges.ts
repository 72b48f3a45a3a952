/** Looks at some merges before any is assessed, because Redox documents no answer for a retired MRN. */
import { lookAtMerged, type MergedLook, showMerges } from '../decide/audit/merged-record.ts';
import { mergedRecords, someSurvivors } from '../ledger/record/audit.ts';
import type { Session } from '../postgres/session.ts';
import type { Queries } from '../redox/query/queries.ts';

interface Looking {
  readonly reader: Session;
  readonly queries: Queries;
  readonly patientOid: string;
  readonly confirmWithinMs: number;
}

const mostMerges = 20;
/** Some survivors may have no merge that is old enough. */
const survivorsRead = 5 * mostMerges;

export interface SomeMerges {
  readonly asked: number;
  /** Whether their answers tell merges that were made from lost ones. */
  readonly areShown: boolean;
}

export async function lookAtSomeMerges({ reader, queries, ...by }: Looking): Promise<SomeMerges> {
  const { byMrn } = queries;
  if (byMrn === null) return { asked: 0, areShown: false };
  const survivors = await someSurvivors(reader, survivorsRead);
  const records = await mergedRecords(reader, survivors, by.confirmWithinMs);
  const looks: MergedLook[] = [];
  for (const { mrn, survivor_mrn } of records.slice(0, mostMerges)) {
    looks.push(lookAtMerged(await byMrn(mrn), { mrn, survivorMrn: survivor_mrn, patientOid: by.patientOid }));
  }
  return { asked: looks.length, areShown: showMerges(looks) };
}
