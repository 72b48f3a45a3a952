/** The items in pages of this size; the last one may be shorter. */
export async function* inPages<Item>(items: AsyncIterable<Item>, pageSize: number): AsyncGenerator<Item[]> {
  let page: Item[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
