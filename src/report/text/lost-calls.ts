/** Reads calls.csv of a run that is missing from the ledger. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { isSubject, type Subject } from '../../contract/contract.ts';
import { undefuse } from '../defuse.ts';

interface CallLine {
  readonly entity: Subject;
  readonly entityId: string;
  readonly patientId: string;
}

const sentKinds: ReadonlySet<string> = new Set(['accepted', 'unknown']);

/**
 * Yields the calls that may have reached Redox, as far as the file is readable; `onUnreadable` is called if it is
 * missing or truncated.
 */
export async function* readSentCalls(file: string, onUnreadable: () => void): AsyncGenerator<CallLine> {
  try {
    const lines = parse({ columns: true });
    createReadStream(file)
      .on('error', (error) => lines.destroy(error))
      .pipe(lines);
    for await (const line of lines as AsyncIterable<Readonly<Record<string, string | undefined>>>) {
      const { entity, entity_id: entityId, patient_id: patientId, kind = '' } = line;
      if (!isSubject(entity) || entityId === undefined || patientId === undefined || !sentKinds.has(kind)) continue;
      yield { entity, entityId: undefuse(entityId), patientId: undefuse(patientId) };
    }
  } catch {
    onUnreadable();
  }
}
