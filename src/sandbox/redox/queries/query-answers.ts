import * as z from 'zod';

/**
 * How queries are answered where Redox's documentation leaves it open, or where its documentation and recorded answers differ. The first
 * value of each is the default.
 */
export const queryAnswers = z.strictObject({
  /** `Meta.EventType` of an answer: the request's, as recorded, or `DocumentQueryResponse` and the like, as documented. */
  eventType: z.enum(['echo', 'documented']).optional(),
  /** Data models that this source may push and not query. */
  unsubscribed: z.array(z.enum(['PatientSearch', 'Clinical Summary'])).optional(),
  /** Refusals as an HTTP status, or as `Meta.Errors` in a 200. */
  refusals: z.enum(['status', 'meta_errors']).optional(),
  /** The answer for a patient without documents: an error in a 200, an empty list, or 404. */
  noDocuments: z.enum(['error', 'empty_list', 'not_found']).optional(),
  /** `Documents[].ID`: the pushed id, its last part under a root of Redox's, or an id of Redox's own. */
  documentIds: z.enum(['pushed', 'other_root', 'own']).optional(),
  documentVisits: z.enum(['told', 'left_out']).optional(),
  times: z.enum(['pushed', 'without_milliseconds']).optional(),
  /** Whether each push of a document is listed. */
  versions: z.enum(['newest', 'all']).optional(),
  /** Of a DocumentQuery: `Visit` and `Document`. */
  filters: z.enum(['honoured', 'ignored']).optional(),
  /** What a retired identifier finds; `itself`: its record stays searchable beside the survivor's. */
  retired: z.enum(['absent', 'survivor', 'itself']).optional(),
  zips: z.enum(['exact', 'first_five']).optional(),
  /** Of more matches than this, default 50, only the first are returned. */
  mostMatches: z.int().nonnegative().optional(),
  insurance: z.enum(['stored', 'left_out']).optional(),
  /** Keys that no schema has, and empty values, as in recorded answers. */
  unknownKeys: z.boolean().optional(),
  /** How long a search does not find what was stored. */
  visibleAfterMs: z.int().nonnegative().optional(),
  /** `id` in a document's text: root and extension of the pushed id, or the whole id as the extension. */
  cdaIds: z.enum(['split', 'whole']).optional(),
  /** Whether the network finds one's own organisation. */
  ownOrganization: z.enum(['answers', 'excluded']).optional(),
  /** At the network: every field must be equal, or last name and birth date. */
  matching: z.enum(['exact', 'partial']).optional(),
  /** How often the record locator is still at work, default once. */
  locatorPolls: z.int().nonnegative().optional(),
  /** The record locator's `task-status`. */
  taskStatus: z.enum(['told', 'left_out', 'error']).optional(),
  /** The `IDType` of a patient that an organisation in the network returns. */
  networkIds: z.enum(['organization_oid', 'patient_oid']).optional(),
  /** The directory's answer where it has no such organisation: an empty list, or an error. */
  noOrganization: z.enum(['empty_list', 'error']).optional(),
  /** The fields of an organisation: those of the schema of the answer, or those that were sent. */
  organizations: z.enum(['documented', 'as_sent']).optional(),
});

export type QueryAnswers = z.infer<typeof queryAnswers>;
