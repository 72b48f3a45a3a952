import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import type { JsonObject } from '../../json.ts';
import { AssertionVerifier } from './assertion.ts';
import { RequestCounters, type Counters } from './counters.ts';
import type { Fault } from './fault/fault.ts';
import { IssuedTokens } from './issued-tokens.ts';
import { LegacyEndpoint } from './endpoint/legacy-endpoint.ts';
import { MessageEndpoint } from './endpoint/message-endpoint.ts';
import { Misbehaviour } from './fault/misbehaviour.ts';
import { Redox } from './redox.ts';
import { RollingWindow } from './rolling-window.ts';
import { Router } from './endpoint/router.ts';
import type { State } from './state.ts';
import { TokenEndpoint, tokenPath } from './endpoint/token-endpoint.ts';

/**
 * A local stand-in for Redox: the token endpoint, the message endpoint, and what lies behind them, as strict as Redox's
 * documentation allows. It shares no code with the job, so that a mistake about Redox is not made twice.
 */
export interface StandInOptions {
  /** Default 0: any that is free. */
  readonly port?: number;
  readonly clientId: string;
  /** The registered public keys. */
  readonly keys: readonly { readonly kid: string; readonly publicKey: JWK }[];
  readonly patientOid: string;
  readonly organizationOid: string;
  readonly documentOid: string;
  /** The organisation's own repository. */
  readonly destinationId: string;
  /** Default: messages need not name a source, and may name any. */
  readonly sourceId?: string;
  /** Takes the legacy API key too. */
  readonly legacy?: { readonly apiKey: string; readonly secret: string };
  /** Default 7,500 in any 5 minutes; null for none. */
  readonly rateLimit?: { readonly calls: number; readonly windowMs: number } | null;
  /** Default 10 MB. */
  readonly maxBodyBytes?: number;
  /** Default 300, as Redox's. */
  readonly tokenLifetimeS?: number;
  /** Messages that it took before it was started; what it holds of them it holds, and they are not counted. */
  readonly takenBefore?: readonly JsonObject[];
  /** Told of each message when it is taken, whatever is answered. */
  readonly onTaken?: (message: JsonObject) => void;
  /** Default: the real clock. */
  readonly now?: () => Date;
}

export interface StandIn {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** What Redox would hold, live. */
  state(): State;
  /** Replaces the rules; none: good behaviour. */
  misbehave(rules: readonly Fault[]): void;
  requests(): Counters;
  /** As after the start: nothing held, nothing counted, no rules; tokens stay good. */
  reset(): void;
  /** Ends connections too, also those that wait for an answer. */
  close(): Promise<void>;
}

const redoxTokenUrl = 'https://api.redoxengine.com/v2/auth/token';

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const now = options.now ?? (() => new Date());
  const server = createServer({ keepAliveTimeout: 60_000 });
  const url = await listen(server, options.port ?? 0);
  const tokens = new IssuedTokens();
  const counters = new RequestCounters();
  const misbehaviour = new Misbehaviour();
  const redox = new Redox({ ...options, sourceId: options.sourceId ?? null });
  for (const message of options.takenBefore ?? []) redox.take(message, null);
  const rateWindow = rateWindowOf(options.rateLimit);
  // An assertion names Redox's own endpoint or this one: a base URL other than Redox's is only ever a stand-in's.
  const verifier = new AssertionVerifier({ ...options, audiences: [redoxTokenUrl, `${url}${tokenPath}`] });
  const { patientOid, legacy, onTaken = () => undefined } = options;
  const router = new Router({
    tokenEndpoint: new TokenEndpoint(verifier, tokens, options.tokenLifetimeS ?? 300),
    legacyEndpoint: legacy === undefined ? null : new LegacyEndpoint(legacy, tokens),
    messageEndpoint: new MessageEndpoint({
      redox,
      tokens,
      rateWindow,
      misbehaviour,
      counters,
      patientOid,
      onTaken,
      now,
    }),
    tokens,
    redox,
    misbehaviour,
    counters,
    maxBodyBytes: options.maxBodyBytes ?? 10_000_000,
    now,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void router.serve(request, response);
  });
  return {
    url,
    state: () => redox.state,
    misbehave: (rules) => {
      misbehaviour.replace(rules);
    },
    requests: () => counters,
    reset: () => {
      redox.clear();
      misbehaviour.replace([]);
      counters.clear();
      rateWindow?.clear();
    },
    close: () => close(server),
  };
}

function rateWindowOf(limit: StandInOptions['rateLimit']): RollingWindow | null {
  if (limit === null) return null;
  return new RollingWindow(limit?.calls ?? 7500, limit?.windowMs ?? 300_000);
}

/** On the loopback interface and no other: it holds whatever it is sent, and gives it to anybody who asks. */
function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeAllConnections();
  });
}
