import type { JsonObject } from '../../../json.ts';
import { objectsAt, textAt } from '../messages/lookup.ts';
import type { Repository, StoredPatient } from '../repository.ts';
import { found, noKeySet, type Finding } from './finding.ts';
import { hasIdentifier, hasKeySet, isMatch, isPartialMatch } from './matching.ts';
import type { QueryAnswers } from './query-answers.ts';

/** PatientSearch.Query of a repository: what matches exactly. */
export class PatientSearch {
  readonly #repository: Repository;
  readonly #now: () => Date;

  constructor(repository: Repository, now: () => Date) {
    this.#repository = repository;
    this.#now = now;
  }

  /** @param shown what an answer shows of a patient */
  answer(query: JsonObject, answers: QueryAnswers, shown: (patient: StoredPatient) => JsonObject): Finding {
    if (!hasKeySet(query)) return noKeySet;
    return findingOf(this.#matches(query, answers).map(shown), answers);
  }

  answerPartially(query: JsonObject, answers: QueryAnswers, shown: (patient: StoredPatient) => JsonObject): Finding {
    if (!hasKeySet(query)) return noKeySet;
    const live = [...this.#repository.patients.values()].filter(({ mergedInto }) => mergedInto === null);
    const matches = live.filter(({ record }) => isPartialMatch(query, record));
    return findingOf(matches.map(shown), answers);
  }

  /** Whether the repository still has this patient, unchanged. */
  holds({ id, demographics }: StoredPatient): boolean {
    const stored = this.#repository.patients.get(id);
    return stored?.mergedInto === null && stored.demographics === demographics;
  }

  #matches(given: JsonObject, answers: QueryAnswers): readonly StoredPatient[] {
    const query = answers.retired === 'survivor' ? this.#underSurvivor(given) : given;
    return this.#candidates(query, answers.retired === 'itself').filter(
      ({ record, storedAtMs }) =>
        this.#now().getTime() - storedAtMs >= (answers.visibleAfterMs ?? 0) && isMatch(query, record, answers),
    );
  }

  #candidates(query: JsonObject, showsRetired: boolean): readonly StoredPatient[] {
    if (hasIdentifier(query)) {
      const [identifier = ''] = objectsAt(query, 'Identifiers').flatMap((given) => textAt(given, 'ID') ?? []);
      return this.#repository.patientsUnder({ identifier }, showsRetired);
    }
    const name = {
      firstName: textAt(query, 'Demographics', 'FirstName'),
      lastName: textAt(query, 'Demographics', 'LastName'),
    };
    return this.#repository.patientsUnder(name, showsRetired);
  }

  #underSurvivor(query: JsonObject): JsonObject {
    const Identifiers = objectsAt(query, 'Identifiers').map((identifier) => {
      const id = textAt(identifier, 'ID');
      return id === null ? identifier : { ...identifier, ID: this.#repository.survivorOf(id) };
    });
    return { ...query, Identifiers };
  }
}

/** One match is the patient; of several there is none, beside the potential matches. */
function findingOf(patients: readonly JsonObject[], { mostMatches = 50 }: QueryAnswers): Finding {
  const returned = patients.slice(0, mostMatches);
  const [only, second] = returned;
  return found(
    {
      Patient: second === undefined ? (only ?? {}) : {},
      ...(second === undefined ? {} : { PotentialMatches: returned }),
    },
    returned.length < patients.length ? { IsIncomplete: true } : {},
  );
}

const shownKeys = ['Identifiers', 'Demographics', 'Contacts', 'PCP', 'Guarantor', 'Insurances', 'Notes'];

/** The whole stored patient, as the repository shows it. */
export function patientShown({ record }: StoredPatient, answers: QueryAnswers): JsonObject {
  const keys = answers.insurance === 'left_out' ? shownKeys.filter((key) => key !== 'Insurances') : shownKeys;
  const shown = Object.fromEntries(keys.flatMap((key) => (record[key] === undefined ? [] : [[key, record[key]]])));
  return answers.unknownKeys === true ? withUnknownKeys(shown) : shown;
}

/** As in recorded answers. */
function withUnknownKeys({ Demographics = {}, ...patient }: JsonObject): JsonObject {
  const demographics = { MiddleName: '', EmailAddresses: [null], ...(Demographics as JsonObject), Nickname: '' };
  return { ...patient, Demographics: demographics, Visibility: { Level: 1 } };
}
