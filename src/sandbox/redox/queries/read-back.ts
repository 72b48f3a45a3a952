import type { JsonObject } from '../../../json.ts';
import { echo, errorAnswer, jsonAnswer, noSubscription, type Answer } from '../endpoint/answer.ts';
import type { Directory } from '../directory.ts';
import type { QueryName } from '../messages/events.ts';
import { idsAt, objectAt, objectsAt, textAt } from '../messages/lookup.ts';
import type { Repository } from '../repository.ts';
import { directoryDestinationIds, queryDestinationIds, type Site } from '../site.ts';
import { searchDirectory } from './directory-search.ts';
import { DocumentList } from './document-list.ts';
import { refused, type Finding } from './finding.ts';
import { Network } from './network.ts';
import { PatientSearch, patientShown } from './patient-search.ts';
import type { QueryAnswers } from './query-answers.ts';

interface ReadBackParts {
  readonly repository: Repository;
  readonly directory: Directory;
  readonly site: Site;
  readonly now: () => Date;
}

const notSubscribed = refused(403, noSubscription);

export class ReadBack {
  answers: QueryAnswers = {};
  readonly #site: Site;
  readonly #directory: Directory;
  readonly #search: PatientSearch;
  readonly #documents: DocumentList;
  readonly #network: Network;

  constructor({ repository, directory, site, now }: ReadBackParts) {
    this.#site = site;
    this.#directory = directory;
    this.#search = new PatientSearch(repository, now);
    this.#documents = new DocumentList(repository, site, now);
    this.#network = new Network({ site, directory, search: this.#search, documents: this.#documents });
  }

  /** @param logs of the request, as `Meta.Logs` shows them */
  answer(event: QueryName, query: JsonObject, logs: readonly JsonObject[]): Answer {
    const { eventType, refusals } = this.answers;
    const given = objectAt(query, 'Meta') ?? {};
    const meta = eventType === 'documented' ? { ...given, EventType: documentedAnswers[event] } : given;
    const finding = this.#find(event, query);
    if (finding.kind === 'found') {
      const unknown = this.answers.unknownKeys === true ? { Region: 'us-east-1', Transmission: { ID: null } } : {};
      return jsonAnswer(200, { Meta: { ...echo(meta), Logs: logs, ...finding.meta, ...unknown }, ...finding.body });
    }
    const status = refusals === 'meta_errors' && finding.status !== 400 ? 200 : finding.status;
    return errorAnswer(status, meta, [finding.error]);
  }

  clear(): void {
    this.answers = {};
    this.#documents.clear();
    this.#network.clear();
  }

  #find(event: QueryName, query: JsonObject): Finding {
    const destination = textAt(objectsAt(query, 'Meta', 'Destinations')[0] ?? {}, 'ID') ?? '';
    if (event === 'Organization:Query') {
      const isThere = directoryDestinationIds.includes(destination);
      return isThere ? searchDirectory(this.#directory, query, this.answers) : notSubscribed;
    }
    if (destination === this.#site.destinationId) return this.#findInRepository(event, query);
    const isSearch = event.startsWith('PatientSearch:');
    if (isSearch && queryDestinationIds.recordLocator.includes(destination)) {
      return this.#network.locate(event, query, this.answers);
    }
    if (event === 'PatientSearch:Query' && queryDestinationIds.oneOrganization.includes(destination)) {
      return this.#network.searchOne(query, this.answers);
    }
    return !isSearch && queryDestinationIds.documents.includes(destination)
      ? this.#network.documents(event, query, this.answers)
      : notSubscribed;
  }

  #findInRepository(event: Exclude<QueryName, 'Organization:Query'>, query: JsonObject): Finding {
    const { answers } = this;
    const dataModel = event.startsWith('PatientSearch:') ? 'PatientSearch' : 'Clinical Summary';
    if (answers.unsubscribed?.includes(dataModel) === true) return notSubscribed;
    switch (event) {
      case 'PatientSearch:Query':
        return this.#search.answer(objectAt(query, 'Patient') ?? {}, answers, (patient) =>
          patientShown(patient, answers),
        );
      case 'PatientSearch:LocationQuery':
        return notSubscribed;
      case 'Clinical Summary:DocumentQuery': {
        const [patientId = null] = idsAt(query, this.#site.patientOid, 'Patient', 'Identifiers');
        return this.#documents.list(query, patientId, answers);
      }
      case 'Clinical Summary:DocumentGet':
        return this.#documents.get(query, answers);
    }
  }
}

const documentedAnswers: Readonly<Record<QueryName, string>> = {
  'PatientSearch:Query': 'Response',
  'PatientSearch:LocationQuery': 'LocationQueryResponse',
  'Clinical Summary:DocumentQuery': 'DocumentQueryResponse',
  'Clinical Summary:DocumentGet': 'DocumentGetResponse',
  'Organization:Query': 'QueryResponse',
};
