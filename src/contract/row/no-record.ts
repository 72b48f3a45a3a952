/**
 * Rows and lines that export programs write around the records of an extract: a ruler under the header, a trailer with a count, the
 * header once more. They look like records and describe nobody.
 */

/** `-------`, `=====`, `---+---`: what sqlcmd and psql print under the header. */
export const isRuler = (text: string): boolean => /^[-=_+*~ ]{2,}$/.test(text) && /[-=_*~]/.test(text);

/** `(6 rows affected)`, `6 rows selected.` */
const countOfRows = /^\(?\s*\d[\d.,]*\s+(?:rows?|records?|lines?|entries|tuples?)\b/i;

/** `TRAILER`, `FTR`, `TOTAL 6`, `Total patients: 6`, `Record count: 6`, `EOF`. */
const trailerWords =
  /^(?:trailer(?:[ _-](?:record|row|line))?|tlr|trl|footer|ftr|(?:grand |sub)?totals?(?: [a-z]+){0,2}|eof|eod|end(?:[ _-]of[ _-][a-z]+)?|number of [a-z]+|(?:rows?|records?|lines?)(?:[ _-]?count)?|count)[\s:=|]*[\d.,]*$/i;

/** What SSMS, sqlcmd and SQL*Plus write when they are done. */
const lastWords = /^(?:completion time|execution time|time taken|elapsed)\s*:|^sql>/i;

/** `-- End of file --`, `*** END ***`, `#EOF`. */
const ornament = /^[-=_+*~#<>\s]+|[-=_+*~#<>\s.]+$/g;

/** A text that ends an extract. An id may be such a word too, so look at the rest of the row before you believe it. */
export const isTrailer = (text: string): boolean => {
  if (text.length > longestTrailer) return false;
  return [countOfRows, trailerWords, lastWords].some((words) => words.test(text.replace(ornament, '')));
};

const longestTrailer = 200;
