/** Folders of FHIR files that a test writes, landed in a database of its own, and read by the contract that ships. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FhirSettings } from '../../../src/config/config.ts';
import type { Landing } from '../../../src/ehr/csv/csv-landing.ts';
import { type Ehr, openEhr } from '../../../src/ehr/ehr.ts';
import { landFhir } from '../../../src/ehr/fhir/fhir-landing.ts';
import { isSection, type Section } from '../../../src/contract/section.ts';
import type { JsonObject } from '../../../src/json.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase } from '../support/database.ts';
import { fetchPage, scanned } from '../support/ehr-site.ts';

export const usCore = join(packageRoot, 'sql/ehr/us-core');

export const usualFhir: FhirSettings = {
  mrnSystem: null,
  visitSystem: null,
  isComplete: true,
  errorsBorne: [],
  ignoresGone: false,
};

/** Each resource a line; a file that is a text or bytes is written as it is. */
export type FhirFiles = Readonly<Record<string, readonly JsonObject[] | string | Buffer>>;

export interface FhirSite {
  /** On the database in which files land. */
  readonly session: Session;
  folder(files: FhirFiles): Promise<string>;
  land(folder: string, fhir?: Partial<FhirSettings>): Promise<Landing>;
  open(landing: Landing): Promise<OpenExport>;
  /** Folder, landing and contract in one. */
  read(files: FhirFiles, fhir?: Partial<FhirSettings>): Promise<OpenExport>;
  drop(): Promise<void>;
}

type Row = Readonly<Record<string, string | null>>;

export interface OpenExport {
  readonly landing: Landing;
  readonly ehr: Ehr;
  /** Rows of the contract by their keys, in the order of the keys. */
  patients(): Promise<ReadonlyMap<string, Row>>;
  encounters(): Promise<ReadonlyMap<string, Row>>;
  merges(): Promise<readonly string[]>;
  /** Rows of a section, without the columns that are null, of all visits or of these. */
  section(section: Section, visits?: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]>;
}

export async function fhirSite(): Promise<FhirSite> {
  const database = await freshDatabase();
  const parent = await mkdtemp(join(tmpdir(), 'fhir-'));
  const session = await Session.open(database.url, { neighbour: 'the ledger' });
  const opened: Ehr[] = [];
  let landings = 0;
  const site: FhirSite = {
    session,
    folder: async (files) => {
      const folder = await mkdtemp(join(parent, 'files-'));
      await writeFhir(folder, files);
      return folder;
    },
    land: (folder, fhir = {}) => {
      landings += 1;
      return landFhir({
        session,
        folder,
        schema: `redox_reconcile_landing_${landings}`,
        contractFolder: usCore,
        timeZone: 'America/Chicago',
        settings: { settleMs: 0 },
        fhir: { ...usualFhir, ...fhir },
      });
    },
    open: async (landing) => {
      const { schema, oldestFileTime, extract } = landing;
      const ehr = await openEhr({
        url: database.url,
        searchPath: schema,
        contractFolder: usCore,
        timeZone: 'America/Chicago',
        clockLimit: oldestFileTime,
        extract,
      });
      opened.push(ehr);
      return openExport(ehr, landing);
    },
    read: async (files, fhir) => site.open(await site.land(await site.folder(files), fhir)),
    drop: async () => {
      await Promise.all(opened.map((ehr) => ehr.close()));
      await session.close();
      await database.drop();
      await rm(parent, { recursive: true });
    },
  };
  return site;
}

export async function writeFhir(folder: string, files: FhirFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    await writeFile(path, isText ? content : content.map((resource) => `${JSON.stringify(resource)}\n`).join(''));
  }
}

function openExport(ehr: Ehr, landing: Landing): OpenExport {
  const read = async (entity: 'patient' | 'encounter'): Promise<ReadonlyMap<string, Row>> => {
    const ids = (await scanned(ehr, entity)).map((line) => line.split('\t')[1] ?? '').sort();
    const found = await ehr.fetch(entity, ids);
    return new Map(ids.flatMap((id) => found.get(id)?.map(({ row }) => [id, row] as const) ?? []));
  };
  // A landed export never changes.
  const known = new Map<string, Promise<ReadonlyMap<string, Row>>>();
  const rows = (entity: 'patient' | 'encounter'): Promise<ReadonlyMap<string, Row>> => {
    const found = known.get(entity) ?? read(entity);
    known.set(entity, found);
    return found;
  };
  const content = new Map<string, ReturnType<typeof fetchPage>>();
  const pageOf = (ids: readonly string[]): ReturnType<typeof fetchPage> => {
    const page = content.get(ids.join()) ?? fetchPage(ehr, [], ids);
    content.set(ids.join(), page);
    return page;
  };
  return {
    landing,
    ehr,
    patients: () => rows('patient'),
    encounters: () => rows('encounter'),
    merges: async () => (await scanned(ehr, 'merge')).map((line) => line.split('\t').slice(1, 3).join(' into ')).sort(),
    section: async (section, visits) => {
      if (!isSection(section)) throw new Error(`${String(section)} is no section`);
      const ids = visits ?? [...(await rows('encounter')).keys()];
      const { sections } = await pageOf(ids);
      return ids.flatMap((id) =>
        (sections.get(id)?.[section] ?? []).map(
          (row) =>
            Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Record<string, string>,
        ),
      );
    },
  };
}

/** A patient whom others can find. */
export const patient = (id: string, more: JsonObject = {}): JsonObject => ({
  resourceType: 'Patient',
  id,
  identifier: [{ type: { coding: [{ code: 'MR' }] }, system: 'urn:oid:1.2.3', value: `M-${id}` }],
  name: [{ use: 'official', family: 'Lee', given: ['Ann'] }],
  gender: 'female',
  birthDate: '1980-01-02',
  address: [{ line: ['1 Elm St'], city: 'Austin', state: 'TX', postalCode: '78701' }],
  ...more,
});

/** A finished visit of an hour from nine o'clock UTC. */
export const visit = (id: string, of: string, day = '2026-01-10', more: JsonObject = {}): JsonObject => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  subject: { reference: `Patient/${of}` },
  period: { start: `${day}T09:00:00Z`, end: `${day}T10:00:00Z` },
  ...more,
});

/** A problem that names no visit. */
export const problem = (id: string, of: string, name: string, more: JsonObject = {}): JsonObject => ({
  resourceType: 'Condition',
  id,
  subject: { reference: `Patient/${of}` },
  category: [{ coding: [{ code: 'problem-list-item' }] }],
  code: { coding: [{ system: 'http://snomed.info/sct', code: '195662009', display: name }], text: name },
  ...more,
});
