/**
 * Reads the answers of the Platform API. Two shapes are documented, the envelope of a search is not; so a log is any object with an id
 * and a status, wherever it stands, and every other field may be missing.
 */
import { logStatuses, type LogStatus, type MessageLog } from '../../decide/redox/confirmation.ts';
import { isObject, type JsonObject, type JsonValue, objectIn } from '../../json.ts';
import { codeWord, pathWord, stageWord } from './log-words.ts';

/** Where the next page begins, as a parameter of the search. */
export interface Cursor {
  readonly name: '_cursor' | '_page';
  readonly value: string;
}

export interface LogPage {
  readonly logs: readonly MessageLog[];
  /** Null at the end. */
  readonly next: Cursor | null;
}

/** Null where the answer is no JSON object. */
export function parseSearch(body: string | null): LogPage | null {
  const answer = objectIn(body);
  if (answer === null) return null;
  return { logs: logsIn(answer), next: cursorIn(answer) };
}

/** The log of this id in the answer to a query for it; null where there is none. */
export function parseLog(body: string | null, id: string): MessageLog | null {
  const answer = objectIn(body);
  if (answer === null) return null;
  const named = logsIn(answer).find((log) => log.id === id);
  // An answer about one log need not repeat its id.
  return named ?? firstOf(answer, (one) => (idOf(one) === null && isObject(one['attempts']) ? logOf(one, id) : null));
}

/** Outermost first. A log's own parts are left out: attempts have an id and a status too. */
function logsIn(value: JsonValue): readonly MessageLog[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!isObject(value)) return value.flatMap((item: JsonValue) => logsIn(item));
  const id = idOf(value);
  const log = id === null ? null : logOf(value, id);
  return log === null ? Object.values(value).flatMap(logsIn) : [log];
}

function firstOf<T>(value: JsonValue, read: (one: JsonObject) => T | null): T | null {
  if (typeof value !== 'object' || value === null) return null;
  const own = isObject(value) ? read(value) : null;
  if (own !== null) return own;
  for (const part of Object.values(value) as readonly JsonValue[]) {
    const found = firstOf(part, read);
    if (found !== null) return found;
  }
  return null;
}

function logOf(log: JsonObject, id: string): MessageLog | null {
  const latest = objectAt(objectAt(log, 'attempts'), 'latest');
  const status = statusOf(log['status']) ?? statusOf(latest['status']);
  if (status === null) return null;
  return {
    id,
    status,
    ...(status === 'failed' ? failureOf(latest) : { stage: null, code: null, path: null }),
    endedAt: timeOf(log['updatedAt']) ?? timeOf(latest['attemptAt']),
  };
}

/** `failedStage` and `stages` in the older shape, `operations` in the current one. */
function failureOf(latest: JsonObject): Pick<MessageLog, 'stage' | 'code' | 'path'> {
  const operations: readonly JsonValue[] = Array.isArray(latest['operations']) ? latest['operations'] : [];
  const steps = [...Object.values(objectAt(latest, 'stages')), ...operations].filter((step) => isObject(step));
  const step = steps.find(isFailed) ?? {};
  const stage = textOf(latest['failedStage']) ?? textOf(step['attemptStage']) ?? textOf(step['name']);
  const code = step['code'];
  const message = textOf(objectAt(step, 'error')['message']);
  return {
    stage: stage === null ? null : stageWord(stage),
    code: typeof code === 'string' || typeof code === 'number' ? codeWord(code) : null,
    path: message === null ? null : pathWord(message),
  };
}

const isFailed = (step: JsonObject): boolean => statusOf(step['status']) === 'failed' || isObject(step['error']);

function statusOf(value: JsonValue | undefined): LogStatus | null {
  const word = textOf(value)?.toLowerCase();
  return logStatuses.find((one) => one === word) ?? null;
}

const idOf = ({ id }: JsonObject): string | null =>
  typeof id === 'number' || (typeof id === 'string' && id !== '') ? String(id) : null;

const textOf = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null);

const objectAt = (value: JsonObject, key: string): JsonObject => {
  const found = value[key];
  return isObject(found) ? found : {};
};

/** Documented samples have times that are none: those count as absent. */
function timeOf(value: JsonValue | undefined): Date | null {
  const ms = Date.parse(textOf(value) ?? '');
  return Number.isNaN(ms) ? null : new Date(ms);
}

/** A link to the next page, or a cursor by itself. */
function cursorIn(answer: JsonObject): Cursor | null {
  return firstOf(answer, (one) => linkOf(textOf(one['next'])) ?? bareOf(one));
}

function linkOf(link: string | null): Cursor | null {
  const query = link?.split('?')[1];
  if (link === null || link === '') return null;
  if (query === undefined) return { name: '_cursor', value: link };
  const parameters = new URLSearchParams(query);
  for (const name of ['_cursor', '_page'] as const) {
    const value = parameters.get(name);
    if (value !== null && value !== '') return { name, value };
  }
  return null;
}

function bareOf(one: JsonObject): Cursor | null {
  const value = textOf(one['nextCursor']) ?? textOf(one['cursor']);
  return value === null || value === '' ? null : { name: '_cursor', value };
}
