/**
 * Rows and lines that export programs write around the records of an extract: a ruler under the header, a trailer with a count, the
 * header once more. They look like records and describe nobody.
 */

/** `-------`, `=====`, `---+---`: what sqlcmd and psql print under the header. */
export const isRuler = (text: string): boolean => /^[-=_+*~ ]{2,}$/.test(text) && /[-=_*~]/.test(text);

/** `(6 rows affected)`, `6 rows selected.` */
const countOfRows = /^\(?\s*\d[\d.,]*\s+(?:rows?|records?|lines?|entries|tuples?)\b/i;

/** `TRAILER`, `TOTAL 6`, `Record count: 6`, `EOF`. */
const trailerWords =
  /^(?:trailer|trl|footer|(?:grand |sub)?totals?|eof|eod|end[ _-]of[ _-](?:file|data|report|extract)|(?:number of |total )?(?:rows?|records?|lines?)(?:[ _-]?count)?|count)[\s:=]*[\d.,]*\s*$/i;

/** `Completion time: 2026-03-01T…`, as SQL Server's tools end what they print. */
const timeOfExport = /^(?:completion time|execution time|time taken|elapsed)\s*:/i;

/** A text that ends an extract. An id may be such a word too, so look at the rest of the row before you believe it. */
export function isTrailer(text: string): boolean {
  const line = text.trim();
  return countOfRows.test(line) || trailerWords.test(line) || timeOfExport.test(line);
}
