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
import type { LogShape } from './platform/log-shape.ts';
import { PlatformEndpoint, type PlatformSite } from './platform/platform-endpoint.ts';
import type { Travel } from './platform/queues.ts';
import { Misbehaviour } from './fault/misbehaviour.ts';
import { Redox } from './redox.ts';
import type { QueryAnswers } from './queries/query-answers.ts';
import type { Tampering } from './queries/tampering.ts';
import { RollingWindow } from './rolling-window.ts';
import { Router } from './endpoint/router.ts';
import type { State } from './state.ts';
import { TokenEndpoint, tokenPath } from './endpoint/token-endpoint.ts';

/**
 * A local stand-in for Redox: token endpoint, message endpoint and repository, as strict as Redox's documentation allows. It shares no
 * code with the job, so that both do not repeat the same mistake.
 */
export interface StandInOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  readonly clientId: string;
  readonly keys: readonly { readonly kid: string; readonly publicKey: JWK }[];
  readonly patientOid: string;
  readonly organizationOid: string;
  readonly documentOid: string;
  /** The organisation's own repository. */
  readonly destinationId: string;
  /** Default: messages may name any source, or none. */
  readonly sourceId?: string;
  readonly legacy?: { readonly apiKey: string; readonly secret: string };
  /** A user-level key and the organisation's numbers, for the Platform API; without it there is none. */
  readonly platform?: PlatformSite & Pick<StandInOptions, 'clientId' | 'keys'>;
  /** Default 7,500 in any 5 minutes; null for none. */
  readonly rateLimit?: { readonly calls: number; readonly windowMs: number } | null;
  /** Default 10 MB. */
  readonly maxBodyBytes?: number;
  /** Default 300, as Redox's. */
  readonly tokenLifetimeS?: number;
  /** Messages accepted before the start; they fill the repository and are not counted. */
  readonly takenBefore?: readonly JsonObject[];
  /** Called with each accepted message, independent of the answer. */
  readonly onTaken?: (message: JsonObject) => void;
  readonly now?: () => Date;
}

export interface StandIn {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  state(): State;
  /** Replaces the rules; an empty list is normal behaviour. */
  misbehave(rules: readonly Fault[]): void;
  travel(settings: Travel): void;
  /** Retries the messages that stopped their queue. */
  resume(): void;
  answerLogsAs(shape: LogShape): void;
  answerQueriesAs(answers: QueryAnswers): void;
  /** Changes the repository or the directory without a message. */
  tamper(change: Tampering): void;
  requests(): Counters;
  /** Resets repository, counts, rules and answers; tokens stay valid. */
  reset(): void;
  /** Closes all connections, waiting ones too. */
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
  const redox = new Redox({ ...options, sourceId: options.sourceId ?? null }, now);
  for (const message of options.takenBefore ?? []) redox.take(message, null);
  const rateWindow = rateWindowOf(options.rateLimit);
  // The audience is Redox's own endpoint or this one, because another base URL is always a stand-in.
  const tokenEndpointOf = (key: Pick<StandInOptions, 'clientId' | 'keys'>, issued: IssuedTokens): TokenEndpoint =>
    new TokenEndpoint(
      new AssertionVerifier({ ...key, audiences: [redoxTokenUrl, `${url}${tokenPath}`] }),
      issued,
      options.tokenLifetimeS ?? 300,
    );
  const { patientOid, legacy, platform, onTaken = () => undefined } = options;
  const userTokens = new IssuedTokens();
  const platformEndpoint =
    platform === undefined
      ? null
      : new PlatformEndpoint({ site: platform, book: redox.logs, queues: redox.queues, tokens: userTokens, now });
  const router = new Router({
    tokenEndpoint: tokenEndpointOf(options, tokens),
    platform:
      platform === undefined || platformEndpoint === null
        ? null
        : {
            clientId: platform.clientId,
            tokenEndpoint: tokenEndpointOf(platform, userTokens),
            endpoint: platformEndpoint,
          },
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
    travel: (settings) => {
      redox.queues.set(settings);
    },
    resume: () => {
      redox.queues.resume();
    },
    answerLogsAs: (shape) => {
      if (platformEndpoint !== null) platformEndpoint.shape = shape;
    },
    answerQueriesAs: (answers) => {
      redox.readBack.answers = answers;
    },
    tamper: (change) => {
      redox.tamper(change);
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

/** Listens on loopback only, because it returns its messages without authentication. */
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
