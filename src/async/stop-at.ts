interface Ends {
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Starts nothing new after the signal, with its reason, or after that time, with the reason `until`. Cleared when the work has ended. */
export function stopAt(until: Date | null, { signal, now }: Ends): AbortController & { readonly clear: () => void } {
  const stop = new AbortController();
  const pass = (): void => {
    stop.abort(signal.reason);
  };
  if (signal.aborted) pass();
  signal.addEventListener('abort', pass, { once: true });
  const endByClock = (): void => {
    stop.abort('until');
  };
  const timer = until === null ? undefined : setTimeout(endByClock, until.getTime() - now().getTime());
  return Object.assign(stop, {
    clear: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', pass);
    },
  });
}
