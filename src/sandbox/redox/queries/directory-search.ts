import type { JsonObject } from '../../../json.ts';
import type { Directory } from '../directory.ts';
import { textAt } from '../messages/lookup.ts';
import { found, notFound, type Finding } from './finding.ts';
import type { QueryAnswers } from './query-answers.ts';

const usualLimit = 20;

/** Organization.Query: a page of the organisations that match. */
export function searchDirectory(directory: Directory, query: JsonObject, answers: QueryAnswers): Finding {
  const matches = directory.search(query);
  if (matches.length === 0 && answers.noOrganization === 'error') return notFound;
  const index = Number(textAt(query, 'Index') ?? 0);
  const limit = Number(textAt(query, 'Limit') ?? usualLimit);
  const page = matches.slice(index, index + limit);
  return found({
    Directory: 'Carequality',
    Organizations: answers.organizations === 'as_sent' ? page : page.map(documented),
    Paging: { Count: matches.length, Index: index },
  });
}

/** Redox's schema of an answer has another field of an organisation, and lacks two. */
const documented = (organization: JsonObject): JsonObject => ({
  ...Object.fromEntries(Object.entries(organization).filter(([key]) => !['DestinationID', 'Endpoints'].includes(key))),
  ManagingOrg: null,
});
