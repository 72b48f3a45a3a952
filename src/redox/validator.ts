/**
 * The schemas of what Redox documents, as functions. `npm run build` puts in the place of this file what ajv makes of them
 * (`esbuild/validator.ts`), so that a night needs neither ajv nor the quarter of a second in which it compiles them.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import type { EventType } from '../core/call.ts';
import { validatorOptions } from './preflight/options.ts';
import { schemas } from './preflight/schemas.ts';

const ajv = new Ajv(validatorOptions);
const validators: Partial<Record<EventType, ValidateFunction>> = {};

/** Compiled when the first message of its kind comes. */
export const validatorOf = (eventType: EventType): ValidateFunction =>
  (validators[eventType] ??= ajv.compile(schemas[eventType]));
