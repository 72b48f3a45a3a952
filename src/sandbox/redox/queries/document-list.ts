import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../../json.ts';
import { objectAt, objectsAt, textAt } from '../messages/lookup.ts';
import type { Repository, StoredDocument } from '../repository.ts';
import { cdaOf } from './cda.ts';
import { found, noDocuments, notFound, type Finding } from './finding.ts';
import type { QueryAnswers } from './query-answers.ts';
import type { Site } from '../site.ts';

/** The root that Redox's sample of DocumentGet shows. */
const otherRoot = '2.16.840.1.113883.3.6147';

/** Clinical Summary.DocumentQuery and DocumentGet. */
export class DocumentList {
  readonly #repository: Repository;
  readonly #site: Site;
  readonly #now: () => Date;
  /** Pushed ids by the ids under which they were listed. */
  readonly #pushedIds = new Map<string, string>();

  constructor(repository: Repository, site: Site, now: () => Date) {
    this.#repository = repository;
    this.#site = site;
    this.#now = now;
  }

  /** @param given the patient's identifier in the repository; null if the query names none */
  list(query: JsonObject, given: string | null, answers: QueryAnswers): Finding {
    const patientId = given !== null && answers.retired === 'survivor' ? this.#repository.survivorOf(given) : given;
    const documents = patientId === null ? [] : this.#repository.documentsOf(patientId);
    const listed = documents
      .filter((document) => this.#isVisible(document, answers) && isWanted(query, document, answers))
      .flatMap((document) => this.#entriesOf(document, answers));
    if (listed.length > 0 || answers.noDocuments === 'empty_list') {
      return found({ Patient: { Identifiers: objectsAt(query, 'Patient', 'Identifiers') }, Documents: listed });
    }
    return answers.noDocuments === 'not_found' ? notFound : noDocuments;
  }

  get(query: JsonObject, answers: QueryAnswers): Finding {
    const listedId = textAt(query, 'Document', 'ID') ?? '';
    const document = this.#repository.documents.get(this.#pushedIds.get(listedId) ?? listedId);
    if (document === undefined || !this.#isVisible(document, answers)) return notFound;
    const Data = cdaOf(document, this.#site, answers.cdaIds ?? 'split');
    return found({ Document: { ID: listedId }, FileType: 'text/xml', Data });
  }

  clear(): void {
    this.#pushedIds.clear();
  }

  #isVisible({ patientId, storedAtMs }: StoredDocument, { visibleAfterMs = 0 }: QueryAnswers): boolean {
    const isThere = this.#repository.patients.get(patientId)?.mergedInto === null;
    return isThere && this.#now().getTime() - storedAtMs >= visibleAfterMs;
  }

  #entriesOf(document: StoredDocument, answers: QueryAnswers): readonly JsonObject[] {
    const id = listedIdOf(document.id, answers, this.#site);
    if (id !== document.id) this.#pushedIds.set(id, document.id);
    const newest = entryOf(document, id, answers);
    if (answers.versions !== 'all') return [newest];
    return [...document.earlierTimes.map((time) => ({ ...newest, DateTime: time })), newest];
  }
}

function listedIdOf(pushedId: string, { documentIds = 'pushed' }: QueryAnswers, { documentOid }: Site): string {
  if (documentIds === 'pushed') return pushedId;
  if (documentIds === 'other_root') return pushedId.replace(`${documentOid}^`, `${otherRoot}^`);
  const digest = createHash('sha256').update(pushedId).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function entryOf({ message }: StoredDocument, id: string, answers: QueryAnswers): JsonObject {
  const document = objectAt(message, 'Header', 'Document') ?? {};
  const visit = objectAt(document, 'Visit') ?? {};
  const time = (text: string | null): string | null =>
    answers.times === 'without_milliseconds' ? (text?.replace(/\.\d+(?=Z$)/, '') ?? null) : text;
  const Visit = {
    ID: textAt(visit, 'VisitNumber'),
    StartDateTime: time(textAt(visit, 'StartDateTime')),
    EndDateTime: time(textAt(visit, 'EndDateTime')),
  };
  return {
    ID: id,
    Title: document['Title'] ?? null,
    DateTime: time(textAt(document, 'DateTime')),
    Type: {
      Code: textAt(document, 'TypeCode', 'Code'),
      Codeset: 'http://hl7.org/fhir/ValueSet/c80-doc-typecodes',
      Name: textAt(document, 'TypeCode', 'Name'),
    },
    FileType: 'text/xml',
    Locale: document['Locale'] ?? null,
    ...(answers.documentVisits === 'left_out' ? {} : { Visit }),
    Author: document['Author'] ?? {},
    ...(answers.unknownKeys === true ? { Size: 1024, Availability: '', Hashes: [null] } : {}),
  };
}

function isWanted(query: JsonObject, { message }: StoredDocument, { filters }: QueryAnswers): boolean {
  if (filters === 'ignored') return true;
  const document = objectAt(message, 'Header', 'Document') ?? {};
  const visitId = textAt(query, 'Visit', 'ID');
  const types = objectsAt(query, 'Document', 'Types');
  return (
    (visitId === null || visitId === textAt(document, 'Visit', 'VisitNumber')) &&
    isWithin(textAt(document, 'Visit', 'StartDateTime'), textAt(query, 'Visit', 'StartDateTime'), null) &&
    isWithin(textAt(document, 'Visit', 'EndDateTime'), null, textAt(query, 'Visit', 'EndDateTime')) &&
    isWithin(
      textAt(document, 'DateTime'),
      textAt(query, 'Document', 'StartDate'),
      textAt(query, 'Document', 'EndDate'),
    ) &&
    (types.length === 0 || types.some(({ Code }) => isSame(Code, textAt(document, 'TypeCode', 'Code'))))
  );
}

const isSame = (wanted: JsonValue | undefined, value: string | null): boolean => (wanted ?? null) === value;

/** By text, because all times are in UTC; a bare date as the end covers its day. */
const isWithin = (time: string | null, from: string | null, to: string | null): boolean =>
  (from === null || (time !== null && time >= from)) &&
  (to === null || (time !== null && time.slice(0, to.length) <= to));
