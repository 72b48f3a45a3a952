/** Queries of the organisation's own repository: `PatientSearch.Query`, and `Clinical Summary.DocumentQuery` and `.DocumentGet`. */
import { RefusedFault } from '../../fault.ts';
import type { JsonObject } from '../../json.ts';
import { largestList, openAsker, type QueryOptions } from './asker.ts';
import { type Answer, documentIn, listingIn, searchIn } from './parse-answer.ts';
import type { Queries } from './queries.ts';

type DataModel = 'PatientSearch' | 'Clinical Summary';

export function openQueries(options: QueryOptions): Queries {
  const { redox, signal } = options;
  const { destinationId, sourceId, environment, patientOid } = redox;
  const asker = openAsker(options);
  const meta = (DataModel: DataModel, EventType: string): JsonObject => ({
    DataModel,
    EventType,
    EventDateTime: new Date().toISOString(),
    Test: environment !== 'production',
    ...(sourceId === null ? {} : { Source: { ID: sourceId } }),
    Destinations: [{ ID: destinationId }],
  });
  const ask = async (model: DataModel, event: string, rest: JsonObject, keptBytes = largestList): Promise<Answer> => {
    const answer = await asker.ask(JSON.stringify({ Meta: meta(model, event), ...rest }), keptBytes);
    if (answer.kind === 'refused') throw notAllowed(model, event, answer.why);
    signal.throwIfAborted();
    return answer;
  };
  const search = async (patient: JsonObject): Promise<Awaited<ReturnType<Queries['byKeys']>>> => {
    const answer = await ask('PatientSearch', 'Query', { Patient: patient });
    if (answer.kind === 'nothing') return { kind: 'answered', patients: [], isIncomplete: false };
    return (answer.kind === 'answered' ? searchIn(answer.body) : null) ?? { kind: 'unanswered' };
  };
  const identified = (mrn: string): JsonObject => ({ Identifiers: [{ ID: mrn, IDType: patientOid }] });

  return {
    byIdentifier: ({ mrn }) => search(identified(mrn)),
    byMrn: (mrn) => search(identified(mrn)),
    byKeys: (keys) => search({ Demographics: keys }),
    documentsOf: async (mrn) => {
      const answer = await ask('Clinical Summary', 'DocumentQuery', { Patient: identified(mrn) });
      if (answer.kind === 'nothing') return { kind: 'answered', documents: [] };
      return (answer.kind === 'answered' ? listingIn(answer.body) : null) ?? { kind: 'unanswered' };
    },
    document: async (id) => {
      const most = 2 * options.documentSizeLimitBytes + largestList;
      const answer = await ask('Clinical Summary', 'DocumentGet', { Document: { ID: id } }, most);
      return answer.kind === 'answered' ? documentIn(answer.body) : null;
    },
    takeMade: () => asker.takeMade(),
    close: () => asker.close(),
  };
}

/** The sentence that `doctor` says too. */
export const notAllowed = (dataModel: DataModel, event: string, why: string): RefusedFault =>
  new RefusedFault(
    `Redox does not allow ${dataModel}.${event} to REDOX_DESTINATION_ID (${whys[why] ?? why}), so the copy cannot be read back. ` +
      `Nothing was assessed. Ask Redox to add ${dataModel} from your source to your repository destination, or check REDOX_SOURCE_ID and the ` +
      'API key; then start the job again.',
  );

const whys: Readonly<Record<string, string>> = {
  no_subscription: 'no subscription',
  http_401: 'HTTP 401',
  http_403: 'HTTP 403',
};
