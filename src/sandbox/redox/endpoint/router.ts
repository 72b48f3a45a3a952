import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import type { JsonValue } from '../../../json.ts';
import { textAnswer, type Answer, type Reply } from './answer.ts';
import { controlAnswer, stateAnswer } from './control-endpoint.ts';
import type { RequestCounters } from '../counters.ts';
import { faultyReply } from '../fault/faulty-reply.ts';
import type { IssuedTokens } from '../issued-tokens.ts';
import type { LegacyEndpoint } from './legacy-endpoint.ts';
import { isJson, parseJson, type MessageEndpoint } from './message-endpoint.ts';
import type { Misbehaviour } from '../fault/misbehaviour.ts';
import type { Redox } from '../redox.ts';
import type { PlatformEndpoint } from '../platform/platform-endpoint.ts';
import { BodyTooLarge, ClientGone, readBody } from './request-body.ts';
import { tokenPath, type TokenEndpoint } from './token-endpoint.ts';

interface RouterParts {
  readonly tokenEndpoint: TokenEndpoint;
  readonly legacyEndpoint: LegacyEndpoint | null;
  readonly platform: {
    /** Of the user-level key, by which a token request is recognised. */
    readonly clientId: string;
    readonly tokenEndpoint: TokenEndpoint;
    readonly endpoint: PlatformEndpoint;
  } | null;
  readonly messageEndpoint: MessageEndpoint;
  readonly tokens: IssuedTokens;
  readonly redox: Redox;
  readonly misbehaviour: Misbehaviour;
  readonly counters: RequestCounters;
  readonly maxBodyBytes: number;
  readonly now: () => Date;
}

const legacyPaths = new Set(['/auth/authenticate', '/auth/refreshToken']);

/** Redox's documentation has 403 or 404 for a call that is not a POST. */
const notFound = textAnswer(404, 'Not Found');

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export class Router {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The socket is bound to loopback; this also covers forwarded ports.
    if (!loopback.has(request.socket.remoteAddress ?? '')) {
      request.socket.destroy();
      return;
    }
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    if (path === '/endpoint' && request.method === 'POST') await this.#servePost(request, response);
    else send(await this.#safely(() => this.#reply(path, request)), response);
  }

  async #servePost(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counters, messageEndpoint, maxBodyBytes, now } = this.#parts;
    counters.postBegins(now().getTime());
    response.on('close', () => {
      counters.postEnds();
    });
    const reply = await this.#safely(async () =>
      messageEndpoint.reply(request.headers, await readBody(request, maxBodyBytes)),
    );
    if (typeof reply === 'object') counters.answered(reply.status);
    send(reply, response);
  }

  async #reply(path: string, request: IncomingMessage): Promise<Reply> {
    if (request.method === 'GET' && path === '/state') return this.#state(request);
    if (path.startsWith('/platform/')) return this.#platform(request);
    if (request.method !== 'POST') return notFound;
    const body = await readBody(request, this.#parts.maxBodyBytes);
    if (path === tokenPath) return this.#token(request, body.toString());
    if (!isJson(request.headers)) return notFound;
    return this.#jsonReply(path, parseJson(body) ?? null);
  }

  #jsonReply(path: string, body: JsonValue): Answer {
    const { legacyEndpoint, misbehaviour, counters, redox, now } = this.#parts;
    const controlled = controlAnswer(path, body, { redox, misbehaviour });
    if (controlled !== null) return controlled;
    if (legacyEndpoint === null || !legacyPaths.has(path)) return notFound;
    counters.tokenRequests += 1;
    return path === '/auth/authenticate'
      ? legacyEndpoint.authenticate(body, now())
      : legacyEndpoint.refresh(body, now());
  }

  #token(request: IncomingMessage, body: string): Reply | Promise<Reply> {
    const { tokenEndpoint, platform, counters, now } = this.#parts;
    counters.tokenRequests += 1;
    const contentType = request.headers['content-type'] ?? '';
    const endpoint = platform !== null && isFrom(platform.clientId, body) ? platform.tokenEndpoint : tokenEndpoint;
    return this.#underFaults('token', () => endpoint.answer({ contentType, body }, now()));
  }

  #underFaults(endpoint: 'token' | 'platform', process: () => Answer | Promise<Answer>): Reply | Promise<Reply> {
    const { misbehaviour, tokens } = this.#parts;
    const effect = misbehaviour.effectOn({ endpoint, eventType: null, patientIds: [], documentId: null });
    if (effect === null) return process();
    const expireTokens = (): void => {
      tokens.expireAll();
    };
    return faultyReply(effect, { message: null, process, expireTokens });
  }

  async #platform(request: IncomingMessage): Promise<Reply> {
    const { platform, counters, maxBodyBytes } = this.#parts;
    if (platform === null) return notFound;
    counters.platformRequests += 1;
    const isSearch = request.method === 'POST';
    const body = isSearch ? (parseJson(await readBody(request, maxBodyBytes)) ?? null) : null;
    const url = new URL(request.url ?? '', 'http://localhost');
    return this.#underFaults('platform', () => platform.endpoint.answer(url, request.headers, body));
  }

  #state(request: IncomingMessage): Answer {
    const { redox, counters } = this.#parts;
    return stateAnswer(
      redox.state,
      counters,
      new URL(request.url ?? '', 'http://localhost').searchParams.has('counts'),
    );
  }

  /** A body over the limit gets 413, a bug of the stand-in a 500 with its text. */
  async #safely(reply: () => Promise<Reply>): Promise<Reply> {
    try {
      return await reply();
    } catch (error) {
      if (error instanceof BodyTooLarge) return textAnswer(413, 'Payload Too Large');
      if (error instanceof ClientGone) return 'reset';
      return textAnswer(
        500,
        `The stand-in failed: ${error instanceof Error ? (error.stack ?? error.message) : 'no error'}`,
      );
    }
  }
}

/** Whether the assertion of a token request names this client. */
function isFrom(clientId: string, body: string): boolean {
  try {
    return decodeJwt(new URLSearchParams(body).get('client_assertion') ?? '').iss === clientId;
  } catch {
    return false;
  }
}

function send(reply: Reply, response: ServerResponse): void {
  if (reply === 'silence') return;
  if (reply === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}
