/**
 * Corrects people's names where the correction is certain, and reports what makes a patient hard to find. Searches
 * match exactly, so an invisible difference, such as a decomposed letter or a no-break blank, hides a patient.
 */
import { decodeHTMLStrict } from 'entities';
import { type Problem, read, type Reading } from '../reading.ts';
import { plainLine, withoutTrailingPunctuation } from '../markup/plain-line.ts';
import { replacement, writable } from '../markup/xml-text.ts';

/**
 * The name in one line, composed (NFC), with plain blanks, apostrophes and hyphens, without invisible characters, HTML
 * entities and punctuation at its end. A name in a wrong encoding stays as it is, because its quotation marks are parts
 * of letters; so does one that changes with every attempt, because its meaning is uncertain.
 */
export const mendedName = (name: string): string => {
  // Plain ASCII names need no correction.
  if (/^[A-Za-z]+$/.test(name)) return name;
  let mended = name;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = mended;
    mended = mendedOnce(before);
    if (mended === before) return mended;
  }
  return name;
};

const attempts = 4;

const mendedOnce = (name: string): string => {
  if (isMojibake(name)) return name;
  const mended = withoutEntities(name)
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u2010-\u2013\u2212\ufe63]/g, '-');
  return withoutTrailingPunctuation(plainLine(mended));
};

/** Decodes up to three times, because some programs escape twice. An entity for a forbidden character stays as it is. */
const withoutEntities = (name: string): string => {
  let before = name;
  for (let depth = 0; depth < 3 && before.includes('&'); depth += 1) {
    const after = decodeHTMLStrict(before);
    if (after === before || writable(after) !== after) break;
    before = after;
  }
  return before;
};

/** UTF-8 that was decoded as Windows-1252 or Latin-1: `NÃºÃ±ez`, `Oâ€™Neil`. */
const mojibake =
  /[\u00c2-\u00c5\u00ce-\u00d1][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]|\u00e2\u20ac|\u00ef\u00bf\u00bd/;

const isMojibake = (name: string): boolean => mojibake.test(name);

type NameDoubt = Extract<
  Problem,
  'mojibake' | 'digit_in_name' | 'comma_in_name' | 'title_in_name' | 'placeholder_name'
>;

/** Why a name is hardly a person's first or last name; it is sent as it is. */
export const nameDoubts = (name: string): readonly NameDoubt[] => {
  const doubts: NameDoubt[] = [];
  if (isMojibake(name) || name.includes(replacement) || /&#?\w+;/.test(name)) doubts.push('mojibake');
  if (/\p{Nd}/u.test(name)) doubts.push('digit_in_name');
  if (name.includes(',')) doubts.push('comma_in_name');
  if (title.test(name) || suffix.test(name)) doubts.push('title_in_name');
  if (isPlaceholder(name)) doubts.push('placeholder_name');
  return doubts;
};

/** People named Null write it `Null`; programs write `NULL` for a missing name. */
export const isRealNull = (name: string): boolean => name === 'Null';

const title = /^(?:dr|mr|mrs|ms|mx|miss|prof|rev|fr|hon)(?:\.\s*|\s+)\p{L}/iu;
const suffix = /[\s,]+(?:jr|sr|ii|iii|iv|md|m\.d|phd|ph\.d|esq|rn)\.?$/i;

/** Names that registration desks write for unknown people and for tests. FNU and LNU: first, last name unknown. */
const placeholders = new Set(
  (
    'unknown unk unnamed noname fnu lnu nfn nln nmn test testing tester testpatient patienttest zztest ztest dummy dummypatient fake ' +
    'baby babyboy babygirl boybaby girlbaby newborn infant infantboy infantgirl anonymous notknown notgiven ' +
    'donotuse duplicate deleted trauma xx xxx xxxx unidentified unidentifiedpatient na'
  ).split(' '),
);

const isPlaceholder = (name: string): boolean => {
  const small = name.toLowerCase();
  const letters = /^[a-z]+$/.test(small) ? small : small.replace(/[^\p{L}]/gu, '');
  return placeholders.has(letters) || /^z{2,}/.test(letters) || /^(?:test|baby\s?(?:boy|girl))\b./i.test(name);
};

/**
 * The last name as others search for it. Redox's model has no field for a suffix, so `Smith Jr.` would be found by nobody who types
 * `Smith`. A generational suffix is left out if it is the last of several words; a degree only after a comma, because `Do` and `Ma` are
 * names. One word always remains.
 */
export const readLastName = (name: string): Reading<string> => {
  const bare = withoutSuffixes(name);
  return bare === name ? read(name) : read(bare, 'suffix_left_out');
};

const withoutSuffixes = (name: string): string => {
  const shorter = generation.exec(name)?.groups?.['rest'] ?? degree.exec(name)?.groups?.['rest'];
  if (shorter === undefined || !/\p{L}/u.test(shorter)) return name;
  return withoutSuffixes(withoutTrailingPunctuation(shorter));
};

/** `Smith Jr`, `Smith, Sr.`, `Smith III` */
const generation = /^(?<rest>.*[^\s,])[\s,]+(?:jr|sr|ii|iii|iv)\.?$/isu;

/** As degrees are written: `Smith, MD`, `Smith, Ph.D.`; `Nguyen, Do` is no degree. */
const degree =
  /^(?<rest>.*[^\s,])\s*,\s*(?:M\.?D|D\.?O|R\.?N|N\.?P|Ph\.?D|PHD|D\.?D\.?S|D\.?M\.?D|D\.?V\.?M|PharmD|PsyD|DPM|DNP|APRN|CRNP|FNP|LPN|LVN|BSN|MSN|MPH|MBBS|PA-C|LCSW|Esq|ESQ)\.?$/su;
