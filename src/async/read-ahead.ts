/** The pages of a source, the next one being read while this one is worked on: the two sessions of a ledger then work side by side. */
export async function* readAhead<Page>(source: AsyncGenerator<Page>): AsyncGenerator<Page> {
  const readNext = (): Promise<IteratorResult<Page, unknown>> => {
    const next = source.next();
    // Its failure is thrown when its turn comes; it is not a stray one until then.
    next.catch(() => undefined);
    return next;
  };
  try {
    for (let ahead = readNext(); ;) {
      const page = await ahead;
      if (page.done === true) return;
      ahead = readNext();
      yield page.value;
    }
  } finally {
    // Waits for what is being read, so that the session is free again.
    await source.return(undefined);
  }
}
