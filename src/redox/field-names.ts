import { schemas } from './preflight/json-schema.ts';

/** Names in Organization messages, because their record has no schema here. */
const organizationNames =
  'Action Active Aliases Attributes Contacts DestinationID Directory Endpoints Organizations PartOf Purpose Work';

/** Keys of the answer's own `Meta`, also named in errors. */
const answerNames = 'Errors Extensions Logs Message';

const events = `PatientAdmin ${Object.keys(schemas).join(' ')}`;

/** Every field name in a path of a message, and the names of the events. */
export const fieldNames: ReadonlySet<string> = new Set([
  ...propertiesOf(schemas),
  ...[organizationNames, answerNames, events].flatMap((names) => names.split(' ')),
]);

function propertiesOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => [
    ...(keyword === 'properties' ? Object.keys(value as object) : []),
    ...propertiesOf(value),
  ]);
}
