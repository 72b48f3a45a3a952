/** Pages of rows, until one is not full. `next`: the page after that row; undefined for the first one. */
export async function* keysetPages<Row>(
  pageSize: number,
  next: (last: Row | undefined) => Promise<Row[]>,
): AsyncGenerator<Row[], void, undefined> {
  let last: Row | undefined;
  for (;;) {
    const page = await next(last);
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    last = page.at(-1);
  }
}
