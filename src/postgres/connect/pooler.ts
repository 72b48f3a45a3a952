import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { announcedProcess } from './client.ts';
import { type Greeting, greet } from './greeting.ts';

/**
 * The kind of pooler in front of the server:
 *
 * - `none`: a direct connection.
 * - `session`: a pooler that reserves a server process for each client until it disconnects.
 * - `shared`: a pooler that reassigns it between transactions or statements, together with our lock, settings and
 *   prepared statements.
 * - `alone`: a pooler of unknown mode, because a second client got no answer.
 */
export type Pooling = 'none' | 'session' | 'shared' | 'alone';

/** A direct server answers a second connection at once; a full pool lets it wait. */
const busyMs = 500;
const patienceMs = 10_000;
const rounds = 5;
/** Of one client in a round. */
const mostQuestions = 3;

/** Servers known to be direct: they announce the process that answers, and two clients had two processes. */
const direct = new Set<string>();

/**
 * Detects a pooler before the session sets anything, with a second client: two idle sessions in one server process are
 * pooled. A pooler announces an invented process id.
 */
export async function poolingOf(client: pg.Client, greeting: Greeting, openBeside: () => pg.Client): Promise<Pooling> {
  const isDirect = greeting.processId === announcedProcess(client);
  const server = `${client.host}:${client.port}`;
  if (isDirect && direct.has(server)) return 'none';
  const beside = openBeside();
  // A lost idle client reports it here; its query below fails as well.
  beside.on('error', () => undefined);
  try {
    await beside.connect();
    const met = await answer(meets(client, beside, processOf(greeting)), patienceMs);
    if (met === true) return 'shared';
    if (met === false && isDirect) direct.add(server);
    if (met === false) return isDirect ? 'none' : 'session';
    return isDirect ? 'none' : 'alone';
  } catch {
    return isDirect ? 'none' : 'alone';
  } finally {
    await beside.end().catch(() => undefined);
  }
}

/**
 * A pool reuses the latest connection first, so the two clients meet in the first round or soon after. One that takes its connections in
 * turn may give each client its own again and again, while another job asks beside us; so the number of questions is random.
 */
async function meets(client: pg.Client, beside: pg.Client, first: string): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const asked = processNow(beside);
    if ((await answer(asked, busyMs)) === null && (await isAheadOf(client, asked))) return false;
    if ((await asked) === first) return true;
    for (let left = randomInt(1, mostQuestions + 1); left > 0; left -= 1) {
      if ((await processNow(client)) !== first) return true;
    }
  }
  return false;
}

/**
 * True if a client is answered while the other waits: then it has a server process of its own. In transaction pooling
 * it would queue behind the other.
 */
async function isAheadOf(client: pg.Client, asked: Promise<string>): Promise<boolean> {
  if ((await answer(processNow(client), busyMs)) === null) return false;
  return (await answer(asked, 100)) === null;
}

const discardMs = 2_000;

/** Some pools skip the reset of a returned connection, and other programs would inherit our settings. */
export async function giveBack(client: pg.Client): Promise<void> {
  await answer(client.query('DISCARD ALL'), discardMs).catch(() => undefined);
}

const processOf = ({ processId, started }: Greeting): string => `${processId} ${started}`;
const processNow = async (client: pg.Client): Promise<string> => processOf(await greet(client));

/** Null if the answer is late. */
export async function answer<T>(work: Promise<T>, withinMs: number): Promise<T | null> {
  work.catch(() => undefined);
  const over = new AbortController();
  try {
    return await Promise.race([work, sleep(withinMs, null, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}
