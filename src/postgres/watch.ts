import type pg from 'pg';

/**
 * Asks again and again whether the server is still there: a machine that vanished closes no connection. One that does not
 * answer within `patienceMs` is lost. Statements queue behind each other, so watch only while none runs for long. Returns
 * what ends the watch.
 */
export function watch(client: pg.Client, everyMs: number, patienceMs: number): () => void {
  let patience: NodeJS.Timeout | undefined;
  const ask = (): void => {
    if (patience !== undefined) return;
    patience = setTimeout(() => {
      client.connection.stream.destroy(new Error(`no answer within ${patienceMs} ms`));
    }, patienceMs);
    client
      .query('SELECT 1')
      // A loss is told to those who registered for it.
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(patience);
        patience = undefined;
      });
  };
  const interval = setInterval(ask, everyMs);
  return () => {
    clearInterval(interval);
    clearTimeout(patience);
  };
}
