import { schemas } from './schema/event-type.ts';

/** Names that Organization messages add: their record has no schema here. */
const organizationNames =
  'Action Active Aliases Attributes Contacts DestinationID Directory Endpoints Organizations PartOf Purpose Work';

/** Keys of the answer's own `Meta`, which errors name too. */
const answerNames = 'Errors Extensions Logs Message';

const events = `PatientAdmin ${Object.keys(schemas).join(' ')}`;

/** Every name that a path of a message can hold, and the names of the events. */
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
