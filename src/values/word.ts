import { leftOut, read, type Reading } from './reading.ts';
import { lookup } from './lookup.ts';
import { saysNothing } from './says-nothing.ts';

/**
 * Reads the words of a list that may be longer than what is written of it: a word that is not in the table goes out as it
 * is given, and is reported.
 */
export const openWords = (table: Readonly<Record<string, string>>): ((text: string) => Reading<string>) => {
  const lookUp = lookup(table);
  return (text) => {
    const word = lookUp(text);
    if (word !== undefined) return read(word);
    return saysNothing(text) ? leftOut() : read(text, 'unmapped');
  };
};

/** Reads the words of a list that is closed: one that is not in the table is left out, and reported. */
export const closedWords = <Word extends string>(
  table: Readonly<Record<Word, string>>,
): ((text: string) => Reading<Word>) => {
  const lookUp = lookup(table);
  return (text) => {
    const word = lookUp(text);
    if (word !== undefined) return read(word);
    return saysNothing(text) ? leftOut() : leftOut('unmapped');
  };
};
