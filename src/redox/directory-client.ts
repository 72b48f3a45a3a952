import { type Exchange, verdictOf } from '../decide/outcome.ts';
import { defaultRetryPolicy } from '../decide/redox/failure.ts';
import { adviceOn } from '../directory/directory-answer.ts';
import { NeighbourFault, UsageFault } from '../fault.ts';
import { isObject, type JsonObject, type JsonValue, objectIn } from '../json.ts';
import { maskText } from './mask.ts';
import { repeated } from './query/repeated.ts';
import { type ClientOptions, openTransport } from './transport.ts';

export interface DirectoryOptions extends ClientOptions {
  readonly onQuery?: () => Promise<void>;
}

/** A page of organisations takes some hundred kilobytes. */
const largestPage = 8 * 1024 * 1024;

/**
 * Asks the Carequality directory, with a message that names what is sought. Rejects with a UsageFault if the directory refuses the
 * question, and with a NeighbourFault if it gives no readable answer.
 */
export async function askDirectory(options: DirectoryOptions, query: JsonObject): Promise<readonly JsonObject[]> {
  const { signal } = options;
  const retry = { ...defaultRetryPolicy, ...options.retry };
  const transport = openTransport({ ...options, concurrency: 1, cutOff: signal }, retry);
  const askOnce = async (): Promise<Exchange> => {
    const token = await transport.token();
    const exchange = await transport.query(JSON.stringify(query), token, largestPage);
    await options.onQuery?.();
    if (exchange.kind === 'answered' && exchange.httpStatus === 401) transport.forget(token);
    return exchange;
  };
  try {
    return organizationsOf(await repeated(askOnce, retry, signal), query);
  } finally {
    await transport.close();
  }
}

/** How the directory may say that it has no such organisation. */
const nothingFound = /\bnot found\b|could not find|id:.* is not valid/i;

function organizationsOf(exchange: Exchange, query: JsonObject): readonly JsonObject[] {
  const { reason, answer } = verdictOf(exchange);
  const body = exchange.kind === 'answered' ? objectIn(exchange.body) : null;
  if (body !== null && isObject(body['Meta']) && reason !== null && nothingFound.test(answer ?? '')) return [];
  const organizations = body?.['Organizations'];
  if (reason === null && Array.isArray(organizations)) {
    return (organizations as readonly JsonValue[]).filter((organization) => isObject(organization));
  }
  const what = reason ?? 'an answer without Organizations';
  const detail = reason === null || answer === null ? '' : `, “${maskText(answer, query)}”`;
  const text = `The Carequality directory could not be asked: ${what}${detail}. ${adviceOn(answer) ?? remedy}`;
  throw isRefused(reason) ? new UsageFault(text) : new NeighbourFault(text);
}

const remedy = 'Start the job again when the network and the key work; if it persists, ask Redox.';

const isRefused = (reason: string | null): boolean =>
  reason === 'no_subscription' || reason === 'meta_errors' || /^http_4(?!08|29)/.test(reason ?? '');
