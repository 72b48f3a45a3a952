import { meta } from './meta.ts';
import { each, type Fields, oneOf, required, texts } from './notation.ts';
import { demographics } from './patient-admin.ts';
import { id, requiredId } from './shapes.ts';

/** Queries of the copy and of the directory, by the exact words of their `Meta`. Fields of answers are not among them. */

const patientSearch: Fields = {
  Meta: required(meta('PatientSearch', 'Query')),
  // Redox's schema requires no patient; a search without one is refused.
  Patient: { Identifiers: [id], Demographics: demographics, Notes: ['text'] },
};

const identified: Fields = { Identifiers: required([requiredId]) };

const locationQuery: Fields = {
  Meta: required(meta('PatientSearch', 'LocationQuery')),
  Patient: required(identified),
};

const documentQuery: Fields = {
  Meta: required(meta('Clinical Summary', 'DocumentQuery')),
  Patient: required(identified),
  Location: texts('Department'),
  Visit: { ID: 'text', ...each('time', 'StartDateTime', 'EndDateTime') },
  Document: { ...each('time', 'StartDate', 'EndDate'), Types: [texts('Code', 'Codeset', 'Name')] },
};

// A document is got by its id alone, without its patient.
const documentGet: Fields = {
  Meta: required(meta('Clinical Summary', 'DocumentGet')),
  Document: required({ ID: required('text') }),
};

const organizationQuery: Fields = {
  Meta: required(meta('Organization', 'Query')),
  Directory: required(oneOf('Carequality')),
  Identifier: id, // one, where a record has a list
  NameSearch: texts('SearchType', 'Value'),
  RadiusSearch: texts('ZipCode', 'Radius'),
  ...texts('State', 'LastUpdated', 'Index', 'Limit'), // numbers are texts here
};

export const queries = {
  'PatientSearch:Query': patientSearch,
  'PatientSearch:LocationQuery': locationQuery,
  'Clinical Summary:DocumentQuery': documentQuery,
  'Clinical Summary:DocumentGet': documentGet,
  'Organization:Query': organizationQuery,
} as const satisfies Readonly<Record<string, Fields>>;

export type QueryName = keyof typeof queries;
