import { plainLine, withoutTrailingPunctuation } from '../markup/plain-line.ts';
import { read, type Reading } from '../reading.ts';

/** A street, a city, a county or a region abroad: plain blanks, no punctuation at the end. */
export const readAddressLine = (text: string): Reading<string> => read(withoutTrailingPunctuation(plainLine(text)));
