import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.ts';
import { messages, type EventName } from '../../src/redox/schema/messages.ts';
import { isList, OneOf, Required, type Shape } from '../../src/redox/schema/notation.ts';
import { newPatient, organizationNew, organizationUpdate, patientMerge, patientUpdate, visitPush } from '../integration/stand-in-messages.ts';
import { narrativeOf, narrativesAlone, sections } from '../integration/stand-in-sections.ts';

function fieldsOf(shape: Shape, path = ''): readonly string[] {
  if (shape instanceof Required) return fieldsOf(shape.shape, path);
  if (typeof shape === 'string' || shape instanceof OneOf) return [path];
  if (isList(shape)) return fieldsOf(shape[0], `${path}[]`);
  return Object.entries(shape).flatMap(([key, field]) => fieldsOf(field, `${path}.${key}`));
}
function pathsIn(value: JsonValue, path = ''): readonly string[] {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => pathsIn(item, `${path}.${key}`));
}
const texts = Object.fromEntries([...Object.keys(sections).map((key) => narrativeOf[key] ?? `${key}Text`), ...narrativesAlone].map((k) => [k, 'x']));
const whole: Record<EventName, JsonObject> = {
  'PatientAdmin:NewPatient': newPatient(),
  'PatientAdmin:PatientUpdate': patientUpdate(),
  'PatientAdmin:PatientMerge': patientMerge('a', 'b'),
  'Clinical Summary:VisitPush': { ...visitPush(), ...sections, ...texts },
  'Organization:New': organizationNew(),
  'Organization:Update': organizationUpdate(),
};
test.each(Object.entries(whole))('%s', (event, message) => {
  expect([...new Set(fieldsOf(messages[event as EventName]))].sort()).toEqual([...new Set(pathsIn(message))].sort());
});
