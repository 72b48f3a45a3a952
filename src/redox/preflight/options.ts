import type { Options } from 'ajv';
import { formats } from './formats.ts';

/** Optimised code would take twice as long to make. */
export const validatorOptions: Options = {
  formats,
  inlineRefs: false,
  validateSchema: false,
  code: { optimize: false },
};
