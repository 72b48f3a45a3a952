import type { IncomingHttpHeaders } from 'node:http';
import type { JsonValue } from '../../../json.ts';
import { jsonAnswer, textAnswer, type Answer } from '../endpoint/answer.ts';
import type { IssuedTokens } from '../issued-tokens.ts';
import { textAt } from '../messages/lookup.ts';
import { currentShape, type LogShape } from './log-shape.ts';
import type { LogBook, LogQuery } from './message-log.ts';
import type { Queues } from './queues.ts';

/** The organisation's numbers in Redox's Platform API. */
export interface PlatformSite {
  readonly organizationId: string;
  readonly environmentId: string;
}

interface PlatformParts {
  readonly site: PlatformSite;
  readonly book: LogBook;
  readonly queues: Queues;
  /** Of user-level keys; a source's token opens nothing here. */
  readonly tokens: IssuedTokens;
  readonly now: () => Date;
}

const largestPage = 50;

/** `/platform/v1/…`: the logs, searched page by page and read one by one. */
export class PlatformEndpoint {
  shape: LogShape = currentShape;
  readonly #parts: PlatformParts;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
  }

  /** @param body null for a GET */
  answer(url: URL, headers: IncomingHttpHeaders, body: JsonValue): Answer {
    const { site, tokens, queues, now } = this.#parts;
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined || !tokens.holds(token, now().getTime())) return textAnswer(401, 'Unauthorized');
    queues.settle();
    const { pathname, searchParams } = url;
    if (pathname === `/platform/v1/environments/${site.environmentId}/logs/search/metadata`) {
      return this.#search(searchParams, body);
    }
    const logId = pathname.split(`/platform/v1/organizations/${site.organizationId}/logs/`)[1];
    return logId === undefined ? textAnswer(403, 'Forbidden') : this.#log(decodeURIComponent(logId), searchParams);
  }

  #search(parameters: URLSearchParams, body: JsonValue): Answer {
    const count = Math.min(largestPage, Number(parameters.get('_count') ?? largestPage));
    const from = Number(parameters.get('_cursor') ?? 0);
    const { logs, isLast } = this.#parts.book.search(queryOf(body), from, count);
    const next = isLast ? null : `/logs/search/metadata?_count=${count}&_cursor=${from + count}`;
    return jsonAnswer(200, this.shape.search({ logs, next }));
  }

  #log(id: string, parameters: URLSearchParams): Answer {
    const log = this.#parts.book.find(id);
    const isThere = log !== null && log.dataMode === (parameters.get('dataMode') ?? 'realtime');
    return isThere ? jsonAnswer(200, this.shape.log(log)) : textAnswer(404, 'Not Found');
  }
}

const queryOf = (body: JsonValue): LogQuery => ({
  dataModel: textAt(body, 'dataModel'),
  sourceId: textAt(body, 'sourceId'),
  destinationId: textAt(body, 'destinationId'),
  status: textAt(body, 'status'),
  dataMode: textAt(body, 'dataMode') ?? 'realtime',
  createdAfter: timeAt(body, 'createdAfter') ?? -Infinity,
  createdBefore: timeAt(body, 'createdBefore') ?? Infinity,
  updatedAfter: timeAt(body, 'updatedAfter') ?? -Infinity,
  updatedBefore: timeAt(body, 'updatedBefore') ?? Infinity,
});

const timeAt = (body: JsonValue, key: string): number | null => {
  const text = textAt(body, key);
  return text === null ? null : Date.parse(text);
};
