import { Buffer } from 'node:buffer';

/** Shorter than this, a word may be anything. */
const shortest = 24;
/** Nobody writes a word of this length with letters in both cases and digits. */
const surelyPacked = 120;

/** One run of base64 that is the whole text, in lines or not: a file, or a text that somebody packed. Also a `data:` URI. */
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

/** A word that by chance can be unpacked gives no readable text: most of its bytes would be no ASCII. */
const isFileOrText = (bytes: Buffer): boolean => {
  const unpacked = bytes.toString('latin1');
  return beginnings.some((beginning) => unpacked.startsWith(beginning)) || /^[\t\n\r -~]+$/.test(unpacked);
};
