import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import type { EncounterRow, PatientRow } from '../../src/contract/contract.ts';
import type { SectionRows } from '../../src/contract/section.ts';
import { type FetchedSections, openEhr } from '../../src/ehr/ehr.ts';
import { Session } from '../../src/postgres/session.ts';

/** All rows of the clinic, as its contract returns them. */
interface ClinicRows {
  readonly patients: readonly PatientRow[];
  readonly retiredPatients: ReadonlySet<string>;
  readonly encounters: readonly EncounterRow[];
}

/** Where the clinic is, and how it is read. */
interface ClinicAsked {
  readonly ehr: Pick<Config['ehr'], 'source' | 'contractFolder' | 'timeZone'>;
}

export async function readClinic({ ehr }: ClinicAsked): Promise<ClinicRows> {
  if (ehr.source.kind !== 'postgres') throw new Error('the clinic of the demo is a Postgres');
  const session = await Session.open(ehr.source.url, { neighbour: 'the demo clinic', rawText: true });
  const rows = async (file: string): Promise<unknown[]> =>
    (await session.query(file, readFileSync(join(ehr.contractFolder, file), 'utf8'))).rows;
  try {
    const merges = (await rows('merges.sql')) as { readonly retired_patient_id: string }[];
    return {
      patients: (await rows('patients.sql')) as PatientRow[],
      retiredPatients: new Set(merges.map(({ retired_patient_id }) => retired_patient_id)),
      encounters: (await rows('encounters.sql')) as EncounterRow[],
    };
  } finally {
    await session.close();
  }
}

/** Visits, and patients, whose charts are read together. */
const pageSize = 5000;

/** What is charted at visits, by section, and what the summaries of patients hold. */
export async function readCharts(
  { ehr }: ClinicAsked,
  visits: readonly string[],
  patients: readonly string[],
): Promise<Readonly<Record<'visits' | 'summaries', FetchedSections>>> {
  const { source, contractFolder, timeZone } = ehr;
  if (source.kind !== 'postgres') throw new Error('the clinic of the demo is a Postgres');
  const clinic = await openEhr({ url: source.url, searchPath: null, contractFolder, timeZone, clockLimit: null });
  const charts = new Map<string, SectionRows>();
  const summaries = new Map<string, SectionRows>();
  try {
    for (let from = 0; from < visits.length; from += pageSize) {
      const { sections } = await clinic.fetchPage([], visits.slice(from, from + pageSize));
      for (const [visit, rows] of sections) charts.set(visit, rows);
    }
    for (let from = 0; from < patients.length; from += pageSize) {
      const page = patients.slice(from, from + pageSize);
      for (const [patient, rows] of (await clinic.fetchPage(page, [], page)).summaries) summaries.set(patient, rows);
    }
    return { visits: charts, summaries };
  } finally {
    await clinic.close();
  }
}
