/**
 * Characters that a text of a message cannot keep. Redox makes CDA documents of what it is sent, and XML 1.0 has no place for most
 * control characters, for halves of surrogate pairs and for noncharacters, not even escaped (2.2, Char).
 *
 * None of them is ever taken out: `2<VT>5 mg` would become 25 mg. A control character that moves the paper or the cursor stands for
 * a line break or a blank; any other becomes U+FFFD, which says that something was there.
 */

/** VT, FF, NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR: line breaks of Word, of printers, of mainframes and of Unicode. */
const otherLineBreaks = /[\v\f\u0085\u2028\u2029]/g;

/** What is left of C0, DEL and C1, and what no XML document can hold, with the noncharacters that are for use within programs. */
const unwritable = /[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fdcf}\u{fdf0}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** By code unit, which is several times as fast: a text in which it finds nothing is clean. Tab, LF and CR are not looked for. */
const maybeUnwritable = /[^\t\n\r\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/;

export const replacement = '\u{fffd}';

/** A text as an XML document can hold it, with its line breaks. */
export const writable = (text: string): string =>
  maybeUnwritable.test(text) ? text.replace(otherLineBreaks, '\n').replace(unwritable, replacement) : text;

/** The same in one line: line breaks and tabs are one blank. Blanks that the source has beside each other stay as they are. */
export const inOneWritableLine = (text: string): string => {
  const clean = writable(text);
  return /[\t\n\r]/.test(clean) ? clean.replace(/ *[\t\n\r][\t\n\r ]*/g, ' ') : clean;
};

/** Has a character that became U+FFFD, and was no line break or blank. */
export const hasReplaced = (text: string): boolean =>
  maybeUnwritable.test(text) && text.replace(otherLineBreaks, '').search(unwritable) !== -1;

/** A control character, a line break or what XML cannot hold: an id with one is not sent. */
export const hasUnwritable = (text: string): boolean => /[\t\n\r]/.test(text) || writable(text) !== text;
