import { bool, dateTime, number, stringOrNumber, text } from './scalars.ts';
import { openObject, required, type Fields } from './shape.ts';

/** `Meta` of every message. `Errors` is not among the fields: it belongs to answers. */
export const meta = {
  DataModel: required(text),
  EventType: required(text),
  EventDateTime: dateTime,
  Test: bool,
  Source: { ID: text, Name: text },
  // Not required by Redox's schema, but its documentation wants one in every request.
  Destinations: required([{ ID: required(text), Name: text }]),
  // Newer samples have UUIDs here, an older one has numbers.
  Logs: [{ ID: stringOrNumber, AttemptID: stringOrNumber }],
  FacilityCode: text,
  // In the schemas of 2021 and 2023; gone from that of 2026.
  Message: { ID: number },
  Transmission: { ID: number },
  Extensions: openObject,
} satisfies Fields;
