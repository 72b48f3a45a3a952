import { closest } from 'fastest-levenshtein';
import type * as z from 'zod';

/** A place in a file, as its JSON Schema describes it. */
export interface Place {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Place>>;
  readonly items?: Place;
}

type Path = readonly PropertyKey[];

/** What is wrong at one place, in sentences: where, what is there, and what is expected by the schema's own description. */
export function sentencesOf(issue: z.core.$ZodIssue, given: unknown, schema: Place): string[] {
  const { path } = issue;
  const place = placeAt(schema, path);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(place.properties ?? {});
    return issue.keys.map((key) => {
      const nearest = spelt([...path, closest(key, known)]);
      return `${spelt([...path, key])} is no key of this file; expected ${nearest}, or nothing of that name.`;
    });
  }
  const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], given);
  const what = found === undefined ? 'not given' : echo(found);
  return [`${spelt(path)} is ${what}; expected ${place.description ?? 'something else'}.`];
}

const placeAt = (schema: Place, path: Path): Place =>
  path.reduce<Place>(
    (place, key) => (typeof key === 'number' ? place.items : place.properties?.[String(key)]) ?? {},
    schema,
  );

/** `contacts[0].phone.work` */
const spelt = (path: Path): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
        .join('')
        .replace(/^\./, '');

/** On one line, and not endless. */
function echo(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
