/** The clinic as it truly is, whatever its export looks like: kept in memory, changed by steps, written out line by line. */
import { allergens, cities, type ClinicStep, type FileName, firstNames, reasons } from './step.ts';

export interface ClinicPatient {
  readonly id: string;
  readonly mrn: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: string;
  readonly zip: string;
  readonly city: string;
}

export interface ClinicVisit {
  readonly id: string;
  readonly patientId: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly reason: string;
}

export interface ClinicAllergy {
  readonly visitId: string;
  readonly code: string;
  readonly name: string;
  readonly severity: string;
}

export const patientId = (number: number): string => `P${number}`;
export const visitId = (number: number): string => `V${number}`;

/** The columns of each file, in order. */
export const columnsOf: Readonly<Record<FileName, readonly string[]>> = {
  patients: ['patient_id', 'mrn', 'first_name', 'last_name', 'birth_date', 'zip', 'city'],
  encounters: ['encounter_id', 'patient_id', 'status', 'started_at', 'ended_at', 'reason'],
  merges: ['retired_id', 'survivor_id', 'merged_at'],
  allergies: ['encounter_id', 'code', 'name', 'severity'],
};

/** The columns without which a row of the file is not compared at all. Of an allergy: whose it is. */
export const neededOf: Readonly<Record<FileName, readonly string[]>> = {
  patients: ['patient_id', 'mrn', 'first_name', 'last_name', 'birth_date', 'zip'],
  encounters: ['encounter_id', 'patient_id', 'status'],
  merges: ['retired_id', 'survivor_id'],
  allergies: ['encounter_id'],
};

export class Clinic {
  readonly patients = new Map<string, ClinicPatient>();
  readonly visits = new Map<string, ClinicVisit>();
  /** Survivor by retired patient. */
  readonly merges = new Map<string, string>();
  #allergies: readonly ClinicAllergy[] = [];

  /** A step that finds nothing to work on does nothing. */
  work(step: ClinicStep): void {
    switch (step.do) {
      case 'patient':
        this.#admit(step);
        return;
      case 'visit':
        this.#visit(step);
        return;
      case 'remove patient':
        this.#removePatient(patientId(step.patient));
        return;
      case 'remove visit':
        this.#removeVisit(visitId(step.visit));
        return;
      case 'allergy':
        this.#findOrStrike(visitId(step.visit), step.allergen);
        return;
      case 'merge':
        if (this.patients.has(patientId(step.retired)) && this.patients.has(patientId(step.survivor))) {
          this.merges.set(patientId(step.retired), patientId(step.survivor));
        }
        return;
      case 'undo merge':
        this.merges.delete(patientId(step.retired));
    }
  }

  allergiesOf(visit: string): readonly ClinicAllergy[] {
    return this.#allergies.filter(({ visitId: of }) => of === visit);
  }

  /** The end of a patient's merges. */
  survivorOf(id: string): string {
    const next = this.merges.get(id);
    return next === undefined ? id : this.survivorOf(next);
  }

  /** The values of each row of a file, in the order of its columns. */
  rowsOf(file: FileName): readonly (readonly string[])[] {
    switch (file) {
      case 'patients':
        return [...this.patients.values()].map((p) => [
          ...[p.id, p.mrn, p.firstName, p.lastName, p.birthDate, p.zip, p.city],
        ]);
      case 'encounters':
        return [...this.visits.values()].map((v) => [v.id, v.patientId, 'finished', v.startedAt, v.endedAt, v.reason]);
      case 'merges':
        return [...this.merges].map(([retired, survivor]) => [retired, survivor, '2026-02-01']);
      case 'allergies':
        return this.#allergies.map((a) => [a.visitId, a.code, a.name, a.severity]);
    }
  }

  #admit({ patient, name, city }: Extract<ClinicStep, { readonly do: 'patient' }>): void {
    const id = patientId(patient);
    this.patients.set(id, {
      id,
      mrn: `M-${patient}`,
      firstName: firstNames[name] ?? '',
      lastName: `Lee-${patient}`,
      birthDate: `1980-01-1${patient}`,
      zip: `7870${patient}`,
      city: cities[city] ?? '',
    });
  }

  #visit({ visit, patient, reason }: Extract<ClinicStep, { readonly do: 'visit' }>): void {
    const id = visitId(visit);
    if (!this.patients.has(patientId(patient))) return;
    this.visits.set(id, {
      id,
      patientId: patientId(patient),
      startedAt: `2026-01-1${visit} 09:00:00`,
      endedAt: `2026-01-1${visit} 09:30:00`,
      reason: reasons[reason] ?? '',
    });
  }

  #removePatient(id: string): void {
    if (this.merges.has(id) || [...this.merges.values()].includes(id)) return;
    this.patients.delete(id);
    for (const visit of this.visits.values()) if (visit.patientId === id) this.#removeVisit(visit.id);
  }

  #removeVisit(id: string): void {
    this.visits.delete(id);
    this.#allergies = this.#allergies.filter(({ visitId: of }) => of !== id);
  }

  #findOrStrike(visit: string, number: number): void {
    const allergen = allergens[number];
    if (!this.visits.has(visit) || allergen === undefined) return;
    const others = this.#allergies.filter((found) => found.visitId !== visit || found.name !== allergen.name);
    const isFound = others.length === this.#allergies.length;
    this.#allergies = isFound ? [...others, { visitId: visit, ...allergen, severity: 'severe' }] : others;
  }
}
