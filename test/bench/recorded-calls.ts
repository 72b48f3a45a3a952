/**
 * The ceiling of delivery: the bare loop, with nothing but what the ledger has to be told of each call beside it (that it is being
 * sent, before it is, and what became of it), in batches as a delivery's. No row is read and no message is made.
 * It prints calls per second.
 *
 *   argv: URL, file with a body a line, how many calls. LEDGER_URL and LEDGER_KEY: a ledger in which as many are planned.
 */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { Secret } from '../../src/secret.ts';
import { groupsOf } from '../../src/message/fingerprint/field-group.ts';
import { bounded } from '../../src/async/bounded.ts';
import type { CallResult, Synced } from '../../src/ledger/record/call-result.ts';
import { Journal } from '../../src/ledger/record/journal.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { type Call, plannedCalls } from '../../src/ledger/record/calls.ts';
import type { Run } from '../../src/ledger/run/run.ts';
import { benchSql } from './database.ts';

const [url = '', file = '', wanted = '0'] = process.argv.slice(2);
const bodies = readFileSync(file, 'utf8').trimEnd().split('\n');
const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer bench' };
const inFlight = 16;
const lanes = inFlight + 32;

const given = (name: string): Secret => new Secret(process.env[name] ?? '');
const ledger = await openLedger({ url: given('LEDGER_URL'), ledgerKey: given('LEDGER_KEY'), ledgerKeyPrevious: null });
const run = await ledger.reader.one<Run>({ name: 'last-run', text: benchSql('last-run') });
const planned: Call[] = [];
for await (const page of plannedCalls(ledger.reader, run, Number(wanted), Number(wanted))) planned.push(...page);

const journal = new Journal(ledger.writer, run, 'UTC');
const pool = new Pool(url, { connections: inFlight, pipelining: 1 });
const slot = bounded(inFlight);

async function post(body: string): Promise<CallResult['attempts'][number]> {
  const startedAt = new Date();
  const answer = await pool.request({ path: '/endpoint', method: 'POST', headers, body });
  await answer.body.dump();
  const { statusCode: httpStatus } = answer;
  return {
    startedAt,
    finishedAt: new Date(),
    result: 'accepted',
    httpStatus,
    reason: null,
    detail: null,
    redoxLogId: null,
    logId: null,
  };
}

const fingerprint = '0'.repeat(32);
const sentFactsOf = ({ entity }: Call): Synced => ({
  rowFingerprint: fingerprint,
  messageFingerprint: fingerprint,
  groupFingerprints: groupsOf(entity === 'summary' ? 'patient' : entity)
    .map(() => '0'.repeat(16))
    .join(''),
  builderVersion: 1,
  matchFaults: null,
  understood: null,
  death: null,
  sectionRows: null,
  sectionDigests: null,
});

let next = 0;
async function lane(): Promise<void> {
  const recorded: Promise<void>[] = [];
  for (;;) {
    const call = planned[next];
    if (call === undefined || next >= Number(wanted)) break;
    const body = bodies[next % bodies.length] ?? '';
    next += 1;
    const isVisit = call.event_type === 'VisitPush';
    const mrn = call.event_type === 'NewPatient' ? call.planned_mrn : null;
    const documentVersion = isVisit ? { number: 1, madeAt: new Date() } : null;
    await journal.proofFor({ callId: call.call_id, mrn, documentVersion }).renew();
    const attempt = await slot(() => post(body));
    recorded.push(journal.record(resultOf(call, mrn, attempt)));
  }
  await Promise.all(recorded);
}

const resultOf = (call: Call, mrn: string | null, attempt: CallResult['attempts'][number]): CallResult => ({
  callId: call.call_id,
  entity: call.entity,
  entityId: call.entity_id,
  patientId: call.patient_id,
  state: 'accepted',
  reason: null,
  stillOpen: false,
  attempts: [attempt],
  finishedAt: attempt.finishedAt,
  mrn,
  formerMrns: [],
  rowPatientId: call.row_patient_id,
  synced: sentFactsOf(call),
  refused: null,
  changedGroups: null,
  findings: [],
  objection: null,
});

const startedAt = performance.now();
await Promise.all(Array.from({ length: lanes }, lane));
process.stdout.write(`${(next / (performance.now() - startedAt)) * 1000}\n`);
await pool.close();
await ledger.close();
