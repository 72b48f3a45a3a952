import type { RedoxConfig } from '../../../src/config/config.ts';
import { Fault, RefusedFault } from '../../../src/fault.ts';
import { openQueries } from '../../../src/redox/query/repository-queries.ts';
import { type Check, look, ok, skipped, warning } from './check.ts';

/** No EHR has this MRN, so a search for it finds nobody. */
const nobody = 'redox-reconcile-doctor-nobody';

/** Whether the copy can be read back: one search, and one list of documents, for a patient who does not exist. */
export const checkReadBack = (redox: RedoxConfig, signal: AbortSignal): Promise<readonly Check[]> =>
  look('read-back', async () => {
    const queries = openQueries({
      redox,
      rateLimit: null,
      concurrency: 1,
      earlierAgesMs: [],
      documentSizeLimitBytes: 0,
      retry: { attempts: 1 },
      signal,
      cutOff: signal,
    });
    try {
      const search = await queries.byIdentifier({ mrn: nobody, sent: {} });
      const listing = await queries.documentsOf(nobody);
      if (search.kind === 'unanswered' || listing.kind === 'unanswered') return [unreadable];
      return [ok('read-back', 'Redox allows this source to read patients and documents back (see audit).')];
    } catch (error) {
      // Without a token nothing can be asked, and the token has its own line.
      if (error instanceof Fault && !(error instanceof RefusedFault)) return [unasked];
      if (!(error instanceof RefusedFault)) throw error;
      return [warning('read-back', error.message.replace(/ Nothing was assessed\..*$/s, ''), askRedox)];
    } finally {
      await queries.close();
    }
  });

const askRedox =
  'Ask Redox to add PatientSearch and Clinical Summary queries from your source to your repository destination. Nights need neither; audit does.';

const unasked: Check = skipped('read-back', 'because Redox gave no token.');

const unreadable: Check = warning(
  'read-back',
  'Redox did not answer a query for a patient who does not exist, so it is uncertain whether audit can read the copy back.',
  'Try again; then ask Redox whether your source may send PatientSearch.Query and Clinical Summary.DocumentQuery to your repository.',
);
