import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { announcedProcess } from './client.ts';
import { type Greeting, greet } from './greeting.ts';

/**
 * What stands between us and the server:
 *
 * - `none`: nothing that gives our connection to others.
 * - `session`: a pooler that leaves a client its server process until it goes.
 * - `shared`: one that gives it to others between two transactions or statements. Our lock, settings and prepared statements would be theirs.
 * - `alone`: one that does not answer a second client, so its mode is not known.
 */
export type Pooling = 'none' | 'session' | 'shared' | 'alone';

/** Where nothing is pooled, a second connection answers at once; a pool may have no free one, and lets it wait. */
const busyMs = 500;
const patienceMs = 10_000;
const rounds = 5;

/** Servers that announce the process which answers, and of which two clients were seen in two processes: nobody pools there. */
const direct = new Set<string>();

/**
 * Asked before the session sets anything. A second client tells the modes apart: two idle sessions in one server process are pooled.
 * A pooler announces a process that it makes up.
 */
export async function poolingOf(client: pg.Client, greeting: Greeting, openBeside: () => pg.Client): Promise<Pooling> {
  const isDirect = greeting.processId === announcedProcess(client);
  const server = `${client.host}:${client.port}`;
  if (isDirect && direct.has(server)) return 'none';
  const beside = openBeside();
  // An idle client that is cut off says so here; the question below fails as well.
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

/** A pool hands out the connection that was used last, so the two meet in the first round or soon after. */
async function meets(client: pg.Client, beside: pg.Client, first: string): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const asked = processNow(beside);
    if ((await answer(asked, busyMs)) === null && (await isAheadOf(client, asked))) return false;
    if ((await asked) === first) return true;
    if ((await processNow(client)) !== first) return true;
  }
  return false;
}

/**
 * A client that is answered while another one has waited for long needs no free connection, so it has one of its own. In a pool that is
 * shared by transaction it would stand behind the other one.
 */
async function isAheadOf(client: pg.Client, asked: Promise<string>): Promise<boolean> {
  if ((await answer(processNow(client), busyMs)) === null) return false;
  return (await answer(asked, 100)) === null;
}

/** One process of one server. */
const processOf = ({ processId, started }: Greeting): string => `${processId} ${started}`;
const processNow = async (client: pg.Client): Promise<string> => processOf(await greet(client));

/** Null where there is no answer in time. */
export async function answer<T>(work: Promise<T>, withinMs: number): Promise<T | null> {
  work.catch(() => undefined);
  const over = new AbortController();
  try {
    return await Promise.race([work, sleep(withinMs, null, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}
