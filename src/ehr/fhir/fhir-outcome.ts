/** Errors that a server reports beside the resources, as lines of OperationOutcome. */
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import { exportedTypes } from './landed-type.ts';

/** `read`: the types that the contract reads. `borne`: FHIR_ERRORS_BORNE. */
interface Outcomes {
  readonly read: readonly string[];
  readonly borne: readonly string[];
}

/** The codes of its errors, unless they are borne or about types that the contract does not read. */
export function errorsIn({ issue }: JsonObject, { read, borne }: Outcomes): string[] {
  return elements(issue).flatMap((one) => {
    const isError = one['severity'] === 'error' || one['severity'] === 'fatal';
    if (!isError || !isAbout(one, read)) return [];
    const codes = codesOf(one);
    return codes.some((code) => borne.includes(code)) ? [] : [codes.join(' ')];
  });
}

/** The code of the issue, then those of the vendor; a free text may hold a patient's value. */
function codesOf({ code, details }: JsonObject): string[] {
  const own = isObject(details) ? elements(details['coding']).map((coding) => coding['code']) : [];
  return [code, ...own].filter((one): one is string => typeof one === 'string' && /^[\w.:-]{1,40}$/.test(one));
}

/** An issue that names no type may be about any. */
function isAbout(issue: JsonObject, read: readonly string[]): boolean {
  const text = writtenIn(issue);
  const named = [...new Set(text.match(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b/g))].filter((word) => exportedTypes.has(word));
  return named.length === 0 || named.some((type) => read.includes(type));
}

/** Empty: nested too deeply to be read. */
function writtenIn({ expression, location, details, diagnostics }: JsonObject): string {
  try {
    return JSON.stringify([expression, location, details, diagnostics]);
  } catch {
    return '';
  }
}

/** A list, or one object in its place. */
const elements = (value: JsonValue | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [];
