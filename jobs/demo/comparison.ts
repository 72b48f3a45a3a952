/**
 * Whether Redox now holds what the clinic holds: every live patient and every finished visit, by id, owner and content. It is
 * made from the clinic's tables and the stand-in's memory; neither the ledger nor a report has a say.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { loadConfig } from '../../src/config/config.ts';
import { type EncounterRow, mrnOf, type PatientRow } from '../../src/contract/contract.ts';
import type { JsonObject } from '../../src/json.ts';
import type { MessageContext } from '../../src/message/context.ts';
import { comparable } from '../../src/message/fingerprint/fingerprint-input.ts';
import { buildNewPatient } from '../../src/message/patient.ts';
import { buildVisitPush } from '../../src/message/document/visit.ts';
import type { SectionRows } from '../../src/contract/section.ts';
import type { State } from '../../src/sandbox/redox/state.ts';
import { messageContextOf } from '../../src/run/target.ts';
import { readCharts, readClinic } from './clinic-rows.ts';
import type { Site } from './site.ts';

interface Comparison {
  readonly patients: number;
  readonly documents: number;
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly entity: 'patient' | 'encounter';
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
  );
  const visits = finished.map((row) => ({ row, owner: byId.get(row.patient_id), chart: charts.get(row.encounter_id) }));
  return {
    patients: live.length,
    documents: finished.length,
    differences: [
      ...patientDifferences(live, storedPatients, context),
      ...(await documentDifferences(visits, documents, context)),
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

function documentDifference(
  { row, owner, chart }: Visit,
  stored: { readonly patientId: string; readonly message: JsonObject } | undefined,
  context: MessageContext,
): Difference['what'] | null {
  if (stored === undefined) return 'missing at Redox';
  if (owner === undefined || mrnOf(owner) !== stored.patientId) return 'under another patient';
  const { message } = buildVisitPush(
    row,
    owner,
    { mrn: mrnOf(owner), version: { number: 1, madeAt: new Date(0) } },
    context,
    chart,
  );
  return comparable(message) === comparable(stored.message) ? null : 'other content';
}
