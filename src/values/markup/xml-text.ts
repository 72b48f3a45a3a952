/**
 * Replaces characters that XML forbids. Redox turns messages into CDA documents, and XML 1.0 (2.2, Char) allows most
 * control characters, halves of surrogate pairs and noncharacters in no form, not even escaped.
 *
 * Characters are replaced rather than removed, because `2<VT>5 mg` would become 25 mg. A control character that moves
 * the paper or the cursor becomes a line break or a blank; any other becomes U+FFFD, which marks the place.
 */

/** VT, FF, NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR: line breaks of Word, of printers, of mainframes and of Unicode. */
const otherLineBreaks = /[\v\f\u0085\u2028\u2029]/g;

/** The other control characters (C0, DEL, C1), halves of surrogate pairs, and noncharacters. */
const unwritable = /[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fdcf}\u{fdf0}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Tests by UTF-16 unit, which is several times as fast. A text without a match is clean; tab, LF and CR are allowed. */
const maybeUnwritable = /[^\t\n\r\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/;

export const replacement = '\u{fffd}';

/** The text in characters that XML allows, with its line breaks. */
export const writable = (text: string): string =>
  maybeUnwritable.test(text) ? text.replace(otherLineBreaks, '\n').replace(unwritable, replacement) : text;

/** The same in one line: line breaks and tabs become one blank. Adjacent blanks of the source stay. */
export const inOneWritableLine = (text: string): string => {
  const clean = writable(text);
  return /[\t\n\r]/.test(clean) ? clean.replace(/ *[\t\n\r][\t\n\r ]*/g, ' ') : clean;
};

/** Does the text have a character that becomes U+FFFD? */
export const hasReplaced = (text: string): boolean =>
  maybeUnwritable.test(text) && text.replace(otherLineBreaks, '').search(unwritable) !== -1;

/** Does the text have a control character, a line break or a character that XML forbids? An id with one is not sent. */
export const hasUnwritable = (text: string): boolean => /[\t\n\r]/.test(text) || writable(text) !== text;
