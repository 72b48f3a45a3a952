import { join } from 'node:path';
import { expect, inject, onTestFinished } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import type { JsonObject } from '../../../src/json.ts';
import type { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';
import { openClinic, type Clinic } from '../../../src/sandbox/clinic/clinic.ts';
import type { StoredDocument, StoredPatient } from '../../../src/sandbox/redox/repository.ts';
import { freshDatabase, templateDatabase } from './database.ts';
import { type Before, openNight, type Night, type NightOptions, type NightResult } from './night.ts';
import { told } from './first-night/told.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/** The demo clinic, small and the same in every test, and the nights in which it is told. Ids are texts, as in the contract. */
export class ClinicNight {
  readonly night: Night;
  /** Edits as people at the clinic make them. */
  readonly clinic: Clinic;
  readonly #session: Session;

  constructor(night: Night, clinic: Clinic, session: Session) {
    this.night = night;
    this.clinic = clinic;
    this.#session = session;
  }

  /** Runs SQL in the clinic's database, for what its people cannot do. */
  async sql<Row extends object>(text: string, parameters: readonly string[] = []): Promise<Row[]> {
    return (await this.#session.query('a statement of the clinic', text, parameters)).rows as Row[];
  }

  /** Patients who live, were never merged, and have at least two finished visits; always the same ones. */
  async patients(): Promise<readonly string[]> {
    const rows = await this.sql<{ id: string }>(
      `SELECT person_id::text AS id FROM clinic.person p
       WHERE NOT is_deceased
         AND NOT EXISTS (SELECT FROM clinic.merge_log m WHERE p.person_id IN (retired_person_id, surviving_person_id))
         AND (SELECT count(*) FROM clinic.visit v WHERE v.person_id = p.person_id AND v.state = 'DONE') > 1
       ORDER BY person_id`,
    );
    return rows.map(({ id }) => id);
  }

  /** The first few of `patients`. */
  async somePatients(): Promise<[string, string, string, string, string]> {
    const [a, b, c, d, e] = await this.patients();
    if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined) {
      throw new Error('the clinic has too few patients for this test');
    }
    return [a, b, c, d, e];
  }

  /** A patient's finished visits; at least one. */
  async visitsOf(patient: string): Promise<[string, ...string[]]> {
    const rows = await this.sql<{ id: string }>(
      "SELECT visit_id::text AS id FROM clinic.visit WHERE person_id = $1 AND state = 'DONE' ORDER BY visit_id",
      [patient],
    );
    const [first, ...others] = rows.map(({ id }) => id);
    if (first === undefined) throw new Error('this patient has no finished visit');
    return [first, ...others];
  }

  async mrnOf(patient: string): Promise<string> {
    const [row] = await this.sql<{ mrn: string }>('SELECT mrn FROM clinic.person WHERE person_id = $1', [patient]);
    return row?.mrn ?? '';
  }

  /** Registers a person by hand. */
  async register(id: string, mrn: string): Promise<void> {
    await this.sql(
      `INSERT INTO clinic.person (person_id, mrn, given_name, family_name, born_on, is_deceased, changed_at)
       VALUES ($1, $2, 'Ida', 'Registered', '1970-01-01', false, now())`,
      [id, mrn],
    );
  }

  /** Enters a visit that took place. */
  async visit(id: string, patient: string): Promise<void> {
    await this.sql(
      `INSERT INTO clinic.visit (visit_id, person_id, department_id, state, began_at, ended_at, note_version, changed_at)
       VALUES ($1, $2, 101, 'DONE', '2026-02-27 09:00', '2026-02-27 09:30', 1, now())`,
      [id, patient],
    );
  }

  /** What Redox holds of a patient, by the MRN of today. */
  async stored(patient: string): Promise<StoredPatient | undefined> {
    return this.night.standIn.state().patients.get(await this.mrnOf(patient));
  }

  document(visit: string): StoredDocument | undefined {
    return this.night.standIn.state().documents.get(`${documentOid}^${visit}`);
  }

  /** Visits whose documents Redox holds under the MRN that the patient has today. */
  async documentsOf(patient: string): Promise<string[]> {
    const mrn = await this.mrnOf(patient);
    const documents = [...this.night.standIn.state().documents.values()];
    return documents
      .filter(({ patientId }) => patientId === mrn)
      .map(({ id }) => id.slice(documentOid.length + 1))
      .sort();
  }

  /**
   * Asserts that Redox holds what the clinic has: every live patient by name, who was merged away not at all, and every
   * finished visit under the patient at the end of its merges. For clinics without gone, orphaned or faulty rows.
   */
  async expectRedoxIsTrue(): Promise<void> {
    const truth = await this.sql<Truth>(truthQuery);
    const { patients, documents } = this.night.standIn.state();
    const live = [...patients.values()].filter(({ mergedInto }) => mergedInto === null);
    expect(live.map(({ id, demographics }) => `${id} ${nameOf(demographics)}`).sort()).toEqual(
      truth
        .filter(({ kind }) => kind === 'patient')
        .map(({ mrn, detail }) => `${mrn} ${detail.trim()}`)
        .sort(),
    );
    expect([...documents.values()].map(({ id, patientId }) => `${id} ${patientId}`).sort()).toEqual(
      truth
        .filter(({ kind }) => kind === 'visit')
        .map(({ mrn, detail }) => `${documentOid}^${detail} ${mrn}`)
        .sort(),
    );
  }
}

interface Truth {
  readonly kind: 'patient' | 'visit';
  readonly mrn: string;
  readonly detail: string;
}

const truthQuery = `
  WITH RECURSIVE merge AS (
    SELECT retired_person_id AS retired, surviving_person_id AS survivor FROM clinic.merge_log WHERE undone_at IS NULL
  ),
  chain AS (
    SELECT person_id AS person, person_id AS survivor FROM clinic.person
    UNION
    SELECT chain.person, merge.survivor FROM chain JOIN merge ON merge.retired = chain.survivor
  ),
  owner AS (
    SELECT person, survivor FROM chain WHERE survivor NOT IN (SELECT retired FROM merge)
  )
  SELECT 'patient' AS kind, mrn, family_name AS detail
  FROM clinic.person WHERE person_id NOT IN (SELECT retired FROM merge)
  UNION ALL
  SELECT 'visit', p.mrn, v.visit_id::text
  FROM clinic.visit v
  JOIN owner ON owner.person = v.person_id
  JOIN clinic.person p ON p.person_id = owner.survivor
  WHERE v.state = 'DONE'`;

export function nameOf(demographics: JsonObject | undefined): string {
  const name = demographics?.['LastName'];
  return typeof name === 'string' ? name : '';
}

/** A clinic that Redox has not heard of; it is gone when the test ends. */
export const unsyncedClinic = async (settings: Environment = {}): Promise<ClinicNight> =>
  openClinicNight(settings, await smallClinic());

/** The same with fewer patients and visits, where its first night takes long enough. */
export const tinyClinic = async (settings: Environment = {}): Promise<ClinicNight> =>
  openClinicNight(settings, await templateDatabase('tiny_clinic', (url) => buildClinic(url, 24, 80)));

/** A clinic of which Redox was told everything, the night before. Neither its reports nor its POSTs are there: play it where they matter. */
export async function syncedClinic(settings: Environment = {}): Promise<ClinicNight> {
  const template = await smallClinic();
  const before = await told('the small clinic', async (first) => {
    const ehr = await freshDatabase({ template });
    const night = await openNight({ ehr: { kind: 'postgres', url: ehr.url, contract: contractOfRows() }, ...first });
    await night.nightly();
    await night.close();
    await ehr.drop();
  });
  return openClinicNight(settings, template, before);
}

/**
 * A told clinic in which `play` has been played, once a run for all tests of this name, of lower-case letters and underscores. Neither its
 * reports nor its POSTs are there.
 */
export async function playedClinic(
  name: string,
  play: (site: ClinicNight) => Promise<void>,
  settings: Environment = {},
): Promise<ClinicNight> {
  const template = await smallClinic();
  const played = `clinic_${name}`;
  const before = await told(played, async (first) => {
    const ehr = await freshDatabase({ template });
    const { site, close } = await openOn(ehr.url, { settings, ...first });
    await site.night.nightly();
    await play(site);
    await close();
    await ehr.rename(played);
  });
  return openClinicNight(settings, played, before);
}

async function openClinicNight(settings: Environment, template: string, before?: Before): Promise<ClinicNight> {
  const database = await freshDatabase({ template });
  const { site, close } = await openOn(database.url, { settings, ...(before === undefined ? {} : { before }) });
  onTestFinished(async () => {
    await close();
    await database.drop();
  });
  return site;
}

async function openOn(
  url: Secret,
  options: Omit<NightOptions, 'ehr'>,
): Promise<{ site: ClinicNight; close: () => Promise<void> }> {
  const night = await openNight({ ehr: { kind: 'postgres', url, contract: contractOfRows() }, ...options });
  const clinic = await openClinic(url);
  const session = await Session.open(url, { neighbour: 'the clinic' });
  const close = async (): Promise<void> => {
    await Promise.all([night.close(), clinic.close(), session.close()]);
  };
  return { site: new ClinicNight(night, clinic, session), close };
}

const smallClinic = (): Promise<string> => templateDatabase('small_clinic', (url) => buildClinic(url, 60, 200));

async function buildClinic(url: Secret, patients: number, visits: number): Promise<void> {
  const clinic = await openClinic(url);
  await clinic.build({ patients, visits, seed: 7, today: '2026-03-01' });
  await clinic.close();
}

/** The demo's contract without the summaries of patients, which have a test of their own. */
const contractOfRows = (): string => join(inject('sharedFolder'), 'contract-of-rows');

/** What a run found out about rows: `kind entity id`, with the detail where there is one; sorted. */
export const found = (run: NightResult): string[] =>
  run
    .csv('discrepancies')
    .map((row) => words(row['kind'], row['entity'], row['entity_id'], row['detail']))
    .sort();

/**
 * What a run planned to tell, and what became of it: `event id state`, with the reason where there is one; in order, but that nobody
 * promises in which one patient's visits go.
 */
export const calls = (run: NightResult): string[] => {
  const rows = run.csv('calls');
  const turnOf = (row: (typeof rows)[number]): number =>
    row['event_type'] === 'VisitPush'
      ? rows.findIndex((other) => other['event_type'] === 'VisitPush' && other['patient_id'] === row['patient_id'])
      : rows.indexOf(row);
  return rows
    .map((row) => ({ row, turn: turnOf(row), id: row['entity_id'] ?? '' }))
    .sort((one, other) => one.turn - other.turn || one.id.localeCompare(other.id))
    .map(({ row }) => words(row['event_type'], row['entity_id'], row['kind'], row['reason']));
};

/** What is left to do, as people read it: `kind entity id`, with the reason where there is one; sorted. */
export const openActions = (run: NightResult): string[] =>
  run
    .csv('open-actions')
    .map((row) => words(row['kind'], row['entity'], row['entity_id'], row['reason']))
    .sort();

const words = (...some: readonly (string | undefined)[]): string =>
  some.filter((word) => word !== undefined && word !== '').join(' ');
