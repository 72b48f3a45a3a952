/**
 * A spreadsheet takes a text that begins like a formula for one, and runs it ("CSV injection", OWASP). One `'` in front makes
 * it a text again. What already looks defused gets one more, so that undoing it gives back the very same text.
 */
const formula = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

export const defuse = (text: string): string => (formula.test(text) ? `'${text}` : text);

/** The text as it was before `defuse`. */
export const undefuse = (text: string): string => (text.startsWith("'") && formula.test(text) ? text.slice(1) : text);
