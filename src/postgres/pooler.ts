import type pg from 'pg';

/** A second connection would be answered at once; a pool in session mode may have no free one, and lets it wait. */
const patienceMs = 2_000;
const rounds = 5;

/**
 * Does a pooler in transaction mode stand between us and the server? There a session has another connection for every
 * transaction: its lock, its settings and its prepared statements would be those of other programs as well. So this is asked
 * before the session sets anything.
 *
 * A pooler makes up the process id that it gives a client, so on a direct connection one question is enough. Behind a pooler a
 * second client tells the modes apart: in session mode two clients never meet in one server process.
 */
export async function isPooledByTransaction(
  client: pg.Client,
  announced: number | null,
  openBeside: () => pg.Client,
): Promise<boolean> {
  const first = await backendOf(client);
  if (first === announced) return false;
  const beside = openBeside();
  // An idle client that is cut off says so here; the question below fails as well.
  beside.on('error', () => undefined);
  try {
    await beside.connect();
    return await within(patienceMs, meets(client, beside, first));
  } catch {
    // No second client is let in, so nothing is known.
    return false;
  } finally {
    await beside.end().catch(() => undefined);
  }
}

/** A pool hands out the connection that was used last, so the two meet in the first round or soon after. */
async function meets(client: pg.Client, beside: pg.Client, first: number): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    if ((await backendOf(beside)) === first) return true;
    if ((await backendOf(client)) !== first) return true;
  }
  return false;
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number | string }>('SELECT pg_backend_pid() AS pid');
  return Number(rows[0]?.pid);
}

/** False where there is no answer in time. */
async function within(ms: number, work: Promise<boolean>): Promise<boolean> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
