import { leftOut, read, type Reading } from '../reading.ts';
import { saysNothing } from '../word.ts';

/**
 * Redox: Patient.Demographics.SSN, `ddd-dd-dddd` as in its samples. Numbers that the Social Security Administration
 * never issues (9xx) pass, because they are taxpayer numbers or synthetic. Nine equal digits are a filler and are left
 * out: patients who share a filler would look like one person.
 */
export const readSsn = (text: string): Reading<string> => {
  const [, area, group, serial] = /^(\d{3})[-\s]?(\d{2})[-\s]?(\d{4})$/.exec(text.trim()) ?? [];
  if (area === undefined || group === undefined || serial === undefined) {
    return saysNothing(text) ? leftOut() : leftOut('malformed');
  }
  return /^(\d)\1*$/.test(area + group + serial) ? leftOut('malformed') : read(`${area}-${group}-${serial}`);
};
