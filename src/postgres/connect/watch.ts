interface Watched {
  /** Sends a small query. */
  readonly ask: () => Promise<unknown>;
  readonly leave: (reason: Error) => void;
}

/**
 * Polls the server, because a vanished machine leaves its connection open. A server silent for `patienceMs` is lost.
 * Statements queue, so watch only while all of them are short. Returns a function that stops the watch.
 */
export function watch({ ask, leave }: Watched, everyMs: number, patienceMs: number): () => void {
  let patience: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (patience !== undefined) return;
    patience = setTimeout(() => {
      leave(new Error(`no answer within ${patienceMs} ms`));
    }, patienceMs);
    ask()
      // The listeners of the session handle the loss.
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
