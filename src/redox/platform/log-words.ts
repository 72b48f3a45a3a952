/** What is kept of a log, each from a closed list: the message that could mask a free text exists no longer. */
import { fieldNames } from '../field-names.ts';

/** Stages and operations of a log, in lower case with dashes. */
const stages: ReadonlySet<string> = new Set(
  (
    'receive-request receive-response receive send-request send-response send request response respond deliver delivery ' +
    'translate translation transform process processing parse validate validation filter route routing queue ' +
    'authenticate connect blob-resolvers config-modifiers'
  ).split(' '),
);

/** The stage's word; `other` for a word outside the list. */
export function stageWord(text: string): string {
  const word = text
    .trim()
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll(/[\s_]+/g, '-')
    .toLowerCase();
  return stages.has(word) ? word : 'other';
}

/** An HTTP status, or an acknowledgement code of HL7; null for anything else. */
export function codeWord(value: string | number): string | null {
  const text = String(value).trim().toUpperCase();
  return /^(?:[1-5]\d\d|[AC][AER])$/.test(text) ? text : null;
}

/** The first path of two or more field names in a text: `Patient.Identifiers[0].ID`. */
export function pathWord(text: string): string | null {
  const paths = text.match(/\b[A-Z]\w*(?:\[\d{1,3}\])?(?:\.[A-Z]\w*(?:\[\d{1,3}\])?)+/g) ?? [];
  return paths.find((path) => path.split('.').every((name) => fieldNames.has(name.replace(/\[\d+\]$/, '')))) ?? null;
}
