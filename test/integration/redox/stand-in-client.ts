import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey } from 'jose';
import { Agent, request } from 'undici';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { startStandIn, type StandIn, type StandInOptions } from '../../../src/sandbox/redox/stand-in.ts';

/** What a test of the stand-in needs to talk to it: the site's numbers, a key, tokens and good messages, by hand. */

export const clientId = '0a1b2c3d-0000-4000-8000-000000000001';
export const patientOid = '2.16.840.1.113883.3.6147.458.77777.1.1.2.1';
export const organizationOid = '2.16.840.1.113883.3.6147.458.77777.1.1.1.1';
export const documentOid = '2.16.840.1.113883.3.6147.458.77777.1.1.3.1';
export const destinationId = '7b6c5d4e-0000-4000-8000-000000000002';
export const directoryId = 'a07afe3b-d247-4415-827f-6837707e1b8b';
export const redoxAudience = 'https://api.redoxengine.com/v2/auth/token';

const rsa = await generateKeyPair('RS384', { extractable: true });
const ec = await generateKeyPair('ES384', { extractable: true });
export const stranger = (await generateKeyPair('RS384')).privateKey;
/** The registered keys, and the RSA key again for an algorithm that Redox does not take. */
export const privateKeys = {
  ec: ec.privateKey,
  rsaForRs256: await importJWK(await exportJWK(rsa.privateKey), 'RS256'),
};
const keys = [
  { kid: 'rsa', publicKey: await exportJWK(rsa.publicKey) },
  { kid: 'ec', publicKey: await exportJWK(ec.publicKey) },
];

export const startTestStandIn = (options: Partial<StandInOptions> = {}): Promise<StandIn> =>
  startStandIn({ clientId, keys, patientOid, organizationOid, documentOid, destinationId, ...options });

export interface Assertion {
  readonly key?: CryptoKey | Uint8Array;
  readonly header?: Readonly<Record<string, string | undefined>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly now?: Date;
}

export function sign({
  key = rsa.privateKey,
  header = {},
  claims = {},
  now = new Date(),
}: Assertion = {}): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000);
  return new SignJWT({ iss: clientId, sub: clientId, aud: redoxAudience, iat, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'RS384', kid: 'rsa', typ: 'JWT', ...header })
    .sign(key);
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const agent = new Agent({ connections: 32 });

export async function send(
  url: string,
  options: Omit<NonNullable<Parameters<typeof request>[1]>, 'dispatcher'>,
): Promise<Received> {
  const { statusCode, headers, body } = await request(url, { ...options, dispatcher: agent });
  return { status: statusCode, headers, text: await body.text() };
}

export const json = (received: Received): unknown => JSON.parse(received.text);

export function askForToken(
  url: string,
  assertion: string,
  changes: Readonly<Record<string, string | null>> = {},
): Promise<Received> {
  const fields: Readonly<Record<string, string | null>> = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...changes,
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== null) form.set(name, value);
  return send(`${url}/v2/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
}

export async function tokenOf(url: string, assertion: Assertion = {}): Promise<string> {
  const { access_token } = json(await askForToken(url, await sign(assertion))) as { access_token: string };
  return access_token;
}

export function post(
  url: string,
  token: string,
  body: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): Promise<Received> {
  return send(`${url}/endpoint`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The texts of `Meta.Errors`. */
export function errorsOf(received: Received): readonly string[] {
  const { Meta } = json(received) as { Meta: { Errors?: readonly { Text: string }[] } };
  return (Meta.Errors ?? []).map(({ Text }) => Text);
}

/** A copy with the value at a dotted path replaced; undefined takes it away. Numbers in the path are indices. */
export function change(message: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(message);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let target = copy as Record<string, JsonValue>;
  for (const key of keys) target = target[key] as Record<string, JsonValue>;
  if (value === undefined) Reflect.deleteProperty(target, last);
  else target[last] = value;
  return copy;
}
