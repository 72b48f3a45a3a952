import { landingName, stemOf } from '../landing/landing-name.ts';

/** The parts of a file name: `patients_20260301_2.csv` is the second part of that day's patients. */
export interface ExtractName {
  readonly table: string;
  /** Digits of the date and, if present, the time; they sort chronologically. */
  readonly date: string | null;
  readonly part: number | null;
  /** Total number of parts, from `_2of3`. */
  readonly parts: number | null;
}

/** Hidden files are work in progress. */
export const isExtractName = (name: string): boolean => /^[^.].*\.csv(?:\.gz)?$/i.test(name);

const gap = String.raw`[_\-. ]`;
const day = String.raw`(?<year>(?:19|20)\d\d)[-_.]?(?<month>0[1-9]|1[0-2])[-_.]?(?<day>0[1-9]|[12]\d|3[01])`;
const time = String.raw`(?:[tT_\-. ]?(?<hour>[01]\d|2[0-3])[-_:.]?(?<minute>[0-5]\d)(?:[-_:.]?(?<second>[0-5]\d))?[zZ]?)?`;
const dateBehind = new RegExp(`^(?<rest>.*?[^_. -])${gap}*${day}${time}$`, 'u');
const dateBefore = new RegExp(`^${day}${time}${gap}*(?<rest>[^_. -].*)$`, 'u');
/** Four digits are a year, unless they begin with a zero. */
const partBehind = new RegExp(
  `^(?<rest>.*?[^_. -])${gap}+(?:part${gap}?)?(?<part>\\d{1,3}|0\\d{3,5})(?:${gap}?of${gap}?(?<parts>\\d{1,6}))?$`,
  'iu',
);

/** Every reading of the name as a dated file or a part. */
export function readingsOf(fileName: string): ExtractName[] {
  const stem = stemOf(fileName);
  const whole = partOf(stem);
  return [...datedReadings(stem, null), ...(whole === null ? [] : [whole, ...datedReadings(whole.rest, whole)])].map(
    ({ rest, date, part, parts }) => ({ table: landingName(rest), date, part, parts }),
  );
}

interface Reading extends Omit<ExtractName, 'table'> {
  readonly rest: string;
}

function partOf(stem: string): Reading | null {
  const groups = partBehind.exec(stem)?.groups;
  if (groups?.['rest'] === undefined) return null;
  const { rest, part, parts } = groups;
  return { rest, date: null, part: Number(part), parts: parts === undefined ? null : Number(parts) };
}

function datedReadings(stem: string, part: Reading | null): Reading[] {
  return [dateBehind, dateBefore].flatMap((pattern) => {
    const groups = pattern.exec(stem)?.groups;
    if (groups?.['rest'] === undefined) return [];
    const { rest, year, month, day: dayOfMonth, hour, minute, second } = groups;
    const date = [year, month, dayOfMonth, hour, minute, second].join('');
    return [{ rest, date, part: part?.part ?? null, parts: part?.parts ?? null }];
  });
}
