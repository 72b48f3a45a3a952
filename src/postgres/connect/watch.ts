interface Watched {
  /** Asks the server something small. */
  readonly ask: () => Promise<unknown>;
  /** Closes the connection. */
  readonly leave: (reason: Error) => void;
}

/**
 * Asks again and again whether the server is still there: a machine that vanished closes no connection. One that does not
 * answer within `patienceMs` is lost. Statements queue behind each other, so watch only while none runs for long. Returns
 * what ends the watch.
 */
export function watch({ ask, leave }: Watched, everyMs: number, patienceMs: number): () => void {
  let patience: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (patience !== undefined) return;
    patience = setTimeout(() => {
      leave(new Error(`no answer within ${patienceMs} ms`));
    }, patienceMs);
    ask()
      // A loss is told to those who registered for it.
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(patience);
        patience = undefined;
      });
  };
  const interval = setInterval(look, everyMs);
  return () => {
    clearInterval(interval);
    clearTimeout(patience);
  };
}
