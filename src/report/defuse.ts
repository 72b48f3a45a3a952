/**
 * A spreadsheet takes a text that begins like a formula for one, and runs it ("CSV injection", OWASP). One `'` in front makes
 * it a text again; `csv_field` in the ledger puts it there as the CSVs are written. What already looks defused gets one more, so that
 * undoing it gives back the very same text.
 */
const defused = /^''*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** The text as it was before it was defused. */
export const undefuse = (text: string): string => (defused.test(text) ? text.slice(1) : text);
