import { leftOut, read, type Reading } from '../reading.ts';
import { codeTable } from '../code-table.ts';
import { languageTable } from './language-table.ts';
import { lookup } from '../lookup.ts';
import { saysNothing } from '../says-nothing.ts';

/**
 * Spellings beyond ISO's names, as US registration desks write them. ISO 639-1 has one code for all Chinese languages,
 * and none for Hmong or the sign languages, so these stay unmapped.
 */
const alsoSpelled = {
  en: 'american english',
  es: 'español',
  fa: 'farsi | dari',
  fr: 'français',
  ht: 'creole | creole haitian | kreyol',
  km: 'cambodian',
  pt: 'brazilian portuguese | portuguese brazilian | português',
  tl: 'fil | pilipino',
  zh: 'mandarin | mandarin chinese | chinese mandarin | cmn | cantonese | chinese cantonese | yue',
};

/** Redox: Patient.Demographics.Language, one code of ISO 639-1. */
const lookUp = lookup(codeTable(languageTable, alsoSpelled));

/** `en-US`, `zh_Hans_CN`, `es-419`: language, script, region (BCP 47). */
const languageTag = /^\s*([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?\s*$/i;

export const readLanguage = (text: string): Reading<string> => {
  if (saysNothing(text)) return leftOut();
  const withoutRemark = text.replace(/\(.*\)/, '');
  const value = lookUp(text) ?? lookUp(withoutRemark) ?? lookUp(languageTag.exec(text)?.[1] ?? '');
  return value === undefined ? leftOut('unmapped') : read(value);
};
