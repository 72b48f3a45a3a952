/**
 * Recognises rows and lines that export programs write around the records: a ruler under the header, a trailer with a
 * count, a repeated header. They parse as records but describe nobody.
 */

/** `-------`, `=====`, `---+---`: what sqlcmd and psql print under the header. */
export const isRuler = (text: string): boolean => /^[-=_+*~ ]{2,}$/.test(text) && /[-=_*~]/.test(text);

/** `(6 rows affected)`, `6 rows selected.` */
const countOfRows = /^\(?\s*\d[\d.,]*\s+(?:rows?|records?|lines?|entries|tuples?)\b/i;

/** `TRAILER`, `FTR`, `TOTAL 6`, `Total patients: 6`, `Record count: 6`, `EOF`. */
const trailerWords =
  /^(?:trailer(?:[ _-](?:record|row|line))?|tlr|trl|footer|ftr|(?:grand |sub)?totals?(?: [a-z]+){0,2}|eof|eod|end(?:[ _-]of[ _-][a-z]+)?|number of [a-z]+|(?:rows?|records?|lines?)(?:[ _-]?count)?|count)[\s:=|]*[\d.,]*$/i;

/** What SSMS, sqlcmd and SQL*Plus print at the end. */
const lastWords = /^(?:completion time|execution time|time taken|elapsed)\s*:|^sql>/i;

/** `-- End of file --`, `*** END ***`, `#EOF`. */
const ornament = /^[-=_+*~#<>\s]+|[-=_+*~#<>\s.]+$/g;

/** Is this text a trailer? An id may be such a word too, so callers also check the rest of the row. */
export const isTrailer = (text: string): boolean => {
  if (text.length > longestTrailer) return false;
  return [countOfRows, trailerWords, lastWords].some((words) => words.test(text.replace(ornament, '')));
};

const longestTrailer = 200;
