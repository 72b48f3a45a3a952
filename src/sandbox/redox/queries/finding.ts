import type { JsonObject } from '../../../json.ts';
import type { ErrorText } from '../endpoint/answer.ts';

/** The result of a query, before it becomes an answer. */
export type Finding = Found | Refused;

interface Found {
  readonly kind: 'found';
  /** Beside `Meta`. */
  readonly body: JsonObject;
  /** Further fields of `Meta`. */
  readonly meta?: JsonObject;
}

interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly error: ErrorText;
}

export const found = (body: JsonObject, meta: JsonObject = {}): Found => ({ kind: 'found', body, meta });

export const refused = (status: number, error: ErrorText): Refused => ({ kind: 'refused', status, error });

const querying = (text: string): ErrorText => ({ text, type: 'query', module: 'Send' });

export const notFound = refused(404, querying('Not found'));

export const noDocuments = refused(
  200,
  querying('Something went wrong retrieving the document list. Could not find any documents.'),
);

/** As recorded, where no key set is complete. "Data Chateau" is the repository. */
export const noKeySet = refused(400, {
  text: 'Data Chateau v2 service returned status code 400',
  type: 'transmission',
  module: 'Send',
});

export const noEndpoint = refused(
  400,
  querying('Repository URL and certificate are required. Review destination configuration.'),
);

export const unauthorized = (text: string): Refused => refused(401, querying(text));
