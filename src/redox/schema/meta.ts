import { each, type Fields, oneOf, required, texts } from './notation.ts';

/** `Meta` of a message to Redox. `Logs` and `Errors` are not among the fields: they belong to answers. */
export const meta = (dataModel: string, eventType: string): Fields => ({
  DataModel: required(oneOf(dataModel)),
  EventType: required(oneOf(eventType)),
  EventDateTime: 'instant',
  Test: 'boolean',
  Source: texts('ID', 'Name'),
  // Not required by Redox's schema, but its documentation wants one in every request.
  Destinations: required([{ ID: required('text'), Name: 'text' }]),
  FacilityCode: 'text',
  // In the schemas of 2021 and 2023; gone from that of 2026.
  ...each({ ID: 'number' }, 'Message', 'Transmission'),
  Extensions: 'object',
});
