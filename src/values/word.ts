import { leftOut, read, type Reading } from './reading.ts';
import { lookup } from './lookup.ts';
import { saysNothingOfCare, saysNothingOfWhen } from './says-nothing.ts';

const wordsOf = <Word extends string, Other>(
  table: Readonly<Record<Word, string>>,
  unlisted: (text: string) => Reading<Other>,
): ((text: string) => Reading<Word | Other>) => {
  const lookUp = lookup(table);
  return (text) => {
    const word = lookUp(text);
    if (word !== undefined) return read(word);
    return saysNothingOfCare(text) ? leftOut() : unlisted(text);
  };
};

/** Reads the words of an open list: an unlisted word is sent as written, and reported. */
export const openWords = (table: Readonly<Record<string, string>>): ((text: string) => Reading<string>) =>
  wordsOf(table, (text) => read(text, 'unmapped'));

/** Reads the words of a closed list: an unlisted word is left out, and reported. */
export const closedWords = <Word extends string>(
  table: Readonly<Record<Word, string>>,
): ((text: string) => Reading<Word>) => wordsOf(table, () => leftOut('unmapped'));

/** Postgres prints `t` and `f`; the others are its accepted spellings, and those of CSV extracts. */
const truthOf = lookup({ true: 't | yes | y | on | 1', false: 'f | no | n | off | 0' });

export const readBoolean = (text: string): Reading<boolean> => {
  const value = truthOf(text);
  if (value !== undefined) return read(value === 'true');
  return saysNothingOfWhen(text) ? leftOut() : leftOut('malformed');
};
