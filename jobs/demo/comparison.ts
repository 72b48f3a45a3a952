/**
 * Checks whether Redox now holds what the clinic holds: every live patient, every finished visit and every summary, by id, owner and
 * content. It compares the clinic's tables with the stand-in's memory, without ledger and reports.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { loadConfig } from '../../src/config/config.ts';
import { type EncounterRow, mrnOf, type PatientRow, type Subject } from '../../src/contract/contract.ts';
import type { JsonObject } from '../../src/json.ts';
import type { MessageContext } from '../../src/message/context.ts';
import { comparable } from '../../src/message/fingerprint/fingerprint-input.ts';
import { buildNewPatient } from '../../src/message/patient.ts';
import { buildSummaryPush, summaryIdOf } from '../../src/message/document/summary.ts';
import { buildVisitPush } from '../../src/message/document/visit.ts';
import type { SectionRows } from '../../src/contract/section.ts';
import type { State } from '../../src/sandbox/redox/state.ts';
import { messageContextOf } from '../../src/run/target.ts';
import { readCharts, readClinic } from './clinic-rows.ts';
import type { Site } from './site.ts';

interface Comparison {
  readonly patients: number;
  readonly documents: number;
  readonly summaries: number;
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly entity: Exclude<Subject, 'merge'>;
  readonly id: string;
  readonly what: 'missing at Redox' | 'only at Redox' | 'under another patient' | 'other content';
}

export async function compare(site: Site): Promise<Comparison> {
  const config = loadConfig(site.settings);
  const { patients, retiredPatients, encounters } = await readClinic(config);
  const context = messageContextOf(config, new Date());
  const { patients: storedPatients, documents } = site.redox.state();
  const byId = new Map(patients.map((row) => [row.patient_id, row]));
  const live = patients.filter(({ patient_id }) => !retiredPatients.has(patient_id));
  const finished = encounters.filter(({ status }) => status === 'finished');
  const charts = await readCharts(
    config,
    finished.map(({ encounter_id }) => encounter_id),
    live.map(({ patient_id }) => patient_id),
  );
  const visits = finished.map((row) => ({
    row,
    owner: byId.get(row.patient_id),
    chart: charts.visits.get(row.encounter_id),
  }));
  const seen = new Set(finished.map(({ patient_id }) => patient_id));
  // A summary stays, and is kept up to date, also after the patient's only visit was cancelled.
  const isSummarised = ({ patient_id }: PatientRow): boolean =>
    documents.has(`${context.documentOid}^${summaryIdOf(patient_id)}`) ||
    (seen.has(patient_id) && charts.summaries.has(patient_id));
  const summaries = live.filter(isSummarised).map((row) => ({ row, chart: charts.summaries.get(row.patient_id) }));
  // Those of retired patients hold what their survivors' held at the merge.
  const others = new Set([...retiredPatients].map((id) => `${context.documentOid}^${summaryIdOf(id)}`));
  return {
    patients: live.length,
    documents: finished.length,
    summaries: summaries.length,
    differences: [
      ...patientDifferences(live, storedPatients, context),
      ...(await documentDifferences(visits, withoutSummaries(documents, context), context)),
      ...summaryDifferences(summaries, onlySummaries(documents, context, others), context),
    ],
  };
}

function patientDifferences(
  live: readonly PatientRow[],
  stored: State['patients'],
  context: MessageContext,
): readonly Difference[] {
  const expected = new Map(live.map((row) => [mrnOf(row), row]));
  const found: Difference[] = [];
  for (const { id, mergedInto } of stored.values()) {
    if (mergedInto === null && !expected.has(id)) found.push({ entity: 'patient', id, what: 'only at Redox' });
  }
  for (const [mrn, row] of expected) {
    const there = stored.get(mrn);
    const what = patientDifference(row, there?.mergedInto === null ? there.demographics : null, context);
    if (what !== null) found.push({ entity: 'patient', id: row.patient_id, what });
  }
  return found;
}

function patientDifference(
  row: PatientRow,
  stored: JsonObject | null,
  context: MessageContext,
): Difference['what'] | null {
  if (stored === null) return 'missing at Redox';
  const { Patient } = buildNewPatient(row, context).message as { Patient: { Demographics: JsonObject } };
  return isDeepStrictEqual(Patient.Demographics, stored) ? null : 'other content';
}

/** A finished visit; without an owner where the clinic deleted the patient. */
interface Visit {
  readonly row: EncounterRow;
  readonly owner: PatientRow | undefined;
  readonly chart: SectionRows | undefined;
}

