import * as shapes from '../schema/shapes.ts';
import { forms } from '../schema/forms.ts';
import { type Fields, isList, type Kind, OneOf, Required, type Shape } from '../schema/notation.ts';
import type { EventType } from '../../decide/call.ts';
import { messages } from '../schema/messages.ts';

export type Schema = Readonly<Record<string, unknown>>;

/** The JSON Schema of a message as we send it: nothing in it is null, blank or empty. */
const jsonSchema = (message: Fields): Schema => ({ $defs: definitions, ...object(message) });

/** Shapes that stand in many places are compiled once each. */
const names = new Map<Shape, string>(Object.entries(shapes).map(([name, shape]) => [shape, name]));

const schemaOf = (shape: Shape): Schema => {
  const name = names.get(shape);
  return name === undefined ? inPlace(shape) : { $ref: `#/$defs/${name}` };
};

function inPlace(shape: Shape): Schema {
  if (shape instanceof Required) return schemaOf(shape.shape);
  if (shape instanceof OneOf) return { enum: shape.members };
  if (typeof shape === 'string') return scalar(shape);
  return isList(shape) ? { type: 'array', minItems: 1, items: schemaOf(shape[0]) } : object(shape);
}

/** Words are not checked, so they are texts here. */
const scalar = (kind: Kind): Schema =>
  kind === 'boolean' || kind === 'number' || kind === 'object'
    ? { type: kind }
    : { type: 'string', format: kind in forms ? kind : 'text' };

const object = (fields: Fields): Schema => ({
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: Object.fromEntries(Object.entries(fields).map(([key, shape]) => [key, schemaOf(shape)])),
  required: Object.keys(fields).filter((key) => fields[key] instanceof Required),
});

const definitions = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, inPlace(shape)]));

export const schemas: Readonly<Record<EventType, Schema>> = {
  NewPatient: jsonSchema(messages['PatientAdmin:NewPatient']),
  PatientUpdate: jsonSchema(messages['PatientAdmin:PatientUpdate']),
  PatientMerge: jsonSchema(messages['PatientAdmin:PatientMerge']),
  VisitPush: jsonSchema(messages['Clinical Summary:VisitPush']),
};
