/** Reads calls.csv of a run again, for a ledger that has forgotten the run. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { undefuse } from '../defuse.ts';

interface CallLine {
  readonly entity: 'patient' | 'merge' | 'encounter';
  readonly entityId: string;
  readonly patientId: string;
}

/** What may have reached Redox. */
const sentKinds: ReadonlySet<string> = new Set(['accepted', 'unknown']);
const isEntity = (text: string | undefined): text is CallLine['entity'] =>
  text === 'patient' || text === 'merge' || text === 'encounter';

/** The calls of a file that may have reached Redox, as far as it can be read; `onUnreadable` learns that it ends too early, or is missing. */
export async function* readSentCalls(file: string, onUnreadable: () => void): AsyncGenerator<CallLine> {
  try {
    const lines = parse({ columns: true });
    createReadStream(file)
      .on('error', (error) => lines.destroy(error))
      .pipe(lines);
    for await (const line of lines as AsyncIterable<Readonly<Record<string, string | undefined>>>) {
      const { entity, entity_id: entityId, patient_id: patientId, kind = '' } = line;
      if (!isEntity(entity) || entityId === undefined || patientId === undefined || !sentKinds.has(kind)) continue;
      yield { entity, entityId: undefuse(entityId), patientId: undefuse(patientId) };
    }
  } catch {
    onUnreadable();
  }
}
