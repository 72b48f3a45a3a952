/**
 * How many candidates would be calls: a sample of them is fetched and their messages are built and compared, as a delivery would,
 * but for sending (decision 16).
 */
import type { MessageContext } from '../core/message/context.ts';
import type { Ehr } from '../ehr/ehr.ts';
import { type Call, encounterFacts, patientFacts } from '../ledger/calls.ts';
import { sampleChanged } from '../ledger/guard.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Run } from '../ledger/run.ts';
import { CallPreparer } from './prepare-call.ts';

const sampleSize = 200;

/** A sentence without its full stop. Called in the transaction of the plan, while nothing else reads the ledger. */
export async function estimateCalls(
  ledger: Ledger,
  run: Run,
  { ehr, context }: { readonly ehr: Ehr; readonly context: MessageContext },
  entities: readonly ('patient' | 'encounter')[],
): Promise<string> {
  const calls = await sampleChanged(ledger.writer, run, entities, sampleSize);
  const patientIds = [...new Set(calls.map((call) => call.patient_id))];
  const encounterIds = idsOf(calls, 'encounter');
  const known = {
    rows: await ehr.fetchPage(patientIds, encounterIds),
    patients: await patientFacts(ledger.reader, patientIds),
    encounters: await encounterFacts(ledger.reader, encounterIds),
  };
  const preparer = new CallPreparer(ledger.fingerprints, context);
  const sent = calls.filter((call) => preparer.prepare(call, known).kind === 'send').length;
  return (
    `Of ${calls.length} of the changed rows, picked as by lot, ${sent} would send Redox a message, ` +
    `and ${calls.length - sent} have not changed in what Redox is told`
  );
}

const idsOf = (calls: readonly Call[], entity: Call['entity']): string[] =>
  calls.filter((call) => call.entity === entity).map(({ entity_id }) => entity_id);
