/** What a step of somebody who works in the EHR does to it. A step that finds nothing to work on does nothing. */
import type { ModelEhr, PatientRecord, VisitRecord } from './model-ehr.ts';
import { mrns, patientIds, visitIds, type EhrStep, type Touch } from './step.ts';

const dayMs = 86_400_000;
const firstDay = Date.UTC(2026, 0, 10);
/** Visit by visit, a day apart. */
export const visitDay = (visit: number): Date => new Date(firstDay + visit * dayMs);

export function work(ehr: ModelEhr, step: EhrStep): void {
  switch (step.do) {
    case 'patient':
      upsertPatient(ehr, idOf(patientIds, step.patient), step.touch, { last_name: `Name ${step.name}` });
      return;
    case 'change mrn':
      editPatient(ehr, idOf(patientIds, step.patient), step.touch, { mrn: mrns[step.mrn] ?? null });
      return;
    case 'double patient':
      ehr.patients = [...ehr.patients, ...ehr.patientRows(idOf(patientIds, step.patient)).slice(0, 1)];
      return;
    case 'delete patient':
      ehr.patients = ehr.patients.filter(({ patient_id }) => patient_id !== patientIds[step.patient]);
      return;
    case 'merge':
      ehr.merges = ehr.merges.filter(({ retired_id }) => retired_id !== patientIds[step.retired]);
      addMerge(ehr, step);
      return;
    case 'double merge':
      addMerge(ehr, step);
      return;
    case 'undo merge':
      ehr.merges = ehr.merges.filter(({ retired_id }) => retired_id !== patientIds[step.retired]);
      return;
    case 'visit':
    case 'change status':
    case 'move visit':
    case 'double visit':
    case 'delete visit':
      workOnVisit(ehr, step);
  }
}

type VisitStep = Extract<EhrStep, { readonly visit: number }>;

function workOnVisit(ehr: ModelEhr, step: VisitStep): void {
  const id = idOf(visitIds, step.visit);
  switch (step.do) {
    case 'visit':
      upsertVisit(ehr, step.visit, step.touch, {
        patient_id: idOf(patientIds, step.patient),
        status: step.status,
        reason: `Reason ${step.reason}`,
      });
      return;
    case 'change status':
      editVisit(ehr, id, step.touch, { status: step.status });
      return;
    case 'move visit':
      editVisit(ehr, id, step.touch, { patient_id: idOf(patientIds, step.patient) });
      return;
    case 'double visit':
      ehr.visits = [...ehr.visits, ...ehr.visitRows(id).slice(0, 1)];
      return;
    case 'delete visit':
      ehr.visits = ehr.visits.filter(({ visit_id }) => visit_id !== id);
  }
}

/** Leaves one row, also where there were two. */
function upsertPatient(ehr: ModelEhr, id: string, touch: Touch, values: Pick<PatientRecord, 'last_name'>): void {
  const [before] = ehr.patientRows(id);
  const row = { patient_id: id, mrn: null, zip: '60601', ...before, ...values, updated_at: timeOf(touch, before) };
  ehr.patients = [...ehr.patients.filter(({ patient_id }) => patient_id !== id), row];
}

function editPatient(ehr: ModelEhr, id: string, touch: Touch, values: Partial<PatientRecord>): void {
  ehr.patients = ehr.patients.map((row) =>
    row.patient_id === id ? { ...row, ...values, updated_at: timeOf(touch, row) } : row,
  );
}

function upsertVisit(
  ehr: ModelEhr,
  number: number,
  touch: Touch,
  values: Pick<VisitRecord, 'patient_id' | 'status' | 'reason'>,
): void {
  const id = idOf(visitIds, number);
  const [before] = ehr.visitRows(id);
  const row = {
    visit_id: id,
    started_at: visitDay(number),
    ended_at: new Date(visitDay(number).getTime() + dayMs / 24),
    ...values,
    updated_at: timeOf(touch, before),
  };
  ehr.visits = [...ehr.visits.filter(({ visit_id }) => visit_id !== id), row];
}

function editVisit(ehr: ModelEhr, id: string, touch: Touch, values: Partial<VisitRecord>): void {
  ehr.visits = ehr.visits.map((row) =>
    row.visit_id === id ? { ...row, ...values, updated_at: timeOf(touch, row) } : row,
  );
}

function addMerge(ehr: ModelEhr, { retired, survivor }: { readonly retired: number; readonly survivor: number }): void {
  const row = {
    retired_id: idOf(patientIds, retired),
    survivor_id: idOf(patientIds, survivor),
    merged_at: new Date(),
  };
  ehr.merges = [...ehr.merges, row];
}

/** A row that is edited silently keeps its time; one that is new and silent is a day old. */
function timeOf(touch: Touch, before: { readonly updated_at: Date } | undefined): Date {
  if (touch === 'stamped') return new Date();
  return before?.updated_at ?? new Date(Date.now() - dayMs);
}

export function idOf(ids: readonly string[], number: number): string {
  const id = ids[number];
  if (id === undefined) throw new Error(`there is no number ${number}`);
  return id;
}
