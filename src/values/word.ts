import { leftOut, read, type Reading } from './reading.ts';
import { lookup } from './lookup.ts';
import { saysNothingOfCare } from './says-nothing.ts';

/** Reads the words of an open list: an unlisted word is sent as written, and reported. */
export const openWords = (table: Readonly<Record<string, string>>): ((text: string) => Reading<string>) => {
  const lookUp = lookup(table);
  return (text) => {
    const word = lookUp(text);
    if (word !== undefined) return read(word);
    return saysNothingOfCare(text) ? leftOut() : read(text, 'unmapped');
  };
};

/** Reads the words of a closed list: an unlisted word is left out, and reported. */
export const closedWords = <Word extends string>(
  table: Readonly<Record<Word, string>>,
): ((text: string) => Reading<Word>) => {
  const lookUp = lookup(table);
  return (text) => {
    const word = lookUp(text);
    if (word !== undefined) return read(word);
    return saysNothingOfCare(text) ? leftOut() : leftOut('unmapped');
  };
};
