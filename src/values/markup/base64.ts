import { Buffer } from 'node:buffer';

/** A shorter text may be an ordinary word. */
const shortest = 24;
/** A text of this length with upper case, lower case and digits is never a word. */
const surelyPacked = 120;

/** Is the whole text one run of base64, possibly in several lines or a `data:` URI? */
export const isBase64 = (text: string): boolean => {
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
