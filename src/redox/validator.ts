/**
 * The schemas of Redox's documentation as functions. `npm run build` replaces this file with ajv's generated code
 * (`esbuild/validator.ts`), which saves a night ajv itself and 0.25 s of compilation.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import type { EventType } from '../decide/call.ts';
import { validatorOptions } from './preflight/formats.ts';
import { schemas } from './preflight/json-schema.ts';

const ajv = new Ajv(validatorOptions);
const validators: Partial<Record<EventType, ValidateFunction>> = {};

/** Compiled at the first message of its kind. */
export const validatorOf = (eventType: EventType): ValidateFunction =>
  (validators[eventType] ??= ajv.compile(schemas[eventType]));
