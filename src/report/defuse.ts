/**
 * Spreadsheets run a text that begins like a formula ("CSV injection", OWASP). A leading `'` makes it plain text;
 * `csv_field` in the ledger adds it as the CSVs are written. A text that already looks defused gets one more, so that
 * undoing always restores the original.
 */
const defused = /^''*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

export const undefuse = (text: string): string => (defused.test(text) ? text.slice(1) : text);
