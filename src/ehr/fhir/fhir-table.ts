import { Readable } from 'node:stream';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import type { FhirSettings } from '../../config/config.ts';
import type { Session } from '../../postgres/session.ts';
import { filledStatement, type Parameter, type Statement, statement } from '../../postgres/sql-file.ts';
import { qualified } from '../landing/landing-name.ts';
import type { LandedResource } from './fhir-resource.ts';
import { clinicalTypes, landedTypes, tableOfType } from './landed-type.ts';

/** Characters of a batch; one batch fills while another is under way. */
const batchSize = 500_000;

/** Copies resources into the tables of their types, in batches and in constant memory. */
export class FhirTables {
  readonly #session: Session;
  readonly #schema: string;
  /** With FHIR_VISIT_SYSTEM the keys of visits are known only once all have landed. */
  readonly #visitsAreIds: boolean;
  #batch = new Map<string, string>();
  #size = 0;
  #underWay: Promise<void> = Promise.resolve();

  constructor(session: Session, schema: string, visitsAreIds: boolean) {
    this.#session = session;
    this.#schema = schema;
    this.#visitsAreIds = visitsAreIds;
  }

  /** `place`: of its line among all lines. */
  async add(resource: LandedResource, place: number): Promise<void> {
    const line = `${this.#line(resource, place)}\n`;
    const table = tableOfType(resource.type);
    this.#batch.set(table, (this.#batch.get(table) ?? '') + line);
    this.#size += line.length;
    if (this.#size >= batchSize) await this.flush();
  }

  /** Ends the batch under way and begins the next one. */
  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = new Map();
    this.#size = 0;
    await this.#underWay;
    const copying = this.#copy(batch);
    // Its error is thrown by the next call.
    copying.catch(() => undefined);
    this.#underWay = copying;
  }

  async end(): Promise<void> {
    await this.flush();
    await this.#underWay;
  }

  async #copy(batch: ReadonlyMap<string, string>): Promise<void> {
    for (const [table, text] of batch) {
      const { name, text: copy } = filledStatement('ehr/fhir-landing/copy_fhir_rows', {
        table: qualified(this.#schema, table),
      });
      await this.#session.copyIn(name, copy, Readable.from([text]));
    }
  }

  #line(resource: LandedResource, place: number): string {
    const { id, type, patient, encounter, beganAt, endedBy, updatedAt, open } = resource;
    const visit = this.#visitsAreIds ? (type === 'Encounter' ? id : encounter) : null;
    const links = open.length === 0 ? null : open.join('\n');
    return encodeCopyLine([
      id,
      patient,
      encounter,
      visit,
      beganAt,
      endedBy,
      updatedAt,
      String(place),
      links,
      resource.digest,
      resource.resource,
    ]);
  }
}

/** Creates the table of each type, what the contract reads them with, and what the site has set. The schema is the search path. */
export async function createFhirTables(
  session: Session,
  schema: string,
  { mrnSystem, visitSystem }: FhirSettings,
): Promise<void> {
  await session.run(statement('ehr/internal/set_landing_path'), [schema]);
  for (const table of landedTypes.map(tableOfType)) {
    await ask(session, filledStatement('ehr/fhir-landing/create_fhir_table', { table }));
  }
  await ask(session, statement('ehr/fhir-readers/create_reading_functions'));
  await ask(session, filledStatement('ehr/fhir-landing/create_site', { table: 'site' }));
  await ask(session, filledStatement('ehr/fhir-landing/describe_site', { table: 'site' }), [mrnSystem, visitSystem]);
}

/** What needs all resources at once. Returns how many copies of a resource were dropped. */
export async function finishFhirTables(
  session: Session,
  schema: string,
  { hasOpen }: { readonly hasOpen: boolean },
  { visitSystem }: FhirSettings,
): Promise<number> {
  await session.run(statement('ehr/internal/set_landing_path'), [schema]);
  const tables = landedTypes.map(tableOfType);
  let copies = 0;
  for (const table of tables) {
    const { rows } = await ask(session, filledStatement('ehr/fhir-landing/drop_fhir_copies', { table }));
    copies += Number((rows as { dropped: string }[])[0]?.dropped ?? 0);
  }
  if (hasOpen) await resolveReferences(session, tables);
  if (visitSystem !== null) {
    await ask(session, filledStatement('ehr/fhir-landing/name_visits_by_identifier', { table: 'encounter' }));
  }
  await ask(session, statement('ehr/fhir-landing/create_visits'));
  await followLinks(session);
  await ask(session, filledStatement('ehr/fhir-landing/leave_circles', { table: 'person' }));
  await ask(session, statement('ehr/fhir-landing/create_visits_that_took_place'));
  for (const table of clinicalTypes.map(tableOfType)) {
    await ask(session, filledStatement('ehr/fhir-landing/assign_visits', { table }));
  }
  for (const table of [...clinicalTypes.map(tableOfType), 'encounter']) {
    await ask(session, filledStatement('ehr/fhir-landing/create_visit_index', { table }));
  }
  for (const table of foundById) await ask(session, filledStatement('ehr/fhir-landing/create_id_index', { table }));
  await ask(session, filledStatement('ehr/fhir-landing/create_patient_index', { table: 'coverage' }));
  await ask(session, statement('ehr/fhir-landing/create_visit_content'));
  return copies;
}

/** What resources refer to, so that the contract finds it by its id. */
const foundById = [
  'patient',
  'organization',
  'location',
  'practitioner',
  'practitionerrole',
  'relatedperson',
  'medication',
  'specimen',
  'condition',
] as const;

/** A million links, one after the other; beyond that they lead in a circle. */
const mostDoublings = 20;

async function followLinks(session: Session): Promise<void> {
  for (let round = 0; round < mostDoublings; round += 1) {
    const { rows } = await ask(session, filledStatement('ehr/fhir-landing/follow_links', { table: 'person' }));
    if ((rows as { moved: string }[])[0]?.moved === '0') return;
  }
}

async function resolveReferences(session: Session, tables: readonly string[]): Promise<void> {
  await ask(session, filledStatement('ehr/fhir-landing/create_open_references', { table: 'open_reference' }));
  await ask(session, filledStatement('ehr/fhir-landing/create_open_references', { table: 'open_target' }));
  for (const table of tables) await ask(session, filledStatement('ehr/fhir-landing/list_open_references', { table }));
  for (const table of await tablesSought(session, tables)) {
    await ask(session, filledStatement('ehr/fhir-landing/find_targets', { table }));
  }
  await ask(session, statement('ehr/fhir-landing/create_resolved'));
  for (const table of tables) await ask(session, filledStatement('ehr/fhir-landing/resolve_references', { table }));
}

/** Most exports name practitioners and places by identifier, and have them in small tables. */
async function tablesSought(session: Session, tables: readonly string[]): Promise<readonly string[]> {
  const { rows } = await ask(session, filledStatement('ehr/fhir-landing/list_open_types', { table: 'open_reference' }));
  const types = (rows as { type: string }[]).map(({ type }) => type);
  return types.includes('urn') ? tables : tables.filter((table) => types.some((type) => tableOfType(type) === table));
}

const ask = (
  session: Session,
  { name, text }: Statement,
  parameters: readonly Parameter[] = [],
): ReturnType<Session['query']> => session.query(name, text, parameters);
