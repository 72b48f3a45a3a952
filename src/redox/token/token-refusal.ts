import { clockToleranceMs, describeDifference } from '../clock-difference.ts';
import { verdictOf, type Exchange } from '../../decide/outcome.ts';
import type { Proxy } from '../../network/way-out.ts';
import { maskText } from '../mask.ts';
import { proxyRefusal } from '../proxy-refusal.ts';

interface NoToken {
  readonly url: string;
  readonly proxy: Proxy | null;
  readonly exchange: Exchange;
  readonly tries: number;
  /** A refusal's text and remedy, by its body; they differ between kinds of key. */
  readonly refusalOf: (body: string | null) => string;
}

/** Explains a missing token in one sentence: the request, the answer, the remedy. */
export function tokenRefusal({ url, proxy, exchange, tries, refusalOf }: NoToken): string {
  const way = proxy === null ? '' : ` through the proxy ${proxy.host} of ${proxy.name}`;
  const attempt = `Redox gave no token (POST ${url}${way}${tries > 1 ? `, ${tries} tries` : ''})`;
  if (exchange.kind === 'unanswered') {
    const refusal = proxy === null ? null : proxyRefusal(exchange.errorCode, proxy, new URL(url).host);
    return `${attempt}: ${refusal ?? `${verdictOf(exchange).reason ?? ''} (${exchange.errorCode}). ${remedyOfSilence}`}`;
  }
  const { httpStatus, body } = exchange;
  if (httpStatus === 200) return `${attempt}: the answer (HTTP 200) holds no token. ${remedyOfUnreadable}`;
  if (httpStatus >= 500 || httpStatus === 408) return `${attempt}: HTTP ${httpStatus}. ${remedyOfOutage}`;
  if (httpStatus === 429) return `${attempt}: HTTP 429, too many requests. ${remedyOfRate}`;
  if (httpStatus < 400) return `${attempt}: HTTP ${httpStatus}, a redirect. ${remedyOfUnreadable}`;
  return `${attempt}: HTTP ${httpStatus}, ${refusalOf(body)}`;
}

const remedyOfSilence =
  'Check that this machine may reach the address (firewall, DNS, HTTPS_PROXY, NODE_EXTRA_CA_CERTS); the next start goes on.';
const remedyOfOutage = 'Redox is out of order; see its status page. The next start goes on.';
const remedyOfRate = 'Another sender may share this address: lower RATE_LIMIT. The next start goes on.';
const remedyOfUnreadable = 'Something else than Redox may have answered: check REDOX_BASE_URL and HTTPS_PROXY.';

const remedyOfProgram =
  'This program sends what it misses, so something between it and Redox changes the request: check HTTPS_PROXY and REDOX_BASE_URL.';
const remedyOfKey =
  'Check that REDOX_CLIENT_ID and REDOX_KEY_ID (the key’s kid) are those in the Redox dashboard, and that the public key is saved there and not revoked.';
const remedyOfClaims =
  'Check this machine’s clock (Redox allows it to be ten seconds ahead), that REDOX_PRIVATE_KEY belongs to REDOX_KEY_ID, ' +
  'that REDOX_CLIENT_ID is right, and that REDOX_BASE_URL is the host where the key was made.';

/**
 * Texts of `error_description`, and their remedies (Redox, "Troubleshoot OAuth API key errors"). An empty description means a wrong
 * claim or header of the assertion.
 */
const remedies: ReadonlyMap<string, string> = new Map([
  ['', remedyOfClaims],
  ['x-www-form-urlencoded content-type required', remedyOfProgram],
  ['Missing grant_type parameter', remedyOfProgram],
  ["The grant_type parameter should equal 'client_credentials'", remedyOfProgram],
  ['Missing client assertion type', remedyOfProgram],
  ['Invalid client assertion type', remedyOfProgram],
  ['Missing client assertion', remedyOfProgram],
  ['JWT header kid property is required', 'Set REDOX_KEY_ID to the kid of the key in the Redox dashboard.'],
  ['Public key not found, check client_id, kid and Redox dashboard settings', remedyOfKey],
]);

/** `clockAheadMs`: how far Redox's clock is ahead of ours. Redox checks the assertion's times first, so a large difference explains a refusal. */
export function oauthRefusal(body: string | null, clockAheadMs: number | null = null): string {
  const { error, description } = readRefusal(body);
  const remedy =
    Math.abs(clockAheadMs ?? 0) > clockToleranceMs
      ? `This machine’s clock is ${describeDifference(clockAheadMs ?? 0)}, and that is why: set it right (NTP), then start again.`
      : (remedies.get(description) ?? `${remedyOfKey} ${remedyOfClaims}`);
  const answer = [error, description].filter((text) => text !== '').join(', ');
  return `${answer === '' ? 'no reason given' : `“${maskText(answer, {})}”`}. ${remedy}`;
}

/** Recorded in 2020: Redox answers a wrong secret with 401 and one word of plain text. */
export function legacyRefusal(body: string | null): string {
  const answer = textOf(body);
  return `${answer === '' ? 'no reason given' : `“${maskText(answer, {})}”`}. ${remedyOfLegacyKey}`;
}

const remedyOfLegacyKey =
  'Check that REDOX_API_KEY and REDOX_API_SECRET are those of this environment’s source in the Redox dashboard, and that ' +
  'REDOX_BASE_URL is the host where the key was made. Redox makes no new legacy keys: where this one is gone, make an OAuth ' +
  'API key and set REDOX_CLIENT_ID, REDOX_KEY_ID and REDOX_PRIVATE_KEY instead.';

function readRefusal(body: string | null): { error: string; description: string } {
  try {
    const answer = JSON.parse(body ?? '') as { error?: unknown; error_description?: unknown } | null;
    return { error: textOf(answer?.error), description: textOf(answer?.error_description) };
  } catch {
    return { error: '', description: textOf(body) };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
