/** Lists of ids in a contract's query: `IN ($1)` becomes as many `?` as there are ids, and the server binds them. */
import type { BoundStatement } from '../../mysql/session.ts';

/** Strings, quoted names and comments of MySQL, in which `$1` is only text; and `$1` itself. */
const pieces = new RegExp(
  [
    String.raw`'(?:[^'\\]|\\[^]|'')*'`,
    String.raw`"(?:[^"\\]|\\[^]|"")*"`,
    '`(?:[^`]|``)*`',
    String.raw`--(?=\s|$)[^\n]*`,
    String.raw`#[^\n]*`,
    String.raw`/\*(?:[^*]|\*(?!/))*\*/`,
    String.raw`\$(?<number>[0-9]+)`,
  ].join('|'),
  'g',
);

/** The numbers of the parameters in a query. */
export const parametersIn = (text: string): readonly string[] =>
  [...text.matchAll(pieces)].flatMap(({ groups }) => groups?.['number'] ?? []);

/** Ids that are bound at once. More come in further statements. */
export const idsAtOnce = 1_000;

/** The ids in lists that are short enough to bind; at least one list. */
export function pagesOf(ids: readonly string[]): (readonly string[])[] {
  const pages: (readonly string[])[] = [];
  for (let start = 0; start < ids.length; start += idsAtOnce) pages.push(ids.slice(start, start + idsAtOnce));
  return pages.length === 0 ? [[]] : pages;
}

/**
 * A statement with the ids bound at each `$1`; no id is bound as NULL, which is equal to none. The list is filled up with NULL to a power
 * of two, so that the server prepares few different statements. `before`: values of our own that stand before the first `$1`.
 */
export function bindIds(
  text: string,
  ids: readonly string[],
  before: readonly (string | number | null)[] = [],
): BoundStatement {
  const size = 2 ** Math.ceil(Math.log2(Math.max(ids.length, 1)));
  const list: (string | null)[] = [...ids, ...Array<null>(size - ids.length).fill(null)];
  const marks = list.map(() => '?').join(', ');
  let places = 0;
  const bound = text.replaceAll(pieces, (piece: string, number: string | undefined) => {
    if (number === undefined) return piece;
    places += 1;
    return marks;
  });
  return { text: bound, values: [...before, ...Array.from({ length: places }, () => list).flat()] };
}
