import { Readable } from 'node:stream';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import type { FhirSettings } from '../../config/config.ts';
import type { Session } from '../../postgres/session.ts';
import { filledStatement, type Parameter, type Statement, statement } from '../../postgres/sql-file.ts';
import { qualified } from '../landing/landing-name.ts';
import type { LandedResource } from './fhir-resource.ts';
import { clinicalTypes, landedTypes, tableOfType } from './landed-type.ts';

/** Of the lines of a table that are copied at once: what each copy holds while it runs waits for a full garbage collection. */
const batchBytes = 512 * 1024;

/** Keys of open references that are remembered, so that most are copied once. */
const mostKeys = 5_000;

/**
 * Copies resources into the tables of their types, in batches and in constant memory: lines are kept as bytes outside of the heap, where
 * strings of a batch would grow old.
 */
export class FhirTables {
  /** Some references are resolved only by the other resources. */
  hasOpen = false;
  readonly #session: Session;
  readonly #schema: string;
  /** With FHIR_VISIT_SYSTEM the keys of visits are known only once all have landed. */
  readonly #visitsAreIds: boolean;
  readonly #batches = new Map<string, Batch>();
  /** One batch is copied while the next one fills. */
  #underWay: Promise<void> = Promise.resolve();
  readonly #spare: Batch[] = [];
  readonly #keys = new Set<string>();

  constructor(session: Session, schema: string, visitsAreIds: boolean) {
    this.#session = session;
    this.#schema = schema;
    this.#visitsAreIds = visitsAreIds;
  }

  /** `place`: of its line among all lines. */
  async add(resource: LandedResource, place: number): Promise<void> {
    await this.#put(tableOfType(resource.type), this.#line(resource, place));
    for (const key of resource.open) await this.#openReference(key);
  }

  /** Has all lines copied, as at the end of a file: the next one is of another type. */
  async flush(): Promise<void> {
    for (const [table, batch] of this.#batches) await this.#send(table, batch);
    this.#batches.clear();
  }

  async end(): Promise<void> {
    await this.flush();
    await this.#underWay;
  }

  async #openReference(key: string): Promise<void> {
    if (this.#keys.has(key)) return;
    if (this.#keys.size === mostKeys) this.#keys.clear();
    this.#keys.add(key);
    this.hasOpen = true;
    await this.#put(openReferences, encodeCopyLine([key]));
  }

  async #put(table: string, line: string): Promise<void> {
    const open = this.#batches.get(table);
    if (open?.add(line) === true) return;
    if (open !== undefined) await this.#send(table, open);
    const next = this.#spare.pop() ?? new Batch(batchBytes);
    this.#batches.set(table, next);
    if (!next.add(line)) await this.#send(table, Batch.of(line));
  }

  /** Ends the copy under way and begins this one. */
  async #send(table: string, batch: Batch): Promise<void> {
    await this.#underWay;
    const copying = this.#copy(table, batch);
    // Its error is thrown by the next call.
    copying.catch(() => undefined);
    this.#underWay = copying;
  }

  async #copy(table: string, batch: Batch): Promise<void> {
    const bytes = batch.take();
    const of = { table: qualified(this.#schema, table) };
    const { name, text } =
      table === openReferences
        ? filledStatement('ehr/fhir-landing/copy_open_references', of)
        : filledStatement('ehr/fhir-landing/copy_fhir_rows', of);
    if (bytes.length > 0) await this.#session.copyIn(name, text, Readable.from([bytes]));
    if (batch.isUsual) this.#spare.push(batch);
  }

  #line(resource: LandedResource, place: number): string {
    const { id, type, patient, encounter, beganAt, endedBy, updatedAt } = resource;
    const visit = this.#visitsAreIds ? (type === 'Encounter' ? id : encounter) : null;
    return encodeCopyLine([
      id,
      patient,
      encounter,
      visit,
      beganAt,
      endedBy,
      updatedAt,
      String(place),
      resource.digest,
      resource.resource,
    ]);
  }
}

/** Lines of a table that wait to be copied. */
class Batch {
  readonly #bytes: Buffer;
  #length = 0;

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** A line that has no room in a usual batch. */
  static of(line: string): Batch {
    const batch = new Batch(mostBytesOf(line));
    batch.add(line);
    return batch;
  }

  get isUsual(): boolean {
    return this.#bytes.length === batchBytes;
  }

  /** False: there is no room for it. */
  add(line: string): boolean {
    if (this.#length + mostBytesOf(line) > this.#bytes.length) return false;
    this.#length += this.#bytes.write(line, this.#length);
    this.#length = this.#bytes.writeUInt8(newline, this.#length);
    return true;
  }

  /** The lines, until the next one is added. */
  take(): Buffer {
    const lines = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return lines;
  }
}

/** A character takes three bytes at most. */
const mostBytesOf = (line: string): number => 3 * line.length + 1;

const newline = 0x0a;
const openReferences = 'open_reference';

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
  await ask(session, statement('ehr/fhir-landing/create_open_references'));
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
  if (hasOpen) await findTargets(session, tables);
  await ask(session, statement('ehr/fhir-landing/create_resolved'));
  if (hasOpen) {
    for (const table of tables) await ask(session, filledStatement('ehr/fhir-landing/resolve_owners', { table }));
  }
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
  await ask(session, statement('ehr/fhir-landing/create_content'));
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

async function findTargets(session: Session, tables: readonly string[]): Promise<void> {
  for (const table of await tablesSought(session, tables)) {
    await ask(session, filledStatement('ehr/fhir-landing/find_targets', { table }));
  }
}

/** Most exports name practitioners and places by identifier, and have them in small tables. */
async function tablesSought(session: Session, tables: readonly string[]): Promise<readonly string[]> {
  const { rows } = await ask(session, filledStatement('ehr/fhir-landing/list_open_types', { table: openReferences }));
  const types = (rows as { type: string }[]).map(({ type }) => type);
  return types.includes('urn') ? tables : tables.filter((table) => types.some((type) => tableOfType(type) === table));
}

const ask = (
  session: Session,
  { name, text }: Statement,
  parameters: readonly Parameter[] = [],
): ReturnType<Session['query']> => session.query(name, text, parameters);
