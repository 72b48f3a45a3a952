import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify, type JWTPayload, type JWTVerifyResult } from 'jose';
import { onTestFinished } from 'vitest';
import type { RedoxAddress } from '../../../src/config/config.ts';
import type { Delivery } from '../../../src/decide/call.ts';
import { wayOutOfEnvironment } from '../../../src/network/way-out.ts';
import { Secret } from '../../../src/secret.ts';
import { openRedox, type Proof, type RedoxClient, type RedoxClientOptions } from '../../../src/redox/client.ts';

const Meta = { DataModel: 'PatientAdmin', EventType: 'NewPatient' };

/** Of a patient whose values can be found again wherever they should not be. */
export const message = JSON.stringify({
  Meta,
  Patient: {
    Identifiers: [{ ID: 'MRN-778899', IDType: '1.2.3' }],
    Demographics: { FirstName: 'Wilhelmina', LastName: 'Quackenbush', DOB: '1951-11-23', SSN: '987-65-4320' },
  },
});
export const patientValues = /wilhelmina|quackenbush|1951|11.23|987|4320|778899/i;

export const logId = '7b1f6c9e-0f3a-4c55-9e0c-2d4c1a9a1f10';
export const echo = JSON.stringify({ Meta: { ...Meta, Logs: [{ ID: logId, AttemptID: 'a' }] } });

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface SmallServer {
  readonly url: string;
  /** Bodies of the messages, in the order in which they came, and the headers beside them. */
  readonly bodies: string[];
  readonly requests: IncomingMessage[];
  /** Nobody listens any more. */
  readonly stop: () => void;
  readonly assertions: { header: JWTVerifyResult['protectedHeader']; payload: JWTPayload; form: URLSearchParams }[];
}

interface SmallServerOptions {
  /** The answers to messages, one after the other; the last one stays. */
  readonly answers?: readonly Answer[];
  /** The same for requests for a token; what is not given is granted. */
  readonly tokenAnswers?: readonly Answer[];
  readonly publicKey?: KeyObject;
  readonly create?: (listener: RequestListener) => Server;
}

/** A server that says what it is told: about 50 lines of Redox, each answer in the test's hand. */
export async function smallServer(options: SmallServerOptions = {}): Promise<SmallServer> {
  const { answers = [say(200, echo)], tokenAnswers = [], publicKey = rsa.publicKey, create = createServer } = options;
  const bodies: string[] = [];
  const requests: IncomingMessage[] = [];
  const assertions: SmallServer['assertions'] = [];

  const onToken: Answer = (request, response, body) => {
    const form = new URLSearchParams(body);
    void jwtVerify(form.get('client_assertion') ?? '', publicKey).then(({ protectedHeader, payload }) => {
      assertions.push({ header: protectedHeader, payload, form });
      const number = assertions.length;
      const answer = tokenAnswers[number - 1] ?? grant();
      answer(request, response, String(number));
    });
  };
  const onMessage: Answer = (request, response, body) => {
    bodies.push(body);
    requests.push(request);
    const answer = answers[Math.min(bodies.length, answers.length) - 1];
    answer?.(request, response, body);
  };

  const server = create((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      (request.url?.endsWith('/v2/auth/token') === true ? onToken : onMessage)(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bodies, requests, assertions, stop };
}

export const say =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

/** Grants `token-1`, `token-2` and so on. */
export const grant =
  (expiresIn = 300): Answer =>
  (_, response, number) => {
    const body = { access_token: `token-${number}`, token_type: 'Bearer', expires_in: expiresIn, scope: '' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

export const hang: Answer = () => undefined;

export const reset: Answer = (request) => {
  request.socket.resetAndDestroy();
};

export const credentials = {
  kind: 'oauth',
  clientId: 'client-1',
  keyId: 'key-1',
  privateKey: new Secret(pemOf(rsa.privateKey)),
} as const;

/** The proof of a run that cannot lose its lock. */
const alwaysFresh: Proof = { isFresh: () => true, renew: () => Promise.resolve() };

export interface TestClient {
  send(body: string, proof?: Proof): ReturnType<RedoxClient['send']>;
  close(): Promise<void>;
}

/** A client that retries within milliseconds; closed when the test is over. */
export function openClient(
  baseUrl: string,
  options: Partial<RedoxAddress & Omit<RedoxClientOptions, 'redox'>> = {},
): TestClient {
  const wayOut = wayOutOfEnvironment(process.env);
  const client = openRedox({
    redox: { baseUrl, credentials, sourceId: null, callTimeoutMs: 5_000, wayOut, ...options },
    rateLimit: null,
    concurrency: 8,
    earlierAgesMs: [],
    signal: new AbortController().signal,
    ...options,
    retry: { attempts: 3, baseMs: 2, capMs: 20, ...options.retry },
  });
  onTestFinished(() => client.close());
  return { ...client, send: (body, proof = alwaysFresh) => client.send(Buffer.from(body), proof) };
}

/** The delivery of a call that was started. */
export async function deliver(client: TestClient): Promise<Delivery> {
  const delivery = await client.send(message);
  if (delivery === 'not_started') throw new Error('the call was not started');
  return delivery;
}
