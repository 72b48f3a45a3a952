/** Words that export programs write for an empty id. Letters and digits decide, so `N/A` needs its slash: `NA` may be an id. */
const words: ReadonlySet<string> = new Set([
  'null',
  '(null)',
  '<null>',
  '[null]',
  'nil',
  'none',
  'n/a',
  '#n/a',
  'nan',
  '\\n',
  '-',
  '--',
  '---',
  '.',
  '?',
]);

/** True where the text stands for "no id". */
export const saysNothingAsId = (text: string): boolean =>
  text !== '' && (text.trim() === '' || words.has(text.trim().toLowerCase()));
