/**
 * The last look at a message before it leaves: is it one that Redox can take at all? The schemas in `schema/` say what Redox
 * documents; nothing in them is the builder's, so that they can find its mistakes. What is only not confirmed (members of value
 * sets, markup of texts, what a receiver makes of a field) is not judged.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { EventType } from '../core/call.ts';
import type { JsonObject } from '../core/json.ts';
import type { MessageFault, Objection } from '../core/objection.ts';
import { misfit, type SiteOids } from './schema/agreement.ts';
import { formats, isBlank, isXml } from './schema/formats.ts';
import type { Schema } from './schema/notation.ts';
import { patientMerge, wholeRecord } from './schema/patient-admin.ts';
import { visitPush } from './schema/visit-push.ts';

interface PreflightOptions extends SiteOids {
  /** Of the message as JSON in UTF-8; what is exactly as large may go. */
  readonly sizeLimitBytes: number;
}

/** Gives the first objection to a message, or null where there is none. `body`: the message as JSON, where it is written already. */
export type Preflight = (eventType: EventType, message: JsonObject, body?: string) => Objection | null;

export const openPreflight =
  ({ sizeLimitBytes, ...oids }: PreflightOptions): Preflight =>
  (eventType, message, body = JSON.stringify(message)) =>
    invalid(eventType, message, oids) ??
    (Buffer.byteLength(body) > sizeLimitBytes ? tooLarge(message, sizeLimitBytes) : null);

const schemas: Readonly<Record<EventType, Schema>> = {
  NewPatient: wholeRecord('NewPatient'),
  PatientUpdate: wholeRecord('PatientUpdate'),
  PatientMerge: patientMerge,
  VisitPush: visitPush,
};

/** `verbose` gives an error its value, by which one fault is told from another. Optimised code would take twice as long to make. */
const ajv = new Ajv({ verbose: true, formats, inlineRefs: false, validateSchema: false, code: { optimize: false } });

/** Compiled when the first message of its kind comes: some 0.1 s, where a check takes some 0.01 ms a kilobyte. */
const validators: Partial<Record<EventType, ValidateFunction>> = {};

function invalid(eventType: EventType, message: JsonObject, oids: SiteOids): Objection | null {
  const isValid = (validators[eventType] ??= ajv.compile(schemas[eventType]));
  if (!isValid(message)) {
    const [error] = isValid.errors ?? [];
    if (error === undefined) throw new Error('a message was refused without a reason');
    return { reason: 'invalid_message', path: pathOf(error), fault: faultOf(error) };
  }
  const path = misfit(eventType, message, oids);
  return path === null ? null : { reason: 'invalid_message', path, fault: 'wrong_value' };
}

/** `/Results/2/Status` as `Results[2].Status`, with the key that is missing or not known. */
function pathOf({ instancePath, params }: ErrorObject): string {
  const { missingProperty, additionalProperty } = params as { missingProperty?: string; additionalProperty?: string };
  const keys = instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const named = missingProperty ?? nameOfKey(additionalProperty);
  return [...keys, ...(named === undefined ? [] : [named])]
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** A key that is not in the shape of Redox's names is not repeated: what it is, only the mistake knows. */
const nameOfKey = (key: string | undefined): string | undefined =>
  key === undefined || /^[A-Z][A-Za-z]{0,39}$/.test(key) ? key : '?';

function faultOf({ keyword, data }: ErrorObject): MessageFault {
  if (keyword === 'required') return 'missing';
  if (keyword === 'additionalProperties') return 'unknown_key';
  if (keyword === 'minProperties' || keyword === 'minItems') return 'empty';
  if (data === null) return 'null';
  if (keyword === 'type') return 'wrong_type';
  if (typeof data === 'string' && isBlank(data)) return 'empty';
  if (typeof data === 'string' && !isXml(data)) return 'not_xml';
  return keyword === 'format' ? 'malformed' : 'wrong_value';
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function tooLarge(message: JsonObject, limitBytes: number): Objection {
  const [path = '', pathBytes = 0] =
    Object.entries(message)
      .map(([key, value]) => [key, sizeOf(value)] as const)
      .toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return { reason: 'too_large', path, pathBytes, messageBytes: sizeOf(message), limitBytes };
}
