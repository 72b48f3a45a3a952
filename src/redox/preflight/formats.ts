import { forms } from '../schema/forms.ts';
import type { Options } from 'ajv';

/**
 * What the texts of a message must look like. The functions are written for this check alone: what the builder makes of a value
 * and what is looked for here must be able to disagree.
 */

/** XML 1.0, 2.2 (Char): all other characters have no place in a document, not even escaped. Half of a surrogate pair is one. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
/** Tests by code unit, several times as fast. A text without a match is valid XML. */
const maybeNotXml = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/;

export const isXml = (value: string): boolean => !maybeNotXml.test(value) || !notXml.test(value);

export const isBlank = (value: string): boolean => !/\S/.test(value);

/** Begins with a letter, digit or sign of ASCII, and has nothing that may not be XML: nearly every text, by one look. */
const surelyText = /^[!-~][\t\n\r\x20-\uD7FF\uE000-\uFFFD]*$/;

const isText = (value: string): boolean => surelyText.test(value) || (!isBlank(value) && isXml(value));

/** By the names that `json-schema.ts` gives them. */
export const formats: Readonly<Record<string, (value: string) => boolean>> = {
  text: isText,
  ...Object.fromEntries(Object.entries(forms).map(([form, { holds }]) => [form, holds])),
};

/** Optimised code would take twice as long to make; the preflight has words of its own for what is wrong. */
export const validatorOptions: Options = {
  formats,
  inlineRefs: false,
  validateSchema: false,
  messages: false,
  code: { optimize: false },
};
