/** What must be true at Redox once the export is whole again: what it has is what the clinic has. */
import type { State } from '../../../src/sandbox/redox/state.ts';
import { documentOid } from '../redox/stand-in-client.ts';
import type { Clinic, ClinicPatient, ClinicVisit } from './clinic.ts';
import { isAllergy, type SentAllergy } from './sent.ts';

/** Each a sentence; none where all is as it must be. */
export const differences = (clinic: Clinic, state: State): string[] => [
  ...[...clinic.patients.values()].flatMap((row) => wrongPatient(row, clinic, state)),
  ...[...clinic.visits.values()].flatMap((row) => wrongDocument(row, clinic, state)),
];

function wrongPatient(row: ClinicPatient, clinic: Clinic, state: State): string[] {
  const stored = state.patients.get(row.mrn);
  const survivor = clinic.survivorOf(row.id);
  if (survivor !== row.id) {
    // Whom Redox never had need not be merged there.
    if (stored === undefined) return [];
    const end = endOf(row.mrn, state);
    return end === clinic.patients.get(survivor)?.mrn ? [] : [`${row.id} leads to ${end} instead of ${survivor}`];
  }
  if (stored?.mergedInto !== null) return [`${row.id} is not held`];
  const { FirstName, LastName, DOB, Address } = stored.demographics as Record<string, string> & {
    Address?: { ZIP?: string; City?: string };
  };
  const sent = [FirstName, LastName, DOB, Address?.ZIP, Address?.City].join('|');
  const truth = [row.firstName, row.lastName, row.birthDate, row.zip, row.city].join('|');
  return sent === truth ? [] : [`${row.id} is held as ${sent} instead of ${truth}`];
}

function wrongDocument(row: ClinicVisit, clinic: Clinic, state: State): string[] {
  const document = state.documents.get(`${documentOid}^${row.id}`);
  if (document === undefined) return [`${row.id} is no document`];
  const owner = clinic.patients.get(clinic.survivorOf(row.patientId))?.mrn;
  const { Header, Allergies = [] } = document.message as unknown as {
    Header: { Document: { Visit?: { Reason?: string } } };
    Allergies?: readonly SentAllergy[];
  };
  const allergies = clinic.allergiesOf(row.id);
  const isSynced = allergies.every((allergy) => Allergies.some((sent) => isAllergy(sent, allergy)));
  return [
    ...(document.patientId === owner ? [] : [`${row.id} is a document of ${document.patientId} instead of ${owner}`]),
    ...(Header.Document.Visit?.Reason === row.reason ? [] : [`${row.id} is held with another reason`]),
    ...(isSynced && allergies.length === Allergies.length ? [] : [`${row.id} is held with other allergies`]),
  ];
}

const endOf = (mrn: string, state: State): string => {
  const next = state.patients.get(mrn)?.mergedInto ?? null;
  return next === null ? mrn : endOf(next, state);
};
