import type { Options } from 'ajv';
import { formats } from './formats.ts';

/** Optimised code would take twice as long to make; the preflight has words of its own for what is wrong. */
export const validatorOptions: Options = {
  formats,
  inlineRefs: false,
  validateSchema: false,
  messages: false,
  code: { optimize: false },
};
