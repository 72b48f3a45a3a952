interface Reading<Page> {
  /** Reads on only after this page was worked on. */
  readonly waitsAfter?: (page: Page) => boolean;
  /** False: an end does not wait for the page that is being read, because it may never come. */
  readonly waitsAtEnd?: boolean;
}

/** The pages of a source, the next one being read while this one is worked on. */
export async function* readAhead<Page>(
  source: AsyncGenerator<Page>,
  { waitsAfter = () => false, waitsAtEnd = true }: Reading<Page> = {},
): AsyncGenerator<Page> {
  const readNext = (): Promise<IteratorResult<Page, unknown>> => {
    const next = source.next();
    // A failure is thrown once it is awaited, so it counts as handled until then.
    next.catch(() => undefined);
    return next;
  };
  try {
    for (let ahead = readNext(); ;) {
      const page = await ahead;
      if (page.done === true) return;
      const isAlone = waitsAfter(page.value);
      if (!isAlone) ahead = readNext();
      yield page.value;
      if (isAlone) ahead = readNext();
    }
  } finally {
    // So that the session is free again.
    if (waitsAtEnd) await source.return(undefined);
  }
}
