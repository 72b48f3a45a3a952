/** What the stand-in took, in order: how often each thing was told, and whether the job could have known better. */
import { comparable } from '../../../src/message/fingerprint/fingerprint.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import type { LedgerServer } from './ledger-server.ts';

export interface Taken {
  readonly event: string;
  /** Of the row that is told: patient, retired patient or visit. */
  readonly id: string;
  readonly content: string;
  readonly version: string | null;
}

interface Doubled {
  /** Told again with the same content. */
  readonly calls: number;
  /** Those of them that no uncertain outcome explains: the job knew that Redox had it. */
  readonly withoutNeed: readonly string[];
}

export function takenFrom(message: JsonObject): Taken {
  const event = text(at(message, 'Meta', 'EventType'));
  const document = text(at(message, 'Header', 'Document', 'ID')).split('^')[1];
  const retired = text(at(message, 'Patient', 'PreviousIdentifiers', 0, 'ID'));
  const patient = text(at(message, 'Patient', 'Identifiers', 0, 'ID'));
  const id = document ?? (event === 'PatientMerge' ? retired : patient);
  const version = at(message, 'Header', 'Document', 'VersionNumber');
  return { event, id, content: comparable(message), version: version === undefined ? null : text(version) };
}

/**
 * Compares the journal with what the ledger did not know: outcomes that stayed unknown, tries that were ambiguous, and what was sent once
 * more because it had been in flight.
 */
export async function doubled(journal: readonly Taken[], ledger: LedgerServer): Promise<Doubled> {
  const uncertain = new Map(
    (await ledger.ask<{ key: string; times: string }>(uncertainQuery)).map(({ key, times }) => [key, Number(times)]),
  );
  const last = new Map<string, string>();
  const extra = new Map<string, number>();
  for (const { event, id, content } of journal) {
    const key = `${event} ${id}`;
    if (last.get(key) === content) extra.set(key, (extra.get(key) ?? 0) + 1);
    last.set(key, content);
  }
  const withoutNeed = [...extra].flatMap(([key, times]) => {
    const allowed = uncertain.get(key) ?? 0;
    return times > allowed ? [`${key}: told ${times} times too often, uncertain ${allowed} times`] : [];
  });
  return { calls: [...extra.values()].reduce((sum, times) => sum + times, 0), withoutNeed };
}

/** No number of a document's version stands for two contents. */
export function ambiguousVersions(journal: readonly Taken[]): string[] {
  const contents = new Map<string, string>();
  return journal.flatMap(({ id, content, version }) => {
    if (version === null) return [];
    const key = `version ${version} of document ${id}`;
    const before = contents.get(key) ?? content;
    contents.set(key, content);
    return before === content ? [] : [`${key} has two contents`];
  });
}

/**
 * After an uncertain merge the retired patient's documents are told again too. What a crash found in flight had up to five tries that nobody
 * recorded, and is sent once more by a later run.
 */
const uncertainQuery = `
  WITH uncertain AS (
    SELECT
      event_type, entity, entity_id,
      sum(CASE WHEN event_type = 'PatientMerge' THEN 5 ELSE 6 END) AS times
    FROM call
    WHERE state = 'unknown' AND attempts = 0
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT c.event_type, c.entity, c.entity_id, count(*)
    FROM attempt a JOIN call c USING (call_id)
    WHERE a.result = 'ambiguous'
    GROUP BY 1, 2, 3
  )
  SELECT event_type || ' ' || entity_id AS key, sum(times) AS times
  FROM (
    SELECT event_type, entity_id, times FROM uncertain
    UNION ALL
    SELECT DISTINCT 'VisitPush', v.entity_id, u.times
    FROM uncertain u JOIN call v ON v.entity = 'encounter' AND v.row_patient_id = u.entity_id
    WHERE u.entity = 'merge'
  ) AS u
  GROUP BY 1`;

function at(value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return at((value as Readonly<Record<string | number, JsonValue>>)[key], ...rest);
}

const text = (value: JsonValue | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
