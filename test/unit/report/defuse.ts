const formula = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** What `csv_field` in the ledger makes of a text, said a second time. */
export const defuse = (text: string): string => (formula.test(text) ? `'${text}` : text);
