interface Watched {
  /** Sends a small query. */
  readonly ask: () => Promise<unknown>;
  readonly leave: (reason: Error) => void;
}

/**
 * Polls the server, because a vanished machine leaves its connection open. A server silent for `patienceMs` is lost.
 * The silence is counted in ticks of `everyMs`, because a busy or paused process reads no answer: such a time is one tick.
 * Statements queue, so watch only while all of them are short. Returns a function that stops the watch.
 */
export function watch({ ask, leave }: Watched, everyMs: number, patienceMs: number): () => void {
  let silentMs: number | null = null;
  const tick = (): void => {
    if (silentMs !== null) {
      silentMs += everyMs;
      if (silentMs >= patienceMs) leave(new Error(`no answer within ${patienceMs} ms`));
      return;
    }
    silentMs = 0;
    ask()
      // The listeners of the session handle the loss.
      .catch(() => undefined)
      .finally(() => {
        silentMs = null;
      });
  };
  const interval = setInterval(tick, everyMs);
  return () => {
    clearInterval(interval);
  };
}
