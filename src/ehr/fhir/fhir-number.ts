/**
 * Decimals keep their digits: in FHIR `7.0` says more than `7`, and an id may be longer than JavaScript's numbers are exact. Such a number
 * passes through `JSON.parse` and `JSON.stringify` as a marked string.
 */

/** Where a number may stand, one that JavaScript would write otherwise; a look for it is cheap, and most lines have none. */
const mayBeDelicate = /(?:"\s*:|[,[])\s*-?(?:\d+\.\d*0|\d{16}|\d+\.\d{14}|\d[\d.]*[eE])/;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Postgres refuses numbers of many thousand digits; those are as JavaScript has them. */
const storable = /^-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?$/;

/** JSON with each number marked that JavaScript would write otherwise. */
export function withMarkedNumbers(json: string): string {
  if (!mayBeDelicate.test(json)) return json;
  let marked = '';
  for (let position = 0; ;) {
    const quote = json.indexOf('"', position);
    const outside = json.slice(position, quote === -1 ? json.length : quote);
    marked += outside.replace(number, (digits) =>
      String(Number(digits)) === digits || !storable.test(digits) ? digits : `"\\u0001n${digits}"`,
    );
    if (quote === -1) return marked;
    position = endOfString(json, quote);
    marked += json.slice(quote, position);
  }
}

/** The same JSON with the digits themselves; a quote within a text has a backslash before it, and a key a colon behind it. */
export const withNumbers = (json: string): string =>
  json.includes('"\\u0001n')
    ? json.replace(/(?<=[:[,])"\\u0001n(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"(?=[,}\]])/g, '$1')
    : json;

/** The place behind the quote that closes the string. */
function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return json.length;
}
