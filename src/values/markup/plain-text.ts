/**
 * Converts RTF, HTML and base64 to plain text. The contract requires plain text, but notes arrive in these formats, and
 * a recipient would see their source.
 */
import { leftOut, read, type Reading } from '../reading.ts';
import { isHtml, textOfHtml } from './html.ts';
import { isRtf, textOfRtf } from './rtf.ts';
import { Buffer } from 'node:buffer';

/**
 * A text is converted where the result is certain, and otherwise left out as `markup`. Text that only resembles markup
 * (`BP <120`) stays as it is.
 */
export const readPlainText = (text: string): Reading<string> => {
  if (isRtf(text)) return converted(textOfRtf(text));
  if (isHtml(text)) return converted(textOfHtml(text));
  return isBase64(text) ? leftOut('markup') : read(text);
};

const converted = (text: string | undefined): Reading<string> => (text === undefined ? leftOut('markup') : read(text));

/** A shorter text may be an ordinary word. */
const shortest = 24;
/** A text of this length with upper case, lower case and digits is never a word. */
const surelyPacked = 120;

/** Is the whole text one run of base64, possibly in several lines or a `data:` URI? */
const isBase64 = (text: string): boolean => {
  const packed = text.trim().replace(/^data:[\w.+-]*\/[\w.+-]*(?:;[\w=.+-]*)*,/i, '');
  if (packed.length < shortest || !/^[A-Za-z0-9+/_-]+(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}$/.test(packed)) return false;
  const run = packed.replace(/\s+/g, '');
  if (!/[a-z]/.test(run) || !/[A-Z]/.test(run)) return false;
  if (run.length >= surelyPacked && /\d/.test(run)) return true;
  return run.length % 4 === 0 && isFileOrText(Buffer.from(run, 'base64'));
};

/** The beginnings of PDF, PNG, JPEG, ZIP and gzip, each byte as a character. */
const beginnings = ['%PDF', '\u0089PNG', '\u00ff\u00d8\u00ff', 'PK\u0003\u0004', '\u001f\u008b'];

/** A word that happens to decode yields mostly bytes outside ASCII, so readable ASCII proves an encoded text. */
const isFileOrText = (bytes: Buffer): boolean => {
  const unpacked = bytes.toString('latin1');
  return beginnings.some((beginning) => unpacked.startsWith(beginning)) || /^[\t\n\r -~]+$/.test(unpacked);
};
