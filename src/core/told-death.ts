import type { JsonObject, JsonValue } from './json.ts';

/** What a PatientAdmin message says about the patient's death; null where it says nothing. */
export function toldDeathIn(message: JsonObject): boolean | null {
  const isDeceased = within(within(within(message, 'Patient'), 'Demographics'), 'IsDeceased');
  return typeof isDeceased === 'boolean' ? isDeceased : null;
}

const within = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[key] : undefined;
