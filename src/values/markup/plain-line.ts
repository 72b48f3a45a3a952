/**
 * Spells a name or an address as a search would: exact matching makes an invisible difference, such as a zero-width
 * blank or a decomposed letter, hide a patient. Never applied to ids.
 */

/**
 * Soft hyphens, zero-width blanks, and marks of direction. Joiners stay beside letters of Arabic and Indic scripts,
 * where they are part of the spelling.
 */
const invisible =
  /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|(?<![\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}\p{Script=Malayalam}\p{Script=Tamil}\p{Script=Kannada}\p{Script=Telugu}]\p{M}*)[\u200c\u200d]/gu;

/** Composed (NFC), with single plain blanks and no invisible characters. */
export const plainLine = (text: string): string =>
  isPlain(text) ? text : text.replace(invisible, '').replace(/\s+/g, ' ').normalize('NFC').trim();

const isPlain = (text: string): boolean => /^[!-~][ -~]*$/.test(text) && !text.endsWith(' ') && !text.includes('  ');

/** Without blanks, commas, full stops, colons, semicolons, slashes, bars, underscores and hyphens at its end, unless it has nothing else. */
export const withoutTrailingPunctuation = (text: string): string => {
  const kept = text.length - trailing(text);
  return kept === 0 ? text : text.slice(0, kept);
};

/** Counts from the end, because a pattern would begin again at each of a million blanks. */
const trailing = (text: string): number => {
  let at = text.length;
  while (at > 0 && punctuation.has(text.charAt(at - 1))) at -= 1;
  return text.length - at;
};

const punctuation: ReadonlySet<string> = new Set(' ,.;:/|_-');
