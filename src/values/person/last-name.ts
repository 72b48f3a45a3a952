import { withoutTrailingPunctuation } from '../markup/plain-line.ts';
import { read, type Reading } from '../reading.ts';

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
  const shorter = suffix.exec(name)?.groups?.['rest'] ?? degree.exec(name)?.groups?.['rest'];
  if (shorter === undefined || !/\p{L}/u.test(shorter)) return name;
  return withoutSuffixes(withoutTrailingPunctuation(shorter));
};

/** `Smith Jr`, `Smith, Sr.`, `Smith III` */
const suffix = /^(?<rest>.*[^\s,])[\s,]+(?:jr|sr|ii|iii|iv)\.?$/isu;

/** As degrees are written: `Smith, MD`, `Smith, Ph.D.`; `Nguyen, Do` is no degree. */
const degree =
  /^(?<rest>.*[^\s,])\s*,\s*(?:M\.?D|D\.?O|R\.?N|N\.?P|Ph\.?D|PHD|D\.?D\.?S|D\.?M\.?D|D\.?V\.?M|PharmD|PsyD|DPM|DNP|APRN|CRNP|FNP|LPN|LVN|BSN|MSN|MPH|MBBS|PA-C|LCSW|Esq|ESQ)\.?$/su;