async function documentDifferences(
  finished: readonly Visit[],
  stored: State['documents'],
  context: MessageContext,
): Promise<readonly Difference[]> {
  const prefix = `${context.documentOid}^`;
  const expected = new Map(finished.map((visit) => [`${prefix}${visit.row.encounter_id}`, visit]));
  const found: Difference[] = [];
  for (const id of stored.keys()) {
    if (!expected.has(id)) found.push({ entity: 'encounter', id: id.slice(prefix.length), what: 'only at Redox' });
  }
  let compared = 0;
  for (const [id, visit] of expected) {
    // This takes seconds, so it shows progress.
    if ((compared += 1) % 100 === 0) await nextTurn();
    const what = documentDifference(visit, stored.get(id), context);
    if (what !== null) found.push({ entity: 'encounter', id: visit.row.encounter_id, what });
  }
  return found;
}

const prefixOfSummaries = ({ documentOid }: MessageContext): string => `${documentOid}^${summaryIdOf('')}`;

const withoutSummaries = (stored: State['documents'], context: MessageContext): State['documents'] =>
  new Map([...stored].filter(([id]) => !id.startsWith(prefixOfSummaries(context))));

const onlySummaries = (
  stored: State['documents'],
  context: MessageContext,
  without: ReadonlySet<string>,
): State['documents'] =>
  new Map([...stored].filter(([id]) => id.startsWith(prefixOfSummaries(context)) && !without.has(id)));

function summaryDifferences(
  summaries: readonly { readonly row: PatientRow; readonly chart: SectionRows | undefined }[],
  stored: State['documents'],
  context: MessageContext,
): readonly Difference[] {
  const prefix = prefixOfSummaries(context);
  const expected = new Map(summaries.map((summary) => [`${prefix}${summary.row.patient_id}`, summary]));
  const found: Difference[] = [];
  for (const id of stored.keys()) {
    if (!expected.has(id)) found.push({ entity: 'summary', id: id.slice(prefix.length), what: 'only at Redox' });
  }
  for (const [id, { row, chart }] of expected) {
    const push = { mrn: mrnOf(row), version: { number: 1, madeAt: new Date(0) } };
    const { message } = buildSummaryPush(row.patient_id, row, push, context, chart);
    const what = differenceOf(stored.get(id), push.mrn, message);
    if (what !== null) found.push({ entity: 'summary', id: row.patient_id, what });
  }
  return found;
}

/** `message`: what the document should say. */
function differenceOf(
  stored: { readonly patientId: string; readonly message: JsonObject } | undefined,
  mrn: string,
  message: JsonObject,
): Difference['what'] | null {
  if (stored === undefined) return 'missing at Redox';
  if (mrn !== stored.patientId) return 'under another patient';
  return comparable(message) === comparable(stored.message) ? null : 'other content';
}

function documentDifference(
  { row, owner, chart }: Visit,
  stored: { readonly patientId: string; readonly message: JsonObject } | undefined,
  context: MessageContext,
): Difference['what'] | null {
  if (stored === undefined) return 'missing at Redox';
  if (owner === undefined) return 'under another patient';
  const push = { mrn: mrnOf(owner), version: { number: 1, madeAt: new Date(0) } };
  return differenceOf(stored, push.mrn, buildVisitPush(row, owner, push, context, chart).message);
}
