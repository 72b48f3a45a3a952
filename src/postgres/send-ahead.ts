import type pg from 'pg';

/**
 * Statements that go out without waiting for the answers to those before them: pg's pipeline mode. Postgres answers in order, and
 * what fails in a transaction makes the rest of it fail too, so only the waiting is saved. There is no COPY in it.
 */

/** pg's types let only the constructor of a client say so; it is holdPolicy from any statement on. */
export function sendAhead(client: { pipeline: boolean }): void {
  client.pipeline = true;
}

/**
 * The last statement that goes ahead is answered after all the others, and then none is on its way: only so may it end. Of a
 * connection that is lost, whoever uses it next is told.
 */
export async function sendInTurn(client: pg.Client & { pipeline: boolean }): Promise<void> {
  if (client.pipeline) await client.query('SELECT 1').catch(() => undefined);
  client.pipeline = false;
}

/** Gives what each statement gives. They leave in one write where the client sends ahead, else one by one. */
export async function inOrder<T>(client: pg.Client, statements: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  if (client.pipeline) return Promise.all(inOneWrite(client, statements));
  const given: T[] = [];
  for (const statement of statements) given.push(await statement());
  return given;
}

function inOneWrite<T>(client: pg.Client, statements: readonly (() => Promise<T>)[]): readonly Promise<T>[] {
  const { stream } = client.connection;
  stream.cork();
  try {
    return statements.map((statement) => statement());
  } finally {
    stream.uncork();
  }
}
