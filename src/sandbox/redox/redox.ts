import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../json.ts';
import { echo, errorAnswer, jsonAnswer, noSubscription, type Answer, type ErrorText } from './endpoint/answer.ts';
import { Directory } from './directory.ts';
import { eventOf, isOrganization, isQuery, type EventName, type QueryName } from './messages/events.ts';
import { idsAt, objectAt, objectsAt, textAt } from './messages/lookup.ts';
import { violationsOf } from './messages/message-rules.ts';
import { LogBook, type MessageLog } from './platform/message-log.ts';
import { Queues, type Fate } from './platform/queues.ts';
import { ReadBack } from './queries/read-back.ts';
import { tamper, type Tampering } from './queries/tampering.ts';
import { Repository, type Objection } from './repository.ts';
import { missing, type Violation } from './messages/check.ts';
import { directoryDestinationIds, type Site } from './site.ts';
import type { State } from './state.ts';

/** Redox's handling of a message: accepts it, or returns the faults with an HTTP status. */
export class Redox {
  readonly #repository: Repository;
  readonly #directory = new Directory();
  readonly #site: Site;
  readonly #now: () => Date;
  readonly logs = new LogBook();
  readonly queues: Queues;
  readonly readBack: ReadBack;

  constructor(site: Site, now: () => Date) {
    this.#site = site;
    this.#now = now;
    this.#repository = new Repository(now);
    this.queues = new Queues(this.logs, now);
    this.readBack = new ReadBack({ repository: this.#repository, directory: this.#directory, site, now });
  }

  get state(): State {
    this.queues.settle();
    const { patients, documents } = this.#repository;
    return { patients, documents, organizations: this.#directory.organizations };
  }

  clear(): void {
    this.#repository.clear();
    this.#directory.clear();
    this.logs.clear();
    this.queues.clear();
    this.readBack.clear();
  }

  tamper(change: Tampering): void {
    this.queues.settle();
    tamper({ repository: this.#repository, directory: this.#directory }, this.#site, change);
  }

  /**
   * @param sourceHeader the `Redox-Source-Id` header, if present
   * @param fate what becomes of an accepted message; null for the usual
   */
  take(message: JsonObject, sourceHeader: string | null, fate: Fate | null = null): Answer {
    const event = eventOf(message);
    if (event === null) return unknownEvent(message);
    const meta = objectAt(message, 'Meta') ?? {};
    const violations = [...violationsOf(event, message, this.#site), ...this.#sourceViolations(message, sourceHeader)];
    if (violations.length > 0) return errorAnswer(400, meta, violations.slice(0, maxErrors).map(inWordsOf(event)));
    if (isQuery(event)) return this.#read(event, message, meta);
    if (!this.#isSubscribed(event, message)) return errorAnswer(403, meta, [noSubscription]);
    return isOrganization(event) ? this.#ask(event, message, meta) : this.#store(event, message, meta, fate);
  }

  /** `Meta` and the header may name a source; it must be the configured one. */
  #sourceViolations(message: JsonObject, header: string | null): readonly Violation[] {
    const { sourceId } = this.#site;
    if (sourceId === null) return [];
    const rule = 'must be the source of this API key';
    const named = [
      { path: 'Meta.Source.ID', id: textAt(message, 'Meta', 'Source', 'ID') },
      { path: 'Redox-Source-Id', id: header },
    ];
    return named.flatMap(({ path, id }) => (id === null || id === sourceId ? [] : [{ path, rule }]));
  }

  /** A query has a log of its own, which ends with the answer. */
  #read(event: QueryName, query: JsonObject, meta: JsonObject): Answer {
    this.queues.settle();
    const logs = this.#logsOf(query, meta);
    for (const log of logs) this.logs.add({ ...log, type: 'request', status: 'succeeded' });
    return this.readBack.answer(event, query, logsShown(logs));
  }

  #isSubscribed(event: EventName, message: JsonObject): boolean {
    const subscribed = isOrganization(event) ? directoryDestinationIds : [this.#site.destinationId];
    return objectsAt(message, 'Meta', 'Destinations').every((to) => subscribed.includes(textAt(to, 'ID') ?? ''));
  }

  #ask(event: `Organization:${'New' | 'Update'}`, message: JsonObject, meta: JsonObject): Answer {
    const ruling = event === 'Organization:New' ? this.#directory.create(message) : this.#directory.update(message);
    return ruling.status === 200 ? confirmation(meta, ruling.text) : errorAnswer(403, meta, [sending(ruling.text)]);
  }

  /** A repository that can answer at once does; otherwise the message waits in its queue, and its log has the answer. */
  #store(event: MessageEvent, message: JsonObject, meta: JsonObject, fate: Fate | null): Answer {
    const logs = this.#logsOf(message, meta);
    const [log] = logs;
    if (log === undefined || (fate === null && this.queues.isFree(log.dataModel))) {
      const objection = this.#objectionTo(event, message);
      if (objection !== null)
        return errorAnswer(400, meta, [sending(`${objection.path} ${objection.rule} in ${event}`)]);
      for (const made of logs) this.queues.send(made, () => null, null);
    } else {
      this.queues.send(log, () => this.#objectionTo(event, message), fate);
    }
    return acceptance(meta, logs);
  }

  /** One log per destination. */
  #logsOf(message: JsonObject, meta: JsonObject): readonly MessageLog[] {
    const createdAt = this.#now();
    return objectsAt(meta, 'Destinations').map((destination) => ({
      id: randomUUID(),
      attemptId: randomUUID(),
      dataModel: textAt(meta, 'DataModel') ?? '',
      eventType: textAt(meta, 'EventType') ?? '',
      sourceId: textAt(message, 'Meta', 'Source', 'ID'),
      destinationId: textAt(destination, 'ID') ?? '',
      createdAt,
      type: 'send',
      dataMode: 'realtime',
      status: 'pending',
      updatedAt: createdAt,
      failure: null,
    }));
  }

  /** The first identifier under the patient OID is the patient. */
  #objectionTo(event: MessageEvent, message: JsonObject): Objection {
    const { patientOid } = this.#site;
    const id = idsAt(message, patientOid, 'Patient', 'Identifiers')[0] ?? '';
    const record = objectAt(message, 'Patient') ?? {};
    switch (event) {
      case 'PatientAdmin:NewPatient':
        return this.#repository.newPatient(id, record);
      case 'PatientAdmin:PatientUpdate':
        return this.#repository.updatePatient(id, record);
      case 'PatientAdmin:PatientMerge': {
        const retired = idsAt(message, patientOid, 'Patient', 'PreviousIdentifiers');
        return this.#repository.mergePatients(id, retired, objectAt(record, 'Demographics'));
      }
      case 'Clinical Summary:VisitPush': {
        const documentId = textAt(message, 'Header', 'Document', 'ID') ?? '';
        const patientId = idsAt(message, patientOid, 'Header', 'Patient', 'Identifiers')[0] ?? '';
        return this.#repository.pushDocument(documentId, patientId, message, this.queues.storesLate);
      }
    }
  }
}

type MessageEvent = Exclude<EventName, QueryName | `Organization:${string}`>;

/** A message can break thousands of rules; the first few are enough. */
const maxErrors = 20;

const inWordsOf =
  (event: EventName) =>
  ({ path, rule }: Violation): ErrorText => ({
    text: rule === missing ? `Required field missing - ${path} in ${event}` : `${path} ${rule} in ${event}`,
    type: 'message',
    module: 'DataModels',
  });

const sending = (text: string): ErrorText => ({ text, type: 'transmission', module: 'Send' });

function unknownEvent(message: JsonObject): Answer {
  const meta = objectAt(message, 'Meta') ?? {};
  const absent = ['DataModel', 'EventType'].filter((key) => textAt(meta, key) === null);
  const texts = absent.map((key) => `Required field missing - Meta.${key}`);
  return errorAnswer(
    400,
    meta,
    (texts.length > 0 ? texts : ['Meta.DataModel and Meta.EventType must name an event of the Data Model API']).map(
      (text) => ({ text, type: 'message', module: 'DataModels' }),
    ),
  );
}

/** Confirms acceptance, not storage, as Redox does. */
function acceptance(meta: JsonObject, logs: readonly MessageLog[]): Answer {
  return jsonAnswer(200, { Meta: { ...echo(meta), Logs: logsShown(logs) } });
}

const logsShown = (logs: readonly MessageLog[]): readonly JsonObject[] =>
  logs.map(({ id, attemptId }) => ({ ID: id, AttemptID: attemptId }));

let lastMessageNumber = 0;

function confirmation(meta: JsonObject, text: string): Answer {
  lastMessageNumber += 1;
  const details = { Message: { ID: lastMessageNumber }, Extensions: { ResponseDetail: { string: text } } };
  return jsonAnswer(200, { Meta: { ...echo(meta), ...details } });
}
